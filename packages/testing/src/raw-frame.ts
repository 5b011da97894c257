// Frames laid by hand, right or wrong. Nothing here uses the packages under test, so that they can be judged by it.
import { RawOpcode } from "./raw-opcode.ts";

/** Who sends a frame: clients mask, servers do not. */
export type Role = "server" | "client";

/** What makes a frame special; the rest is as RFC 6455 §5.2 wants it. */
export interface FrameShape {
  /** Whether it is the last of its message. Default: `true`. */
  readonly fin?: boolean;
  /** The three reserved bits, RSV1 the highest. Default: 0. */
  readonly rsv?: number;
  /** Mask where one must not, do not where one must. Default: `false`. */
  readonly wrongMask?: boolean;
  /** Announce another length than that of the payload, up to 2^64 − 1. */
  readonly length?: bigint | number;
  /** In how many octets to write the length, instead of the fewest possible (RFC 6455 §5.2 demands those). */
  readonly lengthOctets?: 1 | 2 | 8;
  /** The four octets to mask with. Default: always the same ones, so that tests can compare bytes. */
  readonly maskKey?: Uint8Array;
}

const KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

/**
 * One frame as its sender would put it on the wire.
 *
 * @param opcode 0 to 15, also those that mean nothing
 * @param payload text is encoded as UTF-8
 *
 * @example
 * ```ts
 * rawFrame("client", RawOpcode.text, "hello"); // masked
 * rawFrame("client", RawOpcode.text, "hello", { wrongMask: true }); // not masked, which a server must not accept
 * ```
 */
export function rawFrame(
  sender: Role,
  opcode: number,
  payload: string | Uint8Array = "",
  shape: FrameShape = {},
): Uint8Array<ArrayBuffer> {
  const { fin = true, rsv = 0, wrongMask = false, length, lengthOctets, maskKey = KEY } = shape;
  const bytes = typeof payload === "string" ? Buffer.from(payload, "utf8") : payload;
  const isMasked = (sender === "client") !== wrongMask;
  const [length7, ...extended] = lengthField(BigInt(length ?? bytes.length), lengthOctets);
  const header = [(fin ? 0x80 : 0) | (rsv << 4) | opcode, (isMasked ? 0x80 : 0) | length7!, ...extended];
  if (!isMasked) return new Uint8Array(Buffer.concat([Uint8Array.from(header), bytes]));
  const body = new Uint8Array(bytes);
  for (let i = 0; i < body.length; i++) body[i]! ^= maskKey[i % 4]!;
  return new Uint8Array(Buffer.concat([Uint8Array.from([...header, ...maskKey]), body]));
}

/** A close frame; without a code, an empty one. */
export function rawClose(
  sender: Role,
  code?: number,
  reason: string | Uint8Array = "",
): Uint8Array<ArrayBuffer> {
  return rawFrame(sender, RawOpcode.close, code === undefined ? "" : closePayload(code, reason));
}

/** The payload of a close frame, with any code and reason, also those that must not be sent. */
export function closePayload(code: number, reason: string | Uint8Array = ""): Uint8Array<ArrayBuffer> {
  const bytes = typeof reason === "string" ? Buffer.from(reason, "utf8") : reason;
  return new Uint8Array(Buffer.concat([Uint8Array.of(code >> 8, code & 0xff), bytes]));
}

/** The 7 bits of the length, and the octets behind them. */
function lengthField(length: bigint, octets = length < 126n ? 1 : length <= 0xffffn ? 2 : 8): number[] {
  if (octets === 1) return [Number(length)];
  const field = Buffer.alloc(8);
  field.writeBigUInt64BE(length);
  return octets === 2 ? [126, ...field.subarray(6)] : [127, ...field];
}
