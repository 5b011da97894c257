// Frames to a message (RFC 6455 §5.4, §5.6): owns the message that is unfinished, and lives as long as it is.
// Judges each frame as soon as its header is there, and text octet by octet as it arrives.
import {
  decodeUtf8,
  type Frame,
  GrowingBuffer,
  isLastPart,
  isPart,
  isUtf8,
  keep,
  Opcode,
  ProtocolError,
  unmaskPart,
  Utf8Validator,
} from "@ws/frame";
import { noteCopied } from "./copied-chunks.ts";
import type { MessageCompression } from "./message-compression.ts";
import type { Meter } from "./meter.ts";
import { TextBytes } from "./text-bytes.ts";

/**
 * What becomes of text that arrives: a string; or its bytes, as {@link TextBytes}, whose UTF-8 is checked or is not.
 * Unchecked text breaks a rule of RFC 6455 (§8.1), and is for whoever looks at it himself.
 */
export type TextForm = "string" | "bytes" | "uncheckedBytes";

/** A whole message: text as a string, binary as bytes. */
export type Message = string | Uint8Array;

/** A piece of a message, as it arrived. Text is valid so far, but a piece may end amid a character. */
export interface MessagePart {
  readonly data: Uint8Array;
  readonly isText: boolean;
  /** Whether the pieces, joined, are compressed. */
  readonly isCompressed: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** What an assembly needs of the protocol that it belongs to. */
export interface AssemblyOwner {
  readonly maxMessageBytes: number;
  readonly compression: MessageCompression | undefined;
  /** Counts what was decompressed. */
  readonly inflated: Meter;
  readonly text: TextForm;
}

/**
 * A message that is one frame, whole, as most are.
 *
 * @throws ProtocolError `MESSAGE_TOO_BIG` or `INVALID_UTF8`.
 */
export function receiveWhole(
  { opcode, payload }: Frame,
  { maxMessageBytes, text }: Pick<AssemblyOwner, "maxMessageBytes" | "text">,
): Message {
  if (payload.length > maxMessageBytes) throw tooBig(`${payload.length} bytes`, maxMessageBytes);
  if (opcode !== Opcode.text) return payload;
  if (text !== "uncheckedBytes" && !isUtf8(payload)) throw invalidUtf8();
  return text === "string" ? textOf(payload) : TextBytes.over(payload);
}

export class MessageAssembly {
  readonly #owner: AssemblyOwner;
  readonly #isText: boolean;
  readonly #isCompressed: boolean;
  readonly #isStreamed: boolean;
  /** What has arrived of it, but for the last piece, and for what was handed out. */
  #bytes: GrowingBuffer | undefined;
  #utf8: Utf8Validator | undefined;
  #isFirst = true;

  /** @param isStreamed whether it is handed out in pieces, as they come */
  constructor(first: Frame, isStreamed: boolean, owner: AssemblyOwner) {
    this.#owner = owner;
    this.#isText = first.opcode === Opcode.text;
    this.#isCompressed = first.rsv !== 0;
    this.#isStreamed = isStreamed;
  }

  /**
   * Takes the next data frame, or part of one; returns the message that it completes, or its piece of a message that
   * is streamed.
   *
   * @param startsFrame whether this is where a frame begins
   * @throws ProtocolError `MESSAGE_TOO_BIG`, `INVALID_UTF8` or `INVALID_COMPRESSED_DATA`.
   */
  receive(frame: Frame, startsFrame: boolean): Message | MessagePart | undefined {
    // What is handed out as it comes takes no room here, however much it is.
    if (startsFrame && !this.#isStreamed) this.#judgeSize(frame.payloadLength);
    const isLast = frame.fin && isLastPart(frame);
    const isChecked = this.#mustValidate() && !this.#isCompressed;
    // What is looked at, or handed out, must be unmasked now; the rest is while it is copied.
    if (isChecked || this.#isStreamed) unmaskPart(frame);
    if (isChecked) this.#validate(frame.payload, isLast);
    if (this.#isStreamed) return this.#part(frame.payload, isLast);
    if (isLast) return this.#complete(frame, isChecked);
    // Where this frame ends the message, its length tells how much room that takes.
    this.#append(
      frame,
      frame.fin ? this.#byteLength() + frame.payloadLength - frame.payloadOffset : 0,
      isChecked,
    );
    return undefined;
  }

  #mustValidate(): boolean {
    return this.#isText && this.#owner.text !== "uncheckedBytes";
  }

  #append(frame: Frame, expected: number, isUnmasked: boolean): void {
    const { payload, maskKey, payloadOffset } = frame;
    this.#bytes ??= new GrowingBuffer();
    this.#bytes.append(payload, expected, isUnmasked || !isPart(frame) ? 0 : maskKey, payloadOffset);
    noteCopied(frame);
  }

