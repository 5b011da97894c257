// What others may not see: payloads as zeros, values of headers as dots. Lengths, masks, names and everything else that the
// protocol itself is made of stay as they were.
import type { IncomingMessage } from "node:http";
import { Opcode } from "@ws/frame";
import type { HeadField, HandshakeRecord } from "../../shared/inspector.ts";
import { type FramePiece, type WireHeader } from "../../shared/inspector-wire.ts";
import { TOKEN_SUBPROTOCOL_PREFIX } from "../../shared/inspector-feed.ts";

const DOTS = "•••";
/** The code of a close frame: protocol, not content. */
const CLOSE_CODE_BYTES = 2;
/** Whoever has these can be somebody else. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "set-cookie",
  "x-api-key",
]);
/** And these tell where somebody was, and who. */
const PRIVATE_FIELDS: ReadonlySet<string> = new Set(["forwarded", "referer", "x-forwarded-for", "x-real-ip"]);

/**
 * The payload of a piece as zeros; on the wire, where a masked zero is an octet of the key. Compressed or not, nothing of it
 * is left to inflate.
 */
export function redactedPayload({ header, payload, payloadOffset }: FramePiece): Uint8Array {
  const redacted = new Uint8Array(payload.length);
  const kept = header.opcode === Opcode.close ? Math.max(0, CLOSE_CODE_BYTES - payloadOffset) : 0;
  for (let i = 0; i < payload.length; i++) {
    redacted[i] = i < kept ? payload[i]! : maskOctet(header, payloadOffset + i);
  }
  return redacted;
}

function maskOctet({ maskKey }: WireHeader, index: number): number {
  return (maskKey >>> (24 - 8 * (index & 3))) & 0xff;
}

/** Who asked, and what they were told, without what would let somebody else ask the same. */
export function handshakeRecord(
  request: IncomingMessage,
  response: { readonly status: number; readonly headers: readonly (readonly [string, string])[] },
): HandshakeRecord {
  const { rawHeaders } = request;
  const fields: HeadField[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) fields.push(field(rawHeaders[i]!, rawHeaders[i + 1]!));
  return {
    request: {
      method: request.method ?? "",
      target: request.url ?? "",
      httpVersion: request.httpVersion,
      fields,
    },
    response: {
      status: response.status,
      fields: response.headers.map(([name, value]) => field(name, value)),
    },
  };
}

/** The same for whoever it does not belong to. */
export function redactedHandshake({ request, response }: HandshakeRecord): HandshakeRecord {
  const [path = "", query] = request.target.split("?", 2);
  const fields = request.fields.map((given) =>
    PRIVATE_FIELDS.has(given.name.toLowerCase()) ? { ...given, value: DOTS, isMasked: true } : given,
  );
  const target = query === undefined ? path : `${path}?${DOTS}`;
  return { request: { ...request, target, fields }, response };
}

function field(name: string, value: string): HeadField {
  const lowerName = name.toLowerCase();
  if (lowerName === "cookie") return { name, value: maskedCookies(value), isMasked: true };
  if (SECRET_FIELDS.has(lowerName)) return { name, value: DOTS, isMasked: true };
  if (lowerName === "sec-websocket-protocol" && value.includes(TOKEN_SUBPROTOCOL_PREFIX)) {
    const offers = value.split(",").map((offer) => offer.trim());
    const shown = offers.map((offer) =>
      offer.startsWith(TOKEN_SUBPROTOCOL_PREFIX) ? `${TOKEN_SUBPROTOCOL_PREFIX}${DOTS}` : offer,
    );
    return { name, value: shown.join(", "), isMasked: true };
  }
  return { name, value };
}

/** Their names may be known. */
function maskedCookies(value: string): string {
  return value
    .split(";")
    .map((pair) => (pair.includes("=") ? `${pair.slice(0, pair.indexOf("=")).trim()}=${DOTS}` : DOTS))
    .join("; ");
}
