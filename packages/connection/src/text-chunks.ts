// Text that comes in chunks: makes whole characters of them, wherever they were cut, and lets nothing pass that is not
// UTF-8. A chunk is a string or bytes.
import { Utf8Validator } from "@ws/frame";
import { isHighSurrogate } from "./fragments.ts";
import type { Message } from "./message-assembly.ts";

export class TextChunks {
  readonly #utf8 = new Utf8Validator();
  /** The first half of a character that a chunk was cut through. */
  #half = "";

  /**
   * The next part of the text. As bytes it may end amid a character, which other bytes must then complete.
   *
   * @throws TypeError for bytes that are not UTF-8, and for a string amid a character of bytes, or the other way round
   */
  next(chunk: Message): Message {
    if (chunk.length === 0) return chunk;
    if (typeof chunk !== "string") {
      if (this.#half !== "") throw new TypeError("Cannot send bytes behind half a character of a string");
      if (!this.#utf8.push(chunk)) throw new TypeError("Cannot send the message as text: it is not UTF-8");
      return chunk;
    }
    if (!this.#utf8.isComplete) throw new TypeError("Cannot send a string amid a character of bytes");
    const text = this.#half + chunk;
    const keep = isHighSurrogate(text, text.length - 1);
    this.#half = keep ? text.slice(-1) : "";
    return keep ? text.slice(0, -1) : text;
  }

  /**
   * What is left at the end: half a character of a string leaves as U+FFFD, as it does in a message sent whole.
   *
   * @throws TypeError for bytes that end amid a character
   */
  end(): string {
    if (this.#utf8.isComplete) return this.#half;
    throw new TypeError("Cannot send the message as text: it ends amid a character");
  }
}
