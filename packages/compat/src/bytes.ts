// What `ws` takes and hands out as data, and what a connection does: the two are made of each other here, and only here.
import { type Message, TextBytes } from "@ws/connection";

/** What binary messages are delivered as: a Buffer, an ArrayBuffer, a list of Buffers, or a Blob. */
export type BinaryType = "nodebuffer" | "arraybuffer" | "fragments" | "blob";

export const BINARY_TYPES: readonly BinaryType[] = ["nodebuffer", "arraybuffer", "fragments", "blob"];

/** A message as it is delivered; by default a Buffer. */
export type RawData = Buffer | ArrayBuffer | Buffer[];

/** What can be sent. */
export type BufferLike =
  | string
  | number
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView
  | Blob
  // Of numbers, if it is to mean anything. So wide as `@types/ws` has it, for what was received has to be sendable.
  | readonly unknown[]
  | { valueOf(): string | ArrayBuffer | Uint8Array | readonly number[] }
  | { [Symbol.toPrimitive](hint: string): string };

export const EMPTY: Buffer = Buffer.alloc(0);

/** What was received, as a Buffer over the same memory. */
export function toBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  if (length === 0) return EMPTY;
  return Buffer.from(buffer, byteOffset, length);
}

/** A binary message as `binaryType` says. */
export function toRawData(data: Uint8Array, type: BinaryType): RawData {
  const buffer = toBuffer(data);
  if (type === "nodebuffer") return buffer;
  // What is handed out as a whole buffer must have nothing else in it.
  if (type === "arraybuffer") return new Uint8Array(data).buffer;
  // The types of `ws` know no blobs; who asks for them knows.
  return type === "blob" ? (new Blob([new Uint8Array(data)]) as unknown as ArrayBuffer) : [buffer];
}

/**
 * What an application hands in, but for blobs, as text or bytes. Nothing, `null` and `false` are an empty message.
 *
 * @throws TypeError for what cannot be bytes
 */
export function toSendable(data: unknown): string | Uint8Array {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  if (typeof data === "number") return String(data);
  if (!data) return EMPTY;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  // Arrays of numbers, and objects that stand for a string or for bytes; a copy of them.
  return Buffer.from(data as Uint8Array);
}

/** The same as text or as binary, whichever of them it is to be. */
export function toMessage(data: string | Uint8Array, isBinary: boolean): Message {
  if (isBinary) return typeof data === "string" ? Buffer.from(data) : data;
  return typeof data === "string" ? data : TextBytes.over(data);
}

/** How many bytes that is. */
export function byteLengthOf(data: unknown): number {
  if (data instanceof Blob) return data.size;
  const sendable = toSendable(data);
  return typeof sendable === "string" ? Buffer.byteLength(sendable) : sendable.length;
}
