// Heads to vary: the example of RFC 6455 §1.3 as text, and shortcuts from text to what the decoders make of it.

import {
  accept,
  RequestDecoder,
  ResponseDecoder,
  type AcceptOptions,
  type Accepted,
  type Rejected,
  type RequestHead,
  type ResponseHead,
} from "@ws/handshake";

export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
export const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/** The request every server must accept. */
export const REQUEST_LINES: readonly string[] = [
  "GET /chat HTTP/1.1",
  "Host: server.example.com",
  "Upgrade: websocket",
  "Connection: Upgrade",
  `Sec-WebSocket-Key: ${KEY}`,
  "Sec-WebSocket-Version: 13",
];

/** The response every client must accept. */
export const RESPONSE_LINES: readonly string[] = [
  "HTTP/1.1 101 Switching Protocols",
  "Upgrade: websocket",
  "Connection: Upgrade",
  `Sec-WebSocket-Accept: ${ACCEPT}`,
];

/** Lines with each field of `change` replaced; by nothing when it is undefined, by several lines when it is a list. */
export function vary(
  lines: readonly string[],
  change: Record<string, string | readonly string[] | undefined>,
): string {
  const left = lines.filter((line) => !Object.keys(change).some((name) => line.startsWith(`${name}:`)));
  const added = Object.entries(change).flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => `${name}: ${value}`),
  );
  return text([...left, ...added]);
}

export function text(lines: readonly string[]): string {
  return `${lines.join("\r\n")}\r\n\r\n`;
}

export function bytes(value: string): Uint8Array {
  return Uint8Array.from(Buffer.from(value, "latin1"));
}

export function latin1(value: Uint8Array): string {
  return Buffer.from(value).toString("latin1");
}

export function requestHead(value: string): RequestHead {
  return complete(new RequestDecoder().push(bytes(value)));
}

export function responseHead(value: string): ResponseHead {
  return complete(new ResponseDecoder().push(bytes(value)));
}

function complete<Head>(head: Head | undefined): Head {
  if (head === undefined) throw new Error("The head has no empty line");
  return head;
}

export function accepted<Agreed = undefined>(
  request: RequestHead,
  options?: AcceptOptions<Agreed>,
): Accepted<Agreed> {
  const result = accept(request, options);
  if (!result.accepted) throw new Error(`Rejected with ${result.status} ${result.code}: ${result.message}`);
  return result;
}

export function rejected(request: RequestHead, options?: AcceptOptions<unknown>): Rejected {
  const result = accept(request, options);
  if (result.accepted) throw new Error("Accepted");
  return result;
}
