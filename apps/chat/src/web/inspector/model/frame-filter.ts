// Which frames of a log are listed: by connection, direction, kind and what they say. Pure.
import { isControlOpcode, Opcode } from "@ws/frame";
import type { CapturedFrame, CapturedMessage, Direction } from "../../../shared/inspector.ts";
import { type CaptureLog, describeClose } from "./capture-log.ts";
import { asLine, looksLikeText } from "./payload-text.ts";
import { type FrameKind, kindOf } from "./traffic.ts";

export interface FrameFilter {
  /** Undefined for all. */
  readonly connection: number | undefined;
  readonly direction: Direction | undefined;
  /** Empty for all. */
  readonly kinds: ReadonlySet<FrameKind>;
  /** Empty for all; letter case does not matter. */
  readonly text: string;
}

/** So much of a payload is searched and shown in a line. */
const SEARCHED_BYTES = 4096;
const LINE_BYTES = 320;

export const EVERYTHING: FrameFilter = {
  connection: undefined,
  direction: undefined,
  kinds: new Set(),
  text: "",
};

export function matches(log: CaptureLog, frame: CapturedFrame, filter: FrameFilter): boolean {
  if (filter.connection !== undefined && frame.connection !== filter.connection) return false;
  if (filter.direction !== undefined && frame.direction !== filter.direction) return false;
  if (filter.kinds.size > 0 && !filter.kinds.has(kindOf(frame.opcode))) return false;
  if (filter.text === "") return true;
  const { text } = summary(log, frame, SEARCHED_BYTES);
  return text.toLowerCase().includes(filter.text.toLowerCase());
}

/** What a frame says, in a line; `isData` where it is the payload, and not about it. */
export function summary(
  log: CaptureLog,
  frame: CapturedFrame,
  maxBytes: number = LINE_BYTES,
): { readonly text: string; readonly isData: boolean } {
  const about = (text: string): { text: string; isData: boolean } => ({ text, isData: false });
  if (frame.error !== undefined) return about(`${frame.error.code}: ${frame.error.message}`);
  if (frame.opcode === Opcode.close) return about(describeClose(frame.payload));
  if (frame.isRedacted) return about("redacted");
  const message = log.messages.get(frame.message);
  const shown = shownBytes(frame, message);
  if (typeof shown === "string") return about(shown);
  if (shown.length === 0) return about("empty");
  if (looksLikeText(shown)) return { text: asLine(shown, maxBytes), isData: true };
  const octets = [...shown.subarray(0, Math.min(24, maxBytes))];
  return { text: octets.map((octet) => octet.toString(16).padStart(2, "0")).join(" "), isData: true };
}

/** The bytes that mean something: inflated on the frame that a compressed message ends with. */
function shownBytes(frame: CapturedFrame, message: CapturedMessage | undefined): Uint8Array | string {
  if (isControlOpcode(frame.opcode) || message?.isCompressed !== true) return frame.payload;
  if (message.data !== undefined) {
    return message.frames.at(-1) === frame.number ? message.data : "compressed, goes on";
  }
  if (message.gap === undefined) return "compressed, goes on";
  return GAP_TEXTS[message.gap];
}

export const GAP_TEXTS: Readonly<Record<NonNullable<CapturedMessage["gap"]>, string>> = {
  redacted: "redacted",
  cut: "not all of it was told",
  "not-from-start": "its beginning was not seen",
  "not-inflatable": "cannot be inflated from here: it refers to messages that were not seen",
  "too-large": "too large to be kept",
  forgotten: "forgotten",
};

/** The frames that a filter leaves, kept up to date as a log grows and forgets. */
export class FilteredFrames {
  readonly #log: CaptureLog;
  #filter: FrameFilter;
  #frames: CapturedFrame[] = [];
  #nextNumber = 1;

  constructor(log: CaptureLog, filter: FrameFilter = EVERYTHING) {
    this.#log = log;
    this.#filter = filter;
  }

  setFilter(filter: FrameFilter): void {
    this.#filter = filter;
    this.#frames = [];
    this.#nextNumber = 1;
  }

  /** Those up to now. The array is a new one where anything has changed. */
  update(): readonly CapturedFrame[] {
    const { frames } = this.#log;
    const first = frames[0]?.number ?? Infinity;
    let kept = this.#frames;
    if (kept.length > 0 && kept[0]!.number < first) kept = kept.filter(({ number }) => number >= first);
    const start = Math.max(0, this.#nextNumber - first);
    const added: CapturedFrame[] = [];
    for (let i = Number.isFinite(start) ? start : 0; i < frames.length; i++) {
      const frame = frames[i]!;
      if (matches(this.#log, frame, this.#filter)) added.push(frame);
    }
    this.#nextNumber = (frames.at(-1)?.number ?? this.#nextNumber - 1) + 1;
    if (added.length > 0) kept = [...kept, ...added];
    this.#frames = kept;
    return kept;
  }
}
