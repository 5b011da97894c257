// A message that can prove where it belongs: kind, number, time of departure, checksum, and padding that the checksum
// covers. What is lost, repeated, out of order or damaged shows at whoever reads it.
import { crc32 } from "node:zlib";
import { nowMs } from "../clock.ts";

const HEADER_BYTES = 17;

export type MessageKind = "echo" | "broadcast";

export interface NumberedMessage {
  readonly kind: MessageKind;
  readonly number: number;
  readonly sentMs: number;
}

export function writeMessage(kind: MessageKind, number: number, length: number): Buffer {
  const bytes = Buffer.alloc(Math.max(length, HEADER_BYTES), number & 0xff);
  bytes.writeUInt8(kind === "echo" ? 1 : 2, 4);
  bytes.writeUInt32BE(number, 5);
  bytes.writeDoubleBE(nowMs(), 9);
  bytes.writeUInt32BE(crc32(bytes.subarray(4)), 0);
  return bytes;
}

/** @throws Error for what is no such message, or not any more */
export function readMessage(data: string | Uint8Array): NumberedMessage {
  if (typeof data === "string" || data.length < HEADER_BYTES)
    throw new Error(
      `Cannot read a message of ${data.length} ${typeof data === "string" ? "characters" : "bytes"}`,
    );
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (crc32(bytes.subarray(4)) !== bytes.readUInt32BE(0))
    throw new Error(`Cannot read a message of ${bytes.length} bytes: its checksum is wrong`);
  return {
    kind: bytes.readUInt8(4) === 1 ? "echo" : "broadcast",
    number: bytes.readUInt32BE(5),
    sentMs: bytes.readDoubleBE(9),
  };
}
