// One handshake that has arrived, whatever carried it: the seam between what a server decides and how HTTP/1.1 and
// HTTP/2 say it. Knows no limits, no policy and no connections.
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Accepted, RequestHead } from "@ws/handshake";
import type { Refusal } from "./refusal.ts";
import type { Peer } from "./remote-address.ts";

export interface IncomingHandshake {
  readonly head: RequestHead;
  /** The same as applications know it; over HTTP/2 its method is `CONNECT`. */
  readonly request: IncomingMessage;
  /** Who is at the other end of the transport: a proxy, where there is one. */
  readonly peer: Peer;
  /** When the peer began, on the clock of `performance.now()`. */
  readonly startedAt: number;
  /** What it shares with other handshakes: an HTTP/2 session. */
  readonly session: object | undefined;
  /** Carries the frames once the handshake is done. Somebody listens for its errors. */
  readonly duplex: Duplex;
  /** What was read behind the request. */
  readonly rest: Uint8Array;
  /** Nobody waits for the answer any more, or somebody else has given it. */
  readonly isOver: boolean;
  /** Says no in a way that arrives, and ends this handshake's transport. */
  refuse(refusal: Refusal): void;
  /** Says yes: what {@link IncomingHandshake.duplex} carries from now on are frames. */
  open(accepted: Accepted<unknown>): void;
  /** A connection has {@link IncomingHandshake.duplex} now: nobody else has to look after it. */
  release(): void;
}
