// RFC 6455 §5.2 once more, read from all bytes at once and as plainly as possible: what the decoder has to agree with.
// Slow, without state between calls, and without a line in common with the code under test.
import type { Role } from "@ws/frame";

export interface ReadFrame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly key: number;
  readonly length: bigint;
  /** Unmasked; as much of it as is there. */
  readonly payload: Uint8Array;
  readonly isWhole: boolean;
}

export interface ReadFrames {
  readonly frames: readonly ReadFrame[];
  /** The code of the rule that the next header breaks. */
  readonly error: string | undefined;
}

export interface ReadLimits {
  readonly reader: Role;
  readonly reservedBits: number;
  readonly maxPayload: bigint;
}

export function readFrames(bytes: Uint8Array, limits: ReadLimits): ReadFrames {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const frames: ReadFrame[] = [];
  let at = 0;
  for (;;) {
    if (bytes.length - at < 2) return { frames, error: undefined };
    const flags = view.getUint8(at).toString(2).padStart(8, "0");
    const rsv = Number.parseInt(flags.slice(1, 4), 2);
    const opcode = view.getUint8(at) % 16;
    const isMasked = view.getUint8(at + 1) >= 128;
    const short = view.getUint8(at + 1) % 128;
    const fin = flags.startsWith("1");
    const error = judge(fin, rsv, opcode, isMasked, short, limits);
    if (error !== undefined) return { frames, error };

    const lengthOctets = short === 126 ? 2 : short === 127 ? 8 : 0;
    const payloadAt = at + 2 + lengthOctets + (isMasked ? 4 : 0);
    if (bytes.length < payloadAt) return { frames, error: undefined };
    let length = BigInt(short);
    if (lengthOctets === 2) length = BigInt(view.getUint16(at + 2));
    if (lengthOctets === 8) length = view.getBigUint64(at + 2);
    if (length >= 2n ** 63n) return { frames, error: "LENGTH_OVERFLOW" };
    const isMinimal = lengthOctets === 0 || (lengthOctets === 2 ? length > 125n : length > 65_535n);
    if (!isMinimal) return { frames, error: "LENGTH_NOT_MINIMAL" };
    if (opcode < 8 && length > limits.maxPayload) return { frames, error: "MESSAGE_TOO_BIG" };

    const isWhole = BigInt(bytes.length - payloadAt) >= length;
    const end = isWhole ? payloadAt + Number(length) : bytes.length;
    const payload = bytes.slice(payloadAt, end);
    const key = isMasked ? view.getInt32(payloadAt - 4) : 0;
    if (isMasked) for (let i = 0; i < payload.length; i++) payload[i]! ^= bytes[payloadAt - 4 + (i % 4)]!;
    frames.push({ fin, rsv, opcode, key, length, payload, isWhole });
    if (!isWhole) return { frames, error: undefined };
    at = end;
  }
}

function judge(
  fin: boolean,
  rsv: number,
  opcode: number,
  isMasked: boolean,
  short: number,
  { reader, reservedBits }: ReadLimits,
): string | undefined {
  for (const bit of [1, 2, 4]) {
    const isSet = Math.floor(rsv / bit) % 2 === 1;
    const isAllowed = Math.floor(reservedBits / bit) % 2 === 1;
    if (isSet && !isAllowed) return "RESERVED_BITS";
  }
  if (![0, 1, 2, 8, 9, 10].includes(opcode)) return "RESERVED_OPCODE";
  if (opcode >= 8 && !fin) return "FRAGMENTED_CONTROL";
  if (opcode >= 8 && short > 125) return "CONTROL_TOO_LONG";
  if (reader === "server" && !isMasked) return "MASK_MISSING";
  if (reader === "client" && isMasked) return "MASK_FORBIDDEN";
  return undefined;
}
