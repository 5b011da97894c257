// Heads to vary, over HTTP/2: the example of RFC 8441 §5.1, as node:http2 hands it out.

import { HeaderFields, type RequestHead, type ResponseHead } from "@ws/handshake";

export const CONNECT_HEADERS: Readonly<Record<string, string>> = {
  ":method": "CONNECT",
  ":protocol": "websocket",
  ":scheme": "https",
  ":path": "/chat",
  ":authority": "server.example.com",
  "sec-websocket-protocol": "chat, superchat",
  "sec-websocket-extensions": "permessage-deflate",
  "sec-websocket-version": "13",
  origin: "https://server.example.com",
};

export type Change = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The example with some fields replaced: by nothing when undefined, by several lines when a list. */
export function connectHead(change: Change = {}): RequestHead {
  return headFromHttp2({ ...CONNECT_HEADERS, ...change });
}

/** What a server does with the headers of a stream. */
export function headFromHttp2(fields: Readonly<Record<string, unknown>>): RequestHead {
  const one = (name: string): string => (fields[name] ?? "") as string;
  const head = {
    method: one(":method"),
    target: one(":path"),
    httpVersion: "2.0",
    headers: HeaderFields.fromHttp2(fields as Readonly<Record<string, string>>),
  };
  if (fields[":protocol"] === undefined) return head;
  const extended = { protocol: one(":protocol"), scheme: one(":scheme"), authority: one(":authority") };
  return { ...head, extended };
}

export function connectResponse(
  status = 200,
  fields: Readonly<Record<string, string | readonly string[]>> = {},
): ResponseHead {
  return { httpVersion: "2.0", status, reason: "", headers: HeaderFields.fromHttp2(fields) };
}
