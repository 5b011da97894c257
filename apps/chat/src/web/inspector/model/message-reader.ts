// One direction of one connection: its frames put together into messages (RFC 6455 §5.4), inflated where they were compressed
// (RFC 7692 §6.2). What cannot be known is said, with the reason.
import { isControlOpcode, Opcode, RSV1 } from "@ws/frame";
import type { CapturedFrame, CapturedMessage, Direction } from "../../../shared/inspector.ts";
import type { GrowingFrame } from "./frame-reader.ts";
import { joined, MessageInflater } from "./message-inflater.ts";

export type GrowingMessage = { -readonly [Key in keyof CapturedMessage]: CapturedMessage[Key] } & {
  frames: number[];
};

export interface MessageReaderOptions {
  readonly connection: number;
  readonly direction: Direction;
  /** Of a message, so much is kept or inflated. */
  readonly maxMessageBytes: number;
  /** Whether compressed messages may refer to those before. */
  readonly keepsContext: boolean;
  /** A message has begun: gives it its number. */
  readonly onBegin: (message: GrowingMessage) => void;
  readonly onEnd: (message: GrowingMessage) => void;
}

export class MessageReader {
  readonly #options: MessageReaderOptions;
  readonly #inflater: MessageInflater;
  #message: GrowingMessage | undefined;
  #parts: Uint8Array[] = [];
  #partBytes = 0;

  constructor(options: MessageReaderOptions) {
    this.#options = options;
    this.#inflater = new MessageInflater(options.maxMessageBytes, options.keepsContext);
  }

  /** A frame has begun: from here on it is known to which message it belongs. */
  begin(frame: GrowingFrame): void {
    if (isControlOpcode(frame.opcode)) return;
    const continues = frame.opcode === Opcode.continuation;
    if (!continues && this.#message !== undefined) this.#giveUp("cut");
    const message = (this.#message ??= this.#newMessage(frame, continues));
    message.frames.push(frame.number);
    message.endTime = frame.time;
    frame.message = message.number;
  }

  /** A frame has ended. */
  end(frame: CapturedFrame): void {
    const message = this.#message;
    if (message === undefined || isControlOpcode(frame.opcode)) return;
    message.wireBytes += frame.payloadLength;
    if (frame.isRedacted) message.gap ??= "redacted";
    if (frame.isCut || frame.error !== undefined) message.gap ??= "cut";
    this.#partBytes += frame.payload.length;
    if (this.#partBytes > this.#options.maxMessageBytes) {
      message.gap ??= "too-large";
      this.#parts = [];
    } else {
      this.#parts.push(frame.payload);
    }
    if (frame.error !== undefined) this.#finish(false);
    else if (frame.fin) this.#finish(true);
  }

  /** Frames passed that were not seen. */
  skip(): void {
    if (this.#message !== undefined) this.#giveUp("not-from-start");
    this.#inflater.forget();
  }

  #newMessage({ opcode, rsv, time }: CapturedFrame, isHeadless: boolean): GrowingMessage {
    const { connection, direction } = this.#options;
    const message: GrowingMessage = {
      ...{ number: 0, connection, direction, time, endTime: time },
      ...{ opcode, frames: [], isComplete: false },
      isCompressed: (rsv & RSV1) !== 0,
      ...{ wireBytes: 0, data: undefined },
      ...(isHeadless && { gap: "not-from-start" as const }),
    };
    this.#options.onBegin(message);
    return message;
  }

  #giveUp(gap: "cut" | "not-from-start"): void {
    this.#message!.gap ??= gap;
    this.#finish(false);
  }

  #finish(isComplete: boolean): void {
    const message = this.#message!;
    const payload = joined(this.#parts, this.#partBytes);
    this.#message = undefined;
    this.#parts = [];
    this.#partBytes = 0;
    message.isComplete = isComplete;
    if (message.gap !== undefined) {
      if (message.isCompressed || message.opcode === Opcode.continuation) this.#inflater.forget();
    } else if (message.isCompressed) {
      const inflated = this.#inflater.inflate(payload);
      if ("data" in inflated) message.data = inflated.data;
      else message.gap = inflated.gap;
    } else {
      message.data = payload;
    }
    this.#options.onEnd(message);
  }
}
