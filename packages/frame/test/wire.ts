// Bytes of frames, laid by hand: nothing here uses the package, so that it can be judged by it.
import type { Role } from "@ws/frame";

/** The masking key of the examples in RFC 6455 §5.7. */
export const KEY = [0x37, 0xfa, 0x21, 0x3d];
export const KEY_AS_INTEGER = 0x37fa213d;

export const ROLES = ["server", "client"] as const satisfies Role[];

export function otherRole(role: Role): Role {
  return role === "server" ? "client" : "server";
}

/** `"81 05 48"` as bytes. */
export function hex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/[\da-f]{2}/gi) ?? [], (octet) => Number.parseInt(octet, 16));
}

/** The inverse of `hex`, without blanks. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Bytes that differ from their neighbours, so that a shifted or repeated one shows. */
export function pattern(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
}

export function concat(pieces: Iterable<Uint8Array>): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat([...pieces]));
}

/** RFC 6455 §5.3, to the letter. */
export function maskByBytes(bytes: Uint8Array, key: readonly number[], phase = 0): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes, (octet, i) => octet ^ key[(i + phase) % 4]!);
}

/** A frame as it stands on the wire, right or wrong. */
export interface WireFrame {
  /** FIN, the reserved bits and the opcode. */
  readonly first: number;
  /** The seven bits of length; by default what suits the payload. */
  readonly length7?: number;
  /** The octets of length that follow; by default what suits the payload. */
  readonly extended?: readonly number[];
  readonly payload?: Uint8Array;
  /** Masked where it must not be, not masked where it must. */
  readonly wrongMask?: boolean;
}

/** The frame as the endpoint in this role reads it from its peer: masked where a server reads. */
export function wire(reader: Role, frame: WireFrame, key: readonly number[] = KEY): Uint8Array<ArrayBuffer> {
  const { first, payload = new Uint8Array(0), wrongMask = false } = frame;
  const minimal = minimalLength(payload.length);
  const { length7 = minimal.length7, extended = minimal.extended } = frame;
  const masked = (reader === "server") !== wrongMask;
  return concat([
    Uint8Array.of(first, (masked ? 0x80 : 0) + length7, ...extended, ...(masked ? key : [])),
    masked ? maskByBytes(payload, key) : payload,
  ]);
}

function minimalLength(length: number): { length7: number; extended: number[] } {
  if (length <= 125) return { length7: length, extended: [] };
  if (length <= 65_535) return { length7: 126, extended: bigEndian(length, 2) };
  return { length7: 127, extended: bigEndian(length, 8) };
}

/** The number in so many octets, highest first. */
export function bigEndian(value: number | bigint, octets: number): number[] {
  const digits = BigInt.asUintN(octets * 8, BigInt(value))
    .toString(16)
    .padStart(octets * 2, "0");
  return [...hex(digits)];
}
