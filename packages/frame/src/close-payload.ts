// The body of a close frame (RFC 6455 §5.5.1): nothing, or a code in two octets and a reason in UTF-8.
import { CloseCode, isWireCloseCode } from "./close-code.ts";
import { allocate, decodeUtf8, isUtf8, utf8Length, writeUtf8 } from "./platform.ts";
import { ProtocolError } from "./protocol-error.ts";

/** The most a reason may take: the 125 octets of a control frame less the two of the code. */
export const MAX_CLOSE_REASON_BYTES = 123;

/** What a close frame says. */
export interface ClosePayload {
  /** The status code; 1005 when the frame was empty. */
  readonly code: number;
  /** For people and logs, not for programs; `""` when there was none. */
  readonly reason: string;
}

/**
 * The payload of a close frame. Without a code the payload is empty.
 *
 * @throws RangeError for a code that must not be sent (RFC 6455 §7.4), or a reason of more than 123 bytes.
 * @throws TypeError for a reason that is not a string, or one without a code.
 */
export function encodeClosePayload(code?: number, reason = ""): Uint8Array {
  if (typeof reason !== "string") {
    throw new TypeError(`Cannot close with a reason of type ${typeof reason}: it must be a string`);
  }
  if (code === undefined) {
    if (reason !== "") throw new TypeError("Cannot close with a reason but no code: the code comes first");
    return new Uint8Array(0);
  }
  if (!isWireCloseCode(code)) {
    throw new RangeError(`Cannot close with code ${code}: it must be 1000–1003, 1007–1014 or 3000–4999`);
  }
  const reasonBytes = utf8Length(reason);
  if (reasonBytes > MAX_CLOSE_REASON_BYTES) {
    throw new RangeError(
      `Cannot close with a reason of ${reasonBytes} bytes: a close frame has room for ${MAX_CLOSE_REASON_BYTES}`,
    );
  }
  const payload = allocate(2 + reasonBytes);
  payload[0] = code >> 8;
  payload[1] = code & 0xff;
  writeUtf8(reason, payload, 2);
  return payload;
}

/**
 * Reads the payload of a received close frame.
 *
 * @throws ProtocolError `CLOSE_PAYLOAD_TRUNCATED`, `INVALID_CLOSE_CODE` or `INVALID_UTF8`.
 */
export function decodeClosePayload(payload: Uint8Array): ClosePayload {
  // RFC 6455 §7.1.5: "If this Close control frame contains no status code, _The WebSocket Connection Close Code_ is considered to be 1005."
  if (payload.length === 0) return { code: CloseCode.noStatus, reason: "" };
  // RFC 6455 §5.5.1: "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer"
  if (payload.length === 1) {
    throw new ProtocolError(
      "CLOSE_PAYLOAD_TRUNCATED",
      "Cannot read a close payload of 1 byte: a code takes 2",
    );
  }
  const code = (payload[0]! << 8) | payload[1]!;
  if (!isWireCloseCode(code)) {
    throw new ProtocolError(
      "INVALID_CLOSE_CODE",
      `Cannot accept close code ${code}: it must not be sent`,
      code,
    );
  }
  const reason = payload.subarray(2);
  // RFC 6455 §8.1: "When an endpoint is to interpret a byte stream as UTF-8 but finds that the byte stream is not, in fact, a valid UTF-8 stream, that endpoint MUST _Fail the WebSocket Connection_."
  if (!isUtf8(reason))
    throw new ProtocolError("INVALID_UTF8", "Cannot read the close reason: it is not UTF-8");
  return { code, reason: decodeUtf8(reason) };
}
