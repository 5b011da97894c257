// Sec-WebSocket-Key and the Sec-WebSocket-Accept that answers it: a proof that the peer speaks WebSocket, not a secret.
// Owns making keys, recognising them and answering them; where they stand in a head is for others.

import { hash, randomBytes } from "node:crypto";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/**
 * The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key` (RFC 6455 §4.2.2, step 5.4).
 *
 * @example
 * ```ts
 * import { acceptKey } from "@ws/handshake";
 *
 * acceptKey("dGhlIHNhbXBsZSBub25jZQ=="); // "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
 * ```
 */
export function acceptKey(key: string): string {
  return hash("sha1", key + GUID, "base64");
}

export function createKey(): string {
  // RFC 6455 §4.1: "a nonce consisting of a randomly selected 16-byte value that has been base64-encoded"
  return randomBytes(16).toString("base64");
}

/** Whether the text decodes to 16 bytes. The four bits behind the last byte may be anything: RFC 4648 §3.5 lets them. */
export function isKey(text: string): boolean {
  if (text.length !== 24 || !text.endsWith("==")) return false;
  for (let i = 0; i < 22; i++) if (!isBase64Code(text.charCodeAt(i))) return false;
  return true;
}

function isBase64Code(code: number): boolean {
  const isUpper = code >= 0x41 && code <= 0x5a;
  const isLower = code >= 0x61 && code <= 0x7a;
  const isNumber = code >= 0x30 && code <= 0x39;
  return isUpper || isLower || isNumber || code === 0x2b || code === 0x2f;
}
