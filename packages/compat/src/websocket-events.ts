// The events of a WebSocket as Node has them: names, and the arguments that listeners get. Those that get an object are
// event-target.ts.
import type { ClientRequest, IncomingMessage } from "node:http";
import type { RawData } from "./bytes.ts";

/** The arguments of the events. */
export interface WebSocketEvents {
  /** It is open. */
  open: [];
  /** A message; as text, too, by default a Buffer. */
  message: [data: RawData, isBinary: boolean];
  /** A ping, which is answered already unless `autoPong` is off. */
  ping: [data: Buffer];
  /** A pong, asked for or not. */
  pong: [data: Buffer];
  /** The end. */
  close: [code: number, reason: Buffer];
  /** What went wrong; a `close` follows. Without a listener it is thrown. */
  error: [error: Error];
  /** Of a client: the response that opens it. */
  upgrade: [response: IncomingMessage];
  /** Of a client that follows redirects: the next request, not sent yet. */
  redirect: [url: string, request: ClientRequest];
  /** Of a client: another response than the one that opens it. Without a listener it is an `error`. */
  "unexpected-response": [request: ClientRequest, response: IncomingMessage];
}
