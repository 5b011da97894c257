// The events of a WebSocket as Node has them: names, and the arguments that listeners get. Those that get an object are
// event-target.ts.
import type { ClientRequest, IncomingMessage } from "node:http";
import type { RawData } from "./bytes.ts";

/** The arguments of the events. */
export interface WebSocketEvents {
  open: [];
  message: [data: RawData, isBinary: boolean];
  ping: [data: Buffer];
  pong: [data: Buffer];
  close: [code: number, reason: Buffer];
  error: [error: Error];
  upgrade: [response: IncomingMessage];
  redirect: [url: string, request: ClientRequest];
  "unexpected-response": [request: ClientRequest, response: IncomingMessage];
}
