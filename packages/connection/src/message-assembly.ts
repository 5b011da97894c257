// Frames to messages (RFC 6455 §5.4, §5.6): owns the message that is unfinished, and nothing else.
// Judges each frame as soon as its header is there, and text octet by octet as it arrives.
import {
  decodeUtf8,
  type Frame,
  GrowingBuffer,
  isLastPart,
  Opcode,
  ProtocolError,
  Utf8Validator,
} from "@ws/frame";
import type { MessageCompression } from "./message-compression.ts";
import { Meter } from "./meter.ts";

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

export class MessageAssembly {
  maxMessageBytes: number;
  /** Whether the messages that begin from now on are handed out in pieces. */
  isStreaming = false;
  readonly inflated: Meter = new Meter();
  readonly #compression: MessageCompression | undefined;

  /** The opcode of the unfinished message; `undefined` between messages. */
  #opcode: number | undefined;
  #isCompressed = false;
  #isStreamed = false;
  /** Whether a frame of it has begun that has not ended. */
  #inFrame = false;
  /** What has arrived of it, but for a frame that is a whole message and never gets here. */
  readonly #bytes = new GrowingBuffer();
  readonly #utf8 = new Utf8Validator();

  constructor(maxMessageBytes: number, compression?: MessageCompression) {
    this.maxMessageBytes = maxMessageBytes;
    this.#compression = compression;
  }

  /**
   * Takes the next data frame, or part of one; returns the message that it completes, or its piece of a message that
   * is streamed.
   *
   * @throws ProtocolError `UNEXPECTED_CONTINUATION`, `UNFINISHED_MESSAGE`, `RESERVED_BITS`, `MESSAGE_TOO_BIG`,
   * `INVALID_UTF8` or `INVALID_COMPRESSED_DATA`.
   */
  receive(frame: Frame): Message | MessagePart | undefined {
    const isFirst = this.#opcode === undefined;
    if (!this.#inFrame) this.#startFrame(frame);
    this.#inFrame = !isLastPart(frame);
    const isText = this.#opcode === Opcode.text;
    const isPlainText = isText && !this.#isCompressed;
    if (isPlainText && !this.#utf8.push(frame.payload)) throw invalidUtf8();
    if (this.#isStreamed) return this.#part(frame, isFirst);

    if (!frame.fin || this.#inFrame) {
      // Where this frame ends the message, its length tells how much room that takes.
      const expected = frame.fin ? this.#bytes.byteLength + frame.payloadLength - frame.payloadOffset : 0;
      this.#bytes.append(frame.payload, expected);
      return undefined;
    }

    let bytes = this.#wholeMessage(frame);
    if (this.#isCompressed) {
      bytes = this.#decompress(bytes);
      if (isText && !this.#utf8.push(bytes)) throw invalidUtf8();
    }
    if (isText && !this.#utf8.isComplete) throw invalidUtf8();
    this.#opcode = undefined;
    return isText ? decodeUtf8(bytes) : bytes;
  }

  #part({ fin, payload }: Frame, isFirst: boolean): MessagePart | undefined {
    const isText = this.#opcode === Opcode.text;
    const isLast = fin && !this.#inFrame;
    if (isLast) {
      if (isText && !this.#isCompressed && !this.#utf8.isComplete) throw invalidUtf8();
      this.#opcode = undefined;
    } else if (!isFirst && payload.length === 0) {
      return undefined;
    }
    return { data: payload, isText, isCompressed: this.#isCompressed, isFirst, isLast };
  }

  #startFrame({ opcode, payloadLength, rsv }: Frame): void {
    // RFC 6455 §5.4: "a fragmented message consists of a single frame with the FIN bit clear and an opcode other than 0, followed by zero or more frames with the FIN bit clear and the opcode set to 0"
    if (opcode === Opcode.continuation) {
      if (this.#opcode === undefined) {
        throw new ProtocolError(
          "UNEXPECTED_CONTINUATION",
          "Cannot accept a continuation: no message is unfinished",
        );
      }
      // RFC 7692 §6.1: "An endpoint MUST NOT set the "Per-Message Compressed" bit of control frames and non-first fragments of a data message."
      if (rsv !== 0) throw new ProtocolError("RESERVED_BITS", "Cannot accept RSV1 on a continuation");
    } else {
      // RFC 6455 §5.4: "The fragments of one message MUST NOT be interleaved between the fragments of another message"
      if (this.#opcode !== undefined) {
        throw new ProtocolError(
          "UNFINISHED_MESSAGE",
          "Cannot accept a new message: the one before is unfinished",
        );
      }
      this.#opcode = opcode;
      this.#isCompressed = rsv !== 0;
      this.#isStreamed = this.isStreaming;
    }
    // What is handed out as it comes takes no room here, however much it is.
    if (this.#isStreamed) return;
    const size = this.#bytes.byteLength + payloadLength;
    const limit = this.#isCompressed ? compressedLimit(this.maxMessageBytes) : this.maxMessageBytes;
    if (size > limit) throw this.#tooBig(`${size} bytes`);
  }

  #decompress(data: Uint8Array): Uint8Array {
    // Frames with RSV1 get here only where compression was agreed.
    const message = this.#compression!.decompress(data, this.maxMessageBytes);
    if (message === "MESSAGE_TOO_BIG") throw this.#tooBig("more bytes than that");
    if (message === "INVALID_COMPRESSED_DATA") {
      throw new ProtocolError(message, "Cannot decompress the message: it is not whole DEFLATE data");
    }
    this.inflated.add(message.length, data.length);
    return message;
  }

  #tooBig(size: string): ProtocolError {
    const limit = `maxMessageBytes is ${this.maxMessageBytes}`;
    return new ProtocolError("MESSAGE_TOO_BIG", `Cannot accept a message of ${size}: ${limit}`);
  }

  #wholeMessage(last: Frame): Uint8Array {
    if (this.#bytes.byteLength === 0) return last.payload;
    this.#bytes.append(last.payload, this.#bytes.byteLength + last.payload.length);
    return this.#bytes.take();
  }
}

/** Data that does not compress grows, by five bytes for each stored block; the smallest of zlib's hold 127 bytes. */
function compressedLimit(maxMessageBytes: number): number {
  return maxMessageBytes + Math.ceil(maxMessageBytes / 16) + 64;
}

function invalidUtf8(): ProtocolError {
  return new ProtocolError("INVALID_UTF8", "Cannot accept the text message: it is not UTF-8");
}
