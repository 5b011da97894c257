// A large message cut into fragments (RFC 6455 §5.4), so that pings and a close need not wait behind all of it, and so
// that a peer that reads slowly is seen to read.
import type { Message } from "./message-assembly.ts";

/** From this size on a message is sent in fragments; so large are they, in bytes, or in units of UTF-16 for text. */
export const FRAGMENT_SIZE: number = 1024 * 1024;

/** Writes one frame of the message. */
type WriteFragment = (payload: Message, isFirst: boolean, isLast: boolean) => void;

export class Fragments {
  readonly #message: Message;
  readonly #isText: boolean;
  readonly #write: WriteFragment;
  #at = 0;

  /** @param isText whether these are the characters of a text, as a string or as its UTF-8 */
  constructor(message: Message, isText: boolean, write: WriteFragment) {
    this.#message = message;
    this.#isText = isText;
    this.#write = write;
  }

  /** What has not been written, in bytes; for text it is at least that. */
  get remaining(): number {
    return this.#message.length - this.#at;
  }

  /** Writes the next fragment; `false` after the last. */
  next(): boolean {
    const start = this.#at;
    const payload = fragmentAt(this.#message, start, this.#isText);
    this.#at += payload.length;
    const isLast = this.remaining === 0;
    this.#write(payload, start === 0, isLast);
    return !isLast;
  }
}

/** The fragment that begins there. Some peers look at each by itself, so that no character of a text is cut in two. */
export function fragmentAt(message: Message, start: number, isText: boolean): Message {
  let end = start + FRAGMENT_SIZE;
  if (typeof message === "string") {
    if (end < message.length && isHighSurrogate(message, end - 1)) end--;
    return message.slice(start, end);
  }
  // Whatever these bytes are, no more than three are looked at.
  if (isText) for (let i = 0; i < 3 && isContinuation(message[end]); i++) end--;
  return message.subarray(start, end);
}

/** Whether the character at `index` is the first half of one that a cut behind it would tear apart. */
export function isHighSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isContinuation(octet: number | undefined): boolean {
  return octet !== undefined && octet >> 6 === 0b10;
}
