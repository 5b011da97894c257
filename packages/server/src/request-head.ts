// Between Node's view of a request and the handshake's.
import { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { HeaderFields, type RequestHead } from "@ws/handshake";

export function toRequestHead(request: IncomingMessage): RequestHead {
  return {
    method: request.method ?? "",
    target: request.url ?? "",
    httpVersion: request.httpVersion,
    headers: HeaderFields.fromRaw(request.rawHeaders),
  };
}

/** What an http server would have made of the request, so that applications see the same on every port. */
export function toIncomingMessage(head: RequestHead, socket: Socket): IncomingMessage {
  const request = new IncomingMessage(socket);
  const [major, minor] = head.httpVersion.split(".");
  request.method = head.method;
  request.url = head.target;
  request.httpVersion = head.httpVersion;
  request.httpVersionMajor = Number(major);
  request.httpVersionMinor = Number(minor);
  request.rawHeaders = [...head.headers].flat();
  request.complete = true;
  return request;
}

/** The path of a request's target, without its query. */
export function requestPath({ target }: RequestHead): string {
  const query = target.indexOf("?");
  return query === -1 ? target : target.slice(0, query);
}
