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

/** A whole message: text as a string, binary as bytes. */
export type Message = string | Uint8Array;

export class MessageAssembly {
  readonly #maxMessageBytes: number;

  /** The opcode of the unfinished message; `undefined` between messages. */
  #opcode: number | undefined;
  /** Whether a frame of it has begun that has not ended. */
  #inFrame = false;
  /** What has arrived of it, but for a frame that is a whole message and never gets here. */
  readonly #bytes = new GrowingBuffer();
  readonly #utf8 = new Utf8Validator();

  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  /**
   * Takes the next data frame, or part of one; returns the message that it completes.
   *
   * @throws ProtocolError `UNEXPECTED_CONTINUATION`, `UNFINISHED_MESSAGE`, `MESSAGE_TOO_BIG` or `INVALID_UTF8`.
   */
  receive(frame: Frame): Message | undefined {
    if (!this.#inFrame) this.#startFrame(frame);
    this.#inFrame = !isLastPart(frame);
    const isText = this.#opcode === Opcode.text;
    if (isText && !this.#utf8.push(frame.payload)) throw invalidUtf8();

    if (!frame.fin || this.#inFrame) {
      // Where this frame ends the message, its length tells how much room that takes.
      const expected = frame.fin ? this.#bytes.byteLength + frame.payloadLength - frame.payloadOffset : 0;
      this.#bytes.append(frame.payload, expected);
      return undefined;
    }

    if (isText && !this.#utf8.isComplete) throw invalidUtf8();
    this.#opcode = undefined;
    const bytes = this.#wholeMessage(frame);
    return isText ? decodeUtf8(bytes) : bytes;
  }

  #startFrame({ opcode, payloadLength }: Frame): void {
    // RFC 6455 §5.4: "a fragmented message consists of a single frame with the FIN bit clear and an opcode other than 0, followed by zero or more frames with the FIN bit clear and the opcode set to 0"
    if (opcode === Opcode.continuation) {
      if (this.#opcode === undefined) {
        throw new ProtocolError(
          "UNEXPECTED_CONTINUATION",
          "Cannot accept a continuation: no message is unfinished",
        );
      }
    } else {
      // RFC 6455 §5.4: "The fragments of one message MUST NOT be interleaved between the fragments of another message"
      if (this.#opcode !== undefined) {
        throw new ProtocolError(
          "UNFINISHED_MESSAGE",
          "Cannot accept a new message: the one before is unfinished",
        );
      }
      this.#opcode = opcode;
    }
    const size = this.#bytes.byteLength + payloadLength;
    if (size > this.#maxMessageBytes) {
      throw new ProtocolError(
        "MESSAGE_TOO_BIG",
        `Cannot accept a message of ${size} bytes: maxMessageBytes is ${this.#maxMessageBytes}`,
      );
    }
  }

  #wholeMessage(last: Frame): Uint8Array {
    if (this.#bytes.byteLength === 0) return last.payload;
    this.#bytes.append(last.payload, this.#bytes.byteLength + last.payload.length);
    return this.#bytes.take();
  }
}

function invalidUtf8(): ProtocolError {
  return new ProtocolError("INVALID_UTF8", "Cannot accept the text message: it is not UTF-8");
}
