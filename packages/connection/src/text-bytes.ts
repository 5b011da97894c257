// Text that stays what it is on the wire: for whoever passes text on, or has it as bytes anyway, a string made of it and
// turned back again would be work for nothing.
import type { Message } from "./message-assembly.ts";

/**
 * A text message as its UTF-8. Given to `send` it leaves as text, unchecked, so it must be UTF-8; and a connection that
 * was made with `text: "bytes"` delivers text as such.
 */
export class TextBytes extends Uint8Array {
  /** The text that these bytes are, which are not copied. */
  static over(bytes: Uint8Array): TextBytes {
    return new TextBytes(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
  }
}

/** Whether a message is text, in either form. */
export function isText(message: Message): boolean {
  return typeof message === "string" || message instanceof TextBytes;
}
