// A handshake over HTTP/2 (RFC 8441): an extended CONNECT, whose stream becomes the connection.
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { resetLikeTcp } from "@ws/connection";
import { type Accepted, http2ResponseHeaders, type RequestHead } from "@ws/handshake";
import { ignore } from "./ignore.ts";
import type { IncomingHandshake } from "./incoming-handshake.ts";
import type { Refusal } from "./refusal.ts";
import { linger } from "./refuse.ts";
import type { Peer } from "./remote-address.ts";
import { toConnectHead, toIncomingMessage } from "./request-head.ts";

/** RFC 9113 §7: NO_ERROR. */
const NO_ERROR = 0;
const NOTHING = new Uint8Array(0);

/** Whether a stream asks for a WebSocket. */
export function isWebSocketConnect(headers: IncomingHttpHeaders): boolean {
  return headers[":method"] === "CONNECT" && headers[":protocol"] === "websocket";
}

export class ConnectHandshake implements IncomingHandshake {
  readonly head: RequestHead;
  readonly request: IncomingMessage;
  readonly peer: Peer;
  readonly startedAt: number = performance.now();
  readonly session: object | undefined;
  readonly duplex: ServerHttp2Stream;
  readonly rest: Uint8Array = NOTHING;

  /**
   * @param stream is ours from now on
   * @param socket carries the session
   */
  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, socket: Socket) {
    this.head = toConnectHead(headers);
    this.request = toIncomingMessage(this.head, socket);
    // Asked now, once for all streams of the socket: what Node shows of it to a session goes with the session.
    this.peer = { remoteAddress: socket.remoteAddress };
    this.session = stream.session;
    this.duplex = stream;
    // A peer that resets must not crash the process.
    stream.on("error", ignore);
    resetLikeTcp(stream);
  }

  get isOver(): boolean {
    return this.duplex.destroyed || this.duplex.closed || this.duplex.headersSent;
  }

  refuse(refusal: Refusal): void {
    const stream = this.duplex;
    if (this.isOver) return void stream.destroy();
    stream.respond(http2ResponseHeaders({ ...refusal, code: "REFUSED" }));
    // RFC 9113 §8.1: "request that the client abort transmission of a request without error by sending a RST_STREAM"
    // Later, for the callback may come while the session is writing: Node 20 then writes beyond its own memory.
    stream.end(refusal.message, () => setImmediate(() => stream.close(NO_ERROR)));
    // A peer whose window is shut would keep the stream, and with it the session.
    linger(stream);
  }

  open(accepted: Accepted<unknown>): void {
    this.duplex.respond(http2ResponseHeaders(accepted));
  }

  release(): void {
    this.duplex.off("error", ignore);
  }
}
