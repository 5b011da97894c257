// Frames as the endpoint under test gets them from its peer. What lays and reads them uses nothing of the packages under
// test, so that they can be judged by it.
import type { Role } from "@ws/connection";
import { type FrameShape, rawClose, rawFrame, RawOpcode } from "@ws/testing";

export { closePayload, describeFrames, readFrames } from "@ws/testing";

export const ROLES = ["server", "client"] as const satisfies Role[];

/** The opcodes of RFC 6455 §5.2. */
export const {
  continuation: CONTINUATION,
  text: TEXT,
  binary: BINARY,
  close: CLOSE,
  ping: PING,
  pong: PONG,
} = RawOpcode;

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, "utf8"));
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

/** A frame as the endpoint in the role `reader` gets it from its peer: masked when a server reads. */
export function frame(
  reader: Role,
  opcode: number,
  payload: string | Uint8Array = "",
  shape?: FrameShape,
): Uint8Array<ArrayBuffer> {
  return rawFrame(peerOf(reader), opcode, payload, shape);
}

export function closeFrame(reader: Role, code?: number, reason = ""): Uint8Array<ArrayBuffer> {
  return rawClose(peerOf(reader), code, reason);
}

function peerOf(role: Role): Role {
  return role === "server" ? "client" : "server";
}
