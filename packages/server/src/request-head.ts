// Node's view of a request to the handshake's.
import type { IncomingMessage } from "node:http";
import { HeaderFields, type RequestHead } from "@ws/handshake";

export function requestHead(request: IncomingMessage): RequestHead {
  return {
    method: request.method ?? "",
    target: request.url ?? "",
    httpVersion: request.httpVersion,
    headers: HeaderFields.fromRaw(request.rawHeaders),
  };
}

/** The path of a request's target, without its query. */
export function requestPath(request: IncomingMessage): string {
  const target = request.url ?? "";
  const query = target.indexOf("?");
  return query === -1 ? target : target.slice(0, query);
}
