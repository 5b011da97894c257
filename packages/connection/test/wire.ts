// Frames laid and read by hand. Nothing here uses the packages under test, so that they can be judged by it.
import type { Role } from "@ws/connection";

export const ROLES = ["server", "client"] as const satisfies Role[];

/** The opcodes of RFC 6455 §5.2, once more. */
export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

const KEY = [0x37, 0xfa, 0x21, 0x3d];

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, "utf8"));
}

function fromUtf8(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}

/** `"81 05 48"` as bytes. */
export function hex(octets: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(octets.match(/[\da-f]{2}/gi) ?? [], (octet) => Number.parseInt(octet, 16));
}

export function concat(...pieces: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(pieces));
}

/** Each byte as a chunk of its own. */
export function byteByByte(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}

/** What makes a frame special; the rest is as RFC 6455 wants it. */
export interface FrameShape {
  readonly fin?: boolean;
  readonly rsv?: number;
  /** Mask where one must not, do not where one must. */
  readonly wrongMask?: boolean;
  /** Announce another length than that of the payload. */
  readonly length?: bigint | number;
}

/** A frame as the endpoint in the role `reader` gets it from its peer: masked when a server reads. */
export function frame(
  reader: Role,
  opcode: number,
  payload: string | Uint8Array = "",
  { fin = true, rsv = 0, wrongMask = false, length }: FrameShape = {},
): Uint8Array<ArrayBuffer> {
  const bytes = typeof payload === "string" ? utf8(payload) : payload;
  const masked = (reader === "server") !== wrongMask;
  const [length7, ...extended] = lengthOctets(length ?? bytes.length);
  const header = [(fin ? 0x80 : 0) | (rsv << 4) | opcode, (masked ? 0x80 : 0) | length7!, ...extended];
  if (!masked) return concat(Uint8Array.from(header), bytes);
  const body = new Uint8Array(bytes);
  for (let i = 0; i < body.length; i++) body[i]! ^= KEY[i % 4]!;
  return concat(Uint8Array.from([...header, ...KEY]), body);
}

export function closeFrame(reader: Role, code?: number, reason = ""): Uint8Array<ArrayBuffer> {
  return frame(reader, CLOSE, code === undefined ? "" : closePayload(code, reason));
}

export function closePayload(code: number, reason: string | Uint8Array = ""): Uint8Array<ArrayBuffer> {
  return concat(Uint8Array.of(code >> 8, code & 0xff), typeof reason === "string" ? utf8(reason) : reason);
}

function lengthOctets(length: bigint | number): number[] {
  if (length < 126) return [Number(length)];
  if (length <= 0xffff) return [126, Number(length) >> 8, Number(length) & 0xff];
  const octets = Buffer.alloc(8);
  octets.writeBigUInt64BE(BigInt(length));
  return [127, ...octets];
}

/** A frame as it was read. */
export interface ReadFrame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly payload: Uint8Array;
}

/** The frames that the bytes consist of; throws where they are not whole frames of minimal length. */
export function readFrames(bytes: Uint8Array): ReadFrame[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const frames: ReadFrame[] = [];
  let at = 0;
  while (at < buffer.length) {
    const first = buffer.readUInt8(at);
    const second = buffer.readUInt8(at + 1);
    at += 2;
    let length = second & 0x7f;
    if (length === 126) {
      length = buffer.readUInt16BE(at);
      at += 2;
    } else if (length === 127) {
      length = Number(buffer.readBigUInt64BE(at));
      at += 8;
    }
    const masked = second > 0x7f;
    const key = masked ? buffer.subarray(at, at + 4) : undefined;
    if (masked) at += 4;
    if (at + length > buffer.length) throw new Error("The bytes end inside a frame");
    const raw = new Uint8Array(buffer.subarray(at, at + length));
    at += length;
    frames.push({
      fin: first > 0x7f,
      rsv: (first >> 4) & 7,
      opcode: first & 0xf,
      masked,
      payload: key === undefined ? raw : raw.map((byte, i) => byte ^ key[i % 4]!),
    });
  }
  return frames;
}

/** Frames in short, such as `text hello` or `close 1000 bye`. */
export function describeFrames(bytes: Uint8Array): string[] {
  return readFrames(bytes).map(({ fin, opcode, payload }) => {
    const name = { 0: "more", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong" }[opcode];
    const start = `${name ?? opcode}${fin ? "" : "…"}`;
    if (opcode !== CLOSE || payload.length < 2) return `${start} ${fromUtf8(payload)}`.trimEnd();
    const code = (payload[0]! << 8) | payload[1]!;
    return `${start} ${code} ${fromUtf8(payload.subarray(2))}`.trimEnd();
  });
}
