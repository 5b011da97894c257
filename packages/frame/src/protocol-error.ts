// The one error that bytes from a peer can cause: which rule they broke, and the close code that tells the peer.

/**
 * Every way in which a peer can break the protocol, with the close code that answers it.
 * The names are stable: match on them, not on messages.
 */
const closeCodes = {
  /** RFC 6455 §5.2: an RSV bit is set that no extension gave a meaning. */
  RESERVED_BITS: 1002,
  /** RFC 6455 §5.2: opcode 3–7 or 11–15. */
  RESERVED_OPCODE: 1002,
  /** RFC 6455 §5.5: a control frame without FIN. */
  FRAGMENTED_CONTROL: 1002,
  /** RFC 6455 §5.5: a control frame with more than 125 bytes of payload. */
  CONTROL_TOO_LONG: 1002,
  /** RFC 6455 §5.1: a client's frame without a mask. */
  MASK_MISSING: 1002,
  /** RFC 6455 §5.1: a server's frame with a mask. */
  MASK_FORBIDDEN: 1002,
  /** RFC 6455 §5.2: a length in more octets than it needs. */
  LENGTH_NOT_MINIMAL: 1002,
  /** RFC 6455 §5.2: a 64-bit length with its most significant bit set. */
  LENGTH_OVERFLOW: 1002,
  /** RFC 6455 §5.4: a continuation frame while no message is unfinished. */
  UNEXPECTED_CONTINUATION: 1002,
  /** RFC 6455 §5.4: a new message while one is unfinished. */
  UNFINISHED_MESSAGE: 1002,
  /** RFC 6455 §5.5.1: a close payload of one octet. */
  CLOSE_PAYLOAD_TRUNCATED: 1002,
  /** RFC 6455 §7.4: a close code that must not be on the wire. */
  INVALID_CLOSE_CODE: 1002,
  /** RFC 6455 §8.1: text, or a close reason, that is not UTF-8. */
  INVALID_UTF8: 1007,
  /** RFC 7692 §7.2.2: a compressed message that is not DEFLATE data. */
  INVALID_COMPRESSED_DATA: 1007,
  /** RFC 6455 §10.4: more bytes than the limit of this endpoint allows. */
  MESSAGE_TOO_BIG: 1009,
} as const;

/** The stable name of a broken rule; see {@link ProtocolError}. */
export type ProtocolErrorCode = keyof typeof closeCodes;

/**
 * A peer broke the protocol. The connection must fail with {@link ProtocolError.closeCode} (RFC 6455 §7.1.7).
 *
 * @example
 * ```ts
 * try {
 *   decoder.next();
 * } catch (error) {
 *   if (error instanceof ProtocolError) console.log(error.code, error.closeCode); // "RESERVED_BITS" 1002
 * }
 * ```
 */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  /** Which rule was broken. */
  readonly code: ProtocolErrorCode;
  /** The close code that tells the peer: 1002, 1007 or 1009. */
  readonly closeCode: number;
  /** What broke it, where that is a number: the bits, the opcode, the length, or the close code. */
  readonly value: number | undefined;

  constructor(code: ProtocolErrorCode, message: string, value?: number) {
    super(message);
    this.code = code;
    this.value = value;
    this.closeCode = closeCodes[code];
  }
}
