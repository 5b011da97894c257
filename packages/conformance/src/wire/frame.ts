// Writes one frame, legal or not: every field of the header can be set to what the RFC forbids.
import { randomBytes } from "node:crypto";

/** What to write. Everything left out is what a well-behaved sender would choose. */
export interface FrameSpec {
  /** Default `true`. */
  readonly fin?: boolean;
  /** The three reserved bits as a number, RSV1 = 4, RSV2 = 2, RSV3 = 1. Default 0. */
  readonly rsv?: number;
  readonly opcode: number;
  readonly payload?: Uint8Array;
  /** The masking key, `true` for a random one, `false` for an unmasked frame. */
  readonly mask: Uint8Array | boolean;
  /** How many bits carry the length. Default: the fewest that can. */
  readonly lengthBits?: 7 | 16 | 64;
  /** The length the header declares. Default: the length of the payload. */
  readonly declaredLength?: bigint;
}

export function encodeFrame(spec: FrameSpec): Buffer {
  const payload = spec.payload ?? new Uint8Array(0);
  const length = spec.declaredLength ?? BigInt(payload.length);
  const bits = spec.lengthBits ?? (length < 126n ? 7 : length < 65_536n ? 16 : 64);
  const key = spec.mask === true ? randomBytes(4) : spec.mask === false ? undefined : spec.mask;

  const lengthBytes = bits === 7 ? 0 : bits / 8;
  const head = Buffer.alloc(2 + lengthBytes + (key === undefined ? 0 : 4));
  head[0] = ((spec.fin ?? true) ? 0x80 : 0) | ((spec.rsv ?? 0) << 4) | spec.opcode;
  head[1] = (key === undefined ? 0 : 0x80) | (bits === 7 ? Number(length) : bits === 16 ? 126 : 127);
  if (bits === 16) head.writeUInt16BE(Number(length), 2);
  if (bits === 64) head.writeBigUInt64BE(length, 2);
  if (key === undefined) return Buffer.concat([head, payload]);

  head.set(key, 2 + lengthBytes);
  return Buffer.concat([head, masked(payload, key)]);
}

/** RFC 6455 §5.3: "transformed-octet-i = original-octet-i XOR masking-key-octet-j", in a copy. */
export function masked(payload: Uint8Array, key: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(payload.length);
  for (let i = 0; i < payload.length; i++) out[i] = (payload[i] as number) ^ (key[i & 3] as number);
  return out;
}
