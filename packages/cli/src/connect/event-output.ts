// What a connection's life is told to: a screen, a pipe, or a reader of JSON. The three are files beside this one.
import type { CloseResult, Message } from "@ws/client";
import type { WatchedFrame } from "../frames/frame-watch.ts";

/** A connection that is open. */
export interface Opened {
  readonly url: string;
  readonly protocol: string;
  readonly extensions: string;
}

/** Told what happens, in order. */
export interface EventOutput {
  opened(opened: Opened): void;
  /** Resolves when there is room for more: not before is the next message taken. */
  message(data: Message): Promise<void>;
  frame(frame: WatchedFrame): void;
  pinged(data: Uint8Array): void;
  /** @param roundTripMs where it answers a ping */
  ponged(data: Uint8Array, roundTripMs: number | undefined): void;
  /** The next attempt begins in so many milliseconds. */
  waiting(attempt: number, delayMs: number, why: string): void;
  /** Something that whoever looks on should know. */
  note(text: string): void;
  closed(result: CloseResult): void;
}

/** How it ended, as a sentence. */
export function describeClose({ code, reason, wasClean, error }: CloseResult): string {
  const why = error?.message ?? reason;
  return `${wasClean ? "closed" : "lost"} (${code})${why === "" ? "" : `: ${why}`}`;
}
