// Between Node's views of a request and the handshake's.
import { IncomingMessage, type IncomingHttpHeaders } from "node:http";
import type { IncomingHttpHeaders as Http2Headers } from "node:http2";
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

/** What a stream of HTTP/2 begins with. */
export function toConnectHead(headers: Http2Headers): RequestHead {
  const protocol = headers[":protocol"];
  const { ":scheme": scheme = "", ":authority": authority = "" } = headers;
  return {
    method: headers[":method"] ?? "",
    target: headers[":path"] ?? "",
    httpVersion: "2.0",
    headers: HeaderFields.fromHttp2(headers),
    ...(typeof protocol === "string" && { extended: { protocol, scheme, authority } }),
  };
}

/** What an http server would have made of the request, so that applications see the same on every port. */
export function toIncomingMessage(head: RequestHead, socket: Socket): IncomingMessage {
  const request = new IncomingMessage(socket);
  const [major, minor] = head.httpVersion.split(".");
  const { authority } = head.extended ?? {};
  // Applications look for the host in one place, whatever the HTTP version.
  const hasHost = authority === undefined || head.headers.has("host");
  const fields = hasHost ? head.headers : new HeaderFields([["host", authority], ...head.headers]);
  request.method = head.method;
  request.url = head.target;
  request.httpVersion = head.httpVersion;
  request.httpVersionMajor = Number(major);
  request.httpVersionMinor = Number(minor);
  request.rawHeaders = [...fields].flat();
  request.headers = joinedHeaders(fields);
  request.headersDistinct = distinctHeaders(fields);
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