  #byteLength(): number {
    return this.#bytes === undefined ? 0 : this.#bytes.byteLength;
  }

  #judgeSize(payloadLength: number): void {
    const { maxMessageBytes } = this.#owner;
    const size = this.#byteLength() + payloadLength;
    const limit = this.#isCompressed ? compressedLimit(maxMessageBytes) : maxMessageBytes;
    if (size > limit) throw tooBig(`${size} bytes`, maxMessageBytes);
  }

  #validate(payload: Uint8Array, isLast: boolean): void {
    const utf8 = (this.#utf8 ??= new Utf8Validator());
    if (!utf8.push(payload) || (isLast && !utf8.isComplete)) throw invalidUtf8();
  }

  #part(data: Uint8Array, isLast: boolean): MessagePart | undefined {
    const isFirst = this.#isFirst;
    if (!isFirst && !isLast && data.length === 0) return undefined;
    this.#isFirst = false;
    return { data: keep(data), isText: this.#isText, isCompressed: this.#isCompressed, isFirst, isLast };
  }

  #complete(last: Frame, isUnmasked: boolean): Message {
    let bytes = last.payload;
    // The last part of a frame has others before it.
    if (this.#bytes !== undefined) {
      this.#append(last, this.#bytes.byteLength + bytes.length, isUnmasked);
      bytes = this.#bytes.take();
    }
    if (this.#isCompressed) {
      bytes = this.#decompress(bytes);
      if (this.#mustValidate() && !isUtf8(bytes)) throw invalidUtf8();
    }
    if (!this.#isText) return bytes;
    return this.#owner.text === "string" ? textOf(bytes) : TextBytes.over(bytes);
  }

  #decompress(data: Uint8Array): Uint8Array {
    const { compression, inflated, maxMessageBytes } = this.#owner;
    // Frames with RSV1 get here only where compression was agreed.
    const message = compression!.decompress(data, maxMessageBytes);
    if (message === "MESSAGE_TOO_BIG") throw tooBig("more bytes than that", maxMessageBytes);
    if (message === "INVALID_COMPRESSED_DATA") {
      throw new ProtocolError(message, "Cannot decompress the message: it is not whole DEFLATE data");
    }
    inflated.add(message.length, data.length);
    return message;
  }
}

/** Data that does not compress grows, by five bytes for each stored block; the smallest of zlib's hold 127 bytes. */
function compressedLimit(maxMessageBytes: number): number {
  return maxMessageBytes + Math.ceil(maxMessageBytes / 16) + 64;
}

/** Strings have a limit of their own, some 512 MiB: a peer that reaches it must not get an exception out of us. */
function textOf(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes);
  } catch {
    const message = `Cannot accept a text message of ${bytes.length} bytes: no string is that long`;
    throw new ProtocolError("MESSAGE_TOO_BIG", message);
  }
}

function tooBig(size: string, maxMessageBytes: number): ProtocolError {
  const limit = `maxMessageBytes is ${maxMessageBytes}`;
  return new ProtocolError("MESSAGE_TOO_BIG", `Cannot accept a message of ${size}: ${limit}`);
}

function invalidUtf8(): ProtocolError {
  return new ProtocolError("INVALID_UTF8", "Cannot accept the text message: it is not UTF-8");
}
