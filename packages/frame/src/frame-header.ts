// The octets of a header and what they say (RFC 6455 §5.2). Whatever can be refused is refused here, before a byte of payload
// is waited for or room made for it; where a header lies, and what was read before, is for frame-decoder.ts.
import { MAX_CONTROL_PAYLOAD_BYTES } from "./frame.ts";
import { isControlOpcode, isKnownOpcode } from "./opcode.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Who an endpoint is: the one that dialled, or the one that answered. */
export type Role = "client" | "server";

/** What a header is judged by. */
export interface HeaderRules {
  /** Who reads: a `"server"` demands masked frames, a `"client"` refuses them (RFC 6455 §5.1). */
  readonly role: Role;
  /**
   * The largest payload of one data frame, in bytes; refused on the header. Default: 16 MiB.
   * Control frames have their own limit of 125 bytes, whatever this one is.
   */
  readonly maxPayloadBytes?: number;
  /** The reserved bits that an extension gave a meaning, as in {@link Frame.rsv}. Default: 0, none. */
  readonly reservedBits?: number;
}

export const MASK_KEY_BYTES = 4;
const DEFAULT_MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

/** How long the header is, by its second octet. */
export function headerSize(second: number): number {
  const length = second & 0x7f;
  return 2 + (length < 126 ? 0 : length === 126 ? 2 : 8) + ((second & 0x80) === 0 ? 0 : MASK_KEY_BYTES);
}

/** @throws ProtocolError for what the first two octets prove wrong */
export function checkFirstOctets(
  first: number,
  second: number,
  { role, reservedBits = 0 }: HeaderRules,
): void {
  const opcode = first & 0xf;
  // RFC 6455 §5.2: "MUST be 0 unless an extension is negotiated that defines meanings for non-zero values."
  const unexpected = (first >> 4) & 0x7 & ~reservedBits;
  if (unexpected !== 0) {
    throw new ProtocolError(
      "RESERVED_BITS",
      `Cannot accept reserved bits ${unexpected}: no extension uses them`,
      unexpected,
    );
  }
  // RFC 6455 §5.2: "If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket Connection_."
  if (!isKnownOpcode(opcode)) {
    throw new ProtocolError("RESERVED_OPCODE", `Cannot accept opcode ${opcode}: it is reserved`, opcode);
  }
  // RFC 6455 §5.5: "All control frames MUST have a payload length of 125 bytes or less and MUST NOT be fragmented."
  if (isControlOpcode(opcode)) {
    if ((first & 0x80) === 0) {
      throw new ProtocolError("FRAGMENTED_CONTROL", `Cannot accept control frame ${opcode} without FIN`);
    }
    const length = second & 0x7f;
    if (length > MAX_CONTROL_PAYLOAD_BYTES) {
      throw new ProtocolError(
        "CONTROL_TOO_LONG",
        `Cannot accept control frame ${opcode} of more than 125 bytes`,
        length,
      );
    }
  }
  const isMasked = (second & 0x80) !== 0;
  // RFC 6455 §5.1: "The server MUST close the connection upon receiving a frame that is not masked."
  if (role === "server" && !isMasked) {
    throw new ProtocolError("MASK_MISSING", "Cannot accept an unmasked frame from a client");
  }
  // RFC 6455 §5.1: "A client MUST close a connection if it detects a masked frame."
  if (role === "client" && isMasked) {
    throw new ProtocolError("MASK_FORBIDDEN", "Cannot accept a masked frame from a server");
  }
}

/**
 * The length of the payload, of a whole header that begins at an offset.
 *
 * @throws ProtocolError for one that is too large, or in more octets than it needs
 */
export function readLength(
  bytes: Uint8Array,
  at: number,
  { maxPayloadBytes = DEFAULT_MAX_PAYLOAD_BYTES }: HeaderRules,
): number {
  const form = bytes[at + 1]! & 0x7f;
  const length = form < 126 ? form : readExtendedLength(bytes, at + 2, form);
  if (length > maxPayloadBytes && !isControlOpcode(bytes[at]! & 0xf)) {
    throw new ProtocolError(
      "MESSAGE_TOO_BIG",
      `Cannot accept a frame of ${length} bytes: maxPayloadBytes is ${maxPayloadBytes}`,
    );
  }
  return length;
}

function readExtendedLength(bytes: Uint8Array, at: number, form: number): number {
  // RFC 6455 §5.2: "in all cases, the minimal number of bytes MUST be used to encode the length"
  if (form === 126) {
    const length = (bytes[at]! << 8) | bytes[at + 1]!;
    if (length < 126) throw notMinimal(length, 16, 7);
    return length;
  }
  const high = int32At(bytes, at) >>> 0;
  const low = int32At(bytes, at + 4) >>> 0;
  // RFC 6455 §5.2: "the most significant bit MUST be 0"
  if (high > 0x7fffffff) {
    throw new ProtocolError("LENGTH_OVERFLOW", "Cannot accept a length of 2^63 or more");
  }
  if (high === 0 && low <= 0xffff) throw notMinimal(low, 64, 16);
  // Beyond 2^53 this rounds, which no limit (a safe integer) can tell apart.
  return high * 0x100000000 + low;
}

function notMinimal(length: number, bits: number, enough: number): ProtocolError {
  return new ProtocolError(
    "LENGTH_NOT_MINIMAL",
    `Cannot accept length ${length} in ${bits} bits: ${enough} suffice`,
  );
}

/** Four octets as a 32-bit integer, first octet highest: so a masking key is held. */
export function int32At(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
