// What an application may hand in as a message, and the one place where that is checked: anything else, a number
// above all, must fail here and never reach a buffer that it could leave half unwritten.
import type { Message } from "./message-assembly.ts";

/** A message to send: a string goes as text, bytes go as binary. */
export type MessageLike = string | ArrayBuffer | ArrayBufferView;

/** @throws TypeError for anything that is neither a string nor bytes. */
export function toMessage(data: MessageLike): Message {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new TypeError(
    `Cannot send data of type ${data === null ? "null" : typeof data}: it must be a string, an ArrayBuffer or a view of one`,
  );
}
