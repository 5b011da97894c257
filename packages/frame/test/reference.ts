// The codec once more, as plainly as it can be written and from RFC 6455 alone: all bytes at once, numbers as
// BigInt, no state. What the package does faster must come out the same.
import type { ProtocolErrorCode, Role } from "@ws/frame";
import { concat, maskByBytes } from "./wire.ts";

export interface ReferenceFrame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly payload: Uint8Array;
}

/** An unmasked frame. */
export function encodeReference({ fin, rsv, opcode, payload }: ReferenceFrame): Uint8Array<ArrayBuffer> {
  const size = payload.length;
  const header = new DataView(new ArrayBuffer(size < 126 ? 2 : size < 65_536 ? 4 : 10));
  header.setUint8(0, (fin ? 128 : 0) + rsv * 16 + opcode);
  header.setUint8(1, size < 126 ? size : size < 65_536 ? 126 : 127);
  if (size >= 126 && size < 65_536) header.setUint16(2, size);
  if (size >= 65_536) header.setBigUint64(2, BigInt(size));
  return concat([new Uint8Array(header.buffer), payload]);
}

/** All frames that lie whole in the bytes, up to the first error. */
export function decodeReference(
  reader: Role,
  bytes: Uint8Array,
  options: { reservedBits: number; maxPayloadBytes: number },
): { frames: ReferenceFrame[]; error?: ProtocolErrorCode } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const frames: ReferenceFrame[] = [];
  let at = 0;
  while (bytes.length - at >= 2) {
    const [first, second] = [view.getUint8(at), view.getUint8(at + 1)];
    const fin = first >= 128;
    const rsv = Math.floor(first / 16) % 8;
    const opcode = first % 16;
    const isMasked = second >= 128;
    const length7 = second % 128;
    for (const bit of [1, 2, 4]) {
      if (rsv & bit && !(options.reservedBits & bit)) return { frames, error: "RESERVED_BITS" };
    }
    if (![0, 1, 2, 8, 9, 10].includes(opcode)) return { frames, error: "RESERVED_OPCODE" };
    if (opcode >= 8 && !fin) return { frames, error: "FRAGMENTED_CONTROL" };
    if (opcode >= 8 && length7 > 125) return { frames, error: "CONTROL_TOO_LONG" };
    if (reader === "server" && !isMasked) return { frames, error: "MASK_MISSING" };
    if (reader === "client" && isMasked) return { frames, error: "MASK_FORBIDDEN" };

    const extended = length7 === 126 ? 2 : length7 === 127 ? 8 : 0;
    const body = at + 2 + extended + (isMasked ? 4 : 0);
    if (body > bytes.length) break;
    let length = BigInt(length7);
    if (extended === 2) length = BigInt(view.getUint16(at + 2));
    if (extended === 8) length = view.getBigUint64(at + 2);
    if (length >= 2n ** 63n) return { frames, error: "LENGTH_OVERFLOW" };
    if (extended === 2 && length < 126n) return { frames, error: "LENGTH_NOT_MINIMAL" };
    if (extended === 8 && length < 65_536n) return { frames, error: "LENGTH_NOT_MINIMAL" };
    if (opcode < 8 && length > BigInt(options.maxPayloadBytes)) return { frames, error: "MESSAGE_TOO_BIG" };
    if (BigInt(body) + length > BigInt(bytes.length)) break;

    const end = body + Number(length);
    const payload = bytes.slice(body, end);
    const key = [...bytes.slice(body - 4, body)];
    frames.push({ fin, rsv, opcode, payload: isMasked ? maskByBytes(payload, key) : payload });
    at = end;
  }
  return { frames };
}
