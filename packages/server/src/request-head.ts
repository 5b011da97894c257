// Between Node's view of a request and the handshake's.
import { IncomingMessage, type IncomingHttpHeaders } from "node:http";
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
  request.headers = joinedHeaders(head.headers);
  request.headersDistinct = distinctHeaders(head.headers);
  request.complete = true;
  return request;
}

/** Headers of which Node keeps the first where a request has several. */
const FIRST_ONLY = new Set([
  "authorization",
  "content-type",
  "from",
  "host",
  "max-forwards",
  "proxy-authorization",
  "referer",
  "user-agent",
]);

function joinedHeaders(fields: HeaderFields): IncomingHttpHeaders {
  const headers = Object.create(null) as IncomingHttpHeaders;
  for (const [line] of fields) {
    const name = line.toLowerCase();
    const values = fields.values(name);
    if (name === "set-cookie") headers[name] = [...values];
    else if (name === "cookie") headers[name] = values.join("; ");
    else headers[name] = FIRST_ONLY.has(name) ? values[0] : values.join(", ");
  }
  return headers;
}

function distinctHeaders(fields: HeaderFields): NodeJS.Dict<string[]> {
  const headers = Object.create(null) as NodeJS.Dict<string[]>;
  for (const [line] of fields) headers[line.toLowerCase()] = [...fields.values(line)];
  return headers;
}

/** The path of a request's target, without its query. */
export function requestPath({ target }: RequestHead): string {
  const query = target.indexOf("?");
  return query === -1 ? target : target.slice(0, query);
}
