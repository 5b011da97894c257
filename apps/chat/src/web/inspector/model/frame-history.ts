// The frames and messages that are kept, up to a bound of frames and bytes: the oldest are forgotten first. Knows nothing of
// where they come from.
import type { CapturedFrame, CapturedMessage } from "../../../shared/inspector.ts";
import type { GrowingFrame } from "./frame-reader.ts";
import type { GrowingMessage } from "./message-reader.ts";

export interface HistoryLimits {
  readonly maxFrames: number;
  /** Of headers, payloads and messages that were put together. */
  readonly maxBytes: number;
}

/** So much is left where the oldest are forgotten: in large steps, because taking the first out of a long array moves the others. */
const KEPT_SHARE = 0.9;

export class FrameHistory {
  readonly #limits: HistoryLimits;
  /** Oldest first, and none missing between its first and its last. */
  frames: CapturedFrame[] = [];
  readonly messages: Map<number, CapturedMessage> = new Map();
  bytes = 0;
  /** What was forgotten, as it was on the wire. */
  forgotten: { frames: number; bytes: number } = { frames: 0, bytes: 0 };
  #lastFrame = 0;
  #lastMessage = 0;

  constructor(limits: HistoryLimits) {
    this.#limits = limits;
  }

  /** The frame with this number, unless it was forgotten. */
  frame(number: number): CapturedFrame | undefined {
    return this.frames[number - (this.frames[0]?.number ?? 0)];
  }

  /** A frame has begun: gives it its number. */
  beginFrame(frame: GrowingFrame): void {
    frame.number = ++this.#lastFrame;
    this.frames.push(frame);
  }

  endFrame(frame: CapturedFrame): void {
    this.bytes += frameBytes(frame);
  }

  /** A message has begun: gives it its number. */
  beginMessage(message: GrowingMessage): void {
    message.number = ++this.#lastMessage;
    this.messages.set(message.number, message);
  }

  endMessage(message: CapturedMessage): void {
    this.bytes += messageBytes(message);
  }

  /** Numbers go on. */
  clear(): void {
    this.frames = [];
    this.messages.clear();
    this.bytes = 0;
    this.forgotten = { frames: 0, bytes: 0 };
  }

  /** Forgets the oldest where there is too much. */
  trim(): void {
    const { maxFrames, maxBytes } = this.#limits;
    const { frames } = this;
    if (frames.length <= maxFrames && this.bytes <= maxBytes) return;
    let count = 0;
    const isTooMuch = (): boolean =>
      frames.length - count > maxFrames * KEPT_SHARE || this.bytes > maxBytes * KEPT_SHARE;
    // The last one is what was just told.
    while (count < frames.length - 1 && isTooMuch()) this.#forget(frames[count++]!);
    this.frames = frames.slice(count);
  }

  #forget(frame: CapturedFrame): void {
    this.bytes -= frameBytes(frame);
    this.forgotten.frames++;
    this.forgotten.bytes += frame.header.length + frame.payloadLength;
    const message = this.messages.get(frame.message);
    if (message === undefined || message.frames.at(-1) !== frame.number) return;
    this.bytes -= messageBytes(message);
    this.messages.delete(frame.message);
  }
}

function frameBytes({ header, payload }: CapturedFrame): number {
  return header.length + payload.length;
}

/** One that is the payload of its frame takes nothing besides. */
function messageBytes({ isCompressed, frames, data }: CapturedMessage): number {
  return isCompressed || frames.length > 1 ? (data?.length ?? 0) : 0;
}
