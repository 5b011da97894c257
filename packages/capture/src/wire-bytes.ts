// What was on the wire, put together again from the record: a frame with its mask, and the heads of the handshake as text.
import type { CapturedFrame, HandshakeRecord, HeadField } from "./capture.ts";

/** The frame's header, and of its payload what there is, masked as it was. */
export function frameBytes({ header, payload, isMasked, maskKey }: CapturedFrame): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(header.length + payload.length);
  bytes.set(header);
  bytes.set(payload, header.length);
  if (!isMasked) return bytes;
  // A loop of our own: @ws/frame masks in WebAssembly, which the page's content security policy forbids.
  const key = [maskKey >>> 24, (maskKey >>> 16) & 0xff, (maskKey >>> 8) & 0xff, maskKey & 0xff];
  for (let i = 0; i < payload.length; i++) bytes[header.length + i]! ^= key[i & 3]!;
  return bytes;
}

/**
 * The heads as HTTP/1.1 has them; fields of the request that a capture of a client does not know, such as the key, are made up. Over HTTP/2 there are no such bytes, so there they are what HTTP/1.1 would have said, with
 * the fields that only it has: a reader of captures knows WebSockets by them.
 */
export function handshakeBytes({ request, response }: HandshakeRecord): {
  readonly request: Uint8Array;
  readonly response: Uint8Array;
} {
  const isHttp1 = request.httpVersion.startsWith("1.");
  const authority = request.fields.find(({ name }) => name === ":authority")?.value ?? "localhost";
  const http1Request = [
    { name: "Host", value: authority },
    { name: "Upgrade", value: "websocket" },
    { name: "Connection", value: "Upgrade" },
    { name: "Sec-WebSocket-Key", value: "AAAAAAAAAAAAAAAAAAAAAA==" },
  ];
  const http1Response = [
    { name: "Upgrade", value: "websocket" },
    { name: "Connection", value: "Upgrade" },
    { name: "Sec-WebSocket-Accept", value: "ICX+Yqv66kxgM0FcWaLWlFLwTAI=" },
  ];
  const known = new Set(request.fields.map(({ name }) => name.toLowerCase()));
  const isMissing = ({ name }: HeadField): boolean => !known.has(name.toLowerCase());
  const status = isHttp1 ? `${response.status}` : "101";
  return {
    request: head(`GET ${request.target} HTTP/1.1`, [...http1Request.filter(isMissing), ...request.fields]),
    response: head(`HTTP/1.1 ${status} ${status === "101" ? "Switching Protocols" : ""}`, [
      ...(isHttp1 ? [] : http1Response),
      ...response.fields,
    ]),
  };
}

function head(start: string, fields: readonly HeadField[]): Uint8Array {
  const lines = fields
    .filter(({ name }) => !name.startsWith(":"))
    .map(({ name, value }) => `${name}: ${value}\r\n`);
  return new TextEncoder().encode(`${start}\r\n${lines.join("")}\r\n`);
}
