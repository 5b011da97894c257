// Between Node's views of a request and the handshake's.
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
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
  const request = new PortRequest(socket);
  request.method = head.method;
  request.url = head.target;
  request.httpVersion = head.httpVersion;
  // A digit, a dot, a digit.
  request.httpVersionMajor = Number(head.httpVersion[0]);
  request.httpVersionMinor = Number(head.httpVersion[2]);
  request.rawHeaders = head.headers.toRaw();
  // Applications look for the host in one place, whatever the HTTP version.
  const { authority } = head.extended ?? {};
  if (authority !== undefined && !head.headers.has("host")) request.rawHeaders.unshift("host", authority);
  request.complete = true;
  return request;
}

// An import statement would look at all that node:http exports. Some of it Node 24 makes when it is looked at: a WebSocket
// client, fetch and all, of more than two megabytes.
const http = process.getBuiltinModule("node:http");

/** Typed as Node's declarations do not say it: there, too, these are accessors. */
const Base = http.IncomingMessage as new (
  socket: Socket,
) => Omit<IncomingMessage, "headers" | "headersDistinct">;

/** Most applications never look at the headers, so they are sorted when somebody does. */
class PortRequest extends Base {
  #headers: IncomingHttpHeaders | undefined;
  #headersDistinct: NodeJS.Dict<string[]> | undefined;

  get headers(): IncomingHttpHeaders {
    this.#headers ??= joinedHeaders(this.rawHeaders);
    return this.#headers;
  }

  set headers(headers: IncomingHttpHeaders) {
    this.#headers = headers;
  }

  get headersDistinct(): NodeJS.Dict<string[]> {
    this.#headersDistinct ??= distinctHeaders(this.rawHeaders);
    return this.#headersDistinct;
  }

  set headersDistinct(headers: NodeJS.Dict<string[]>) {
    this.#headersDistinct = headers;
  }
}

/** Headers of which Node keeps the first where a request has several. */
const FIRST_ONLY = new Set([
  "age",
  "authorization",
  "content-length",
  "content-type",
  "etag",
  "expires",
  "from",
  "host",
  "if-modified-since",
  "if-unmodified-since",
  "last-modified",
  "location",
  "max-forwards",
  "proxy-authorization",
  "referer",
  "retry-after",
  "server",
  "user-agent",
]);

function joinedHeaders(raw: readonly string[]): IncomingHttpHeaders {
  const headers = Object.create(null) as IncomingHttpHeaders;
  for (const [name, values] of Object.entries(distinctHeaders(raw))) {
    if (name === "set-cookie") headers[name] = values;
    else if (name === "cookie") headers[name] = values.join("; ");
    else headers[name] = FIRST_ONLY.has(name) ? values[0] : values.join(", ");
  }
  return headers;
}

function distinctHeaders(raw: readonly string[]): Record<string, string[]> {
  const headers = Object.create(null) as Record<string, string[]>;
  for (let i = 0; i < raw.length; i += 2) (headers[raw[i]!.toLowerCase()] ??= []).push(raw[i + 1]!);
  return headers;
}
