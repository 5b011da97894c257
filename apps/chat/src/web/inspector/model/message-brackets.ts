// Where the brackets of fragmented messages begin, go on and end beside the frames of one connection. Pure.
import type { CapturedFrame, CapturedMessage, Direction } from "../../../shared/inspector.ts";

/** What a row shows of the bracket of one direction; `passing`: the frame is none of the message's. */
export type BracketPart = "none" | "first" | "inside" | "passing" | "last";

export interface BracketRow {
  readonly frame: CapturedFrame;
  readonly brackets: Readonly<Record<Direction, BracketPart>>;
  /** Which of its message's fragments it is; undefined where the message is one frame. */
  readonly position: { readonly index: number; readonly count: number } | undefined;
}

/** @param frames of one connection, in order */
export function bracketRows(
  frames: readonly CapturedFrame[],
  messages: ReadonlyMap<number, CapturedMessage>,
): readonly BracketRow[] {
  const open: Record<Direction, CapturedMessage | undefined> = { received: undefined, sent: undefined };
  return frames.map((frame) => {
    const { direction } = frame;
    const message = messages.get(frame.message);
    const isFragment = message !== undefined && (message.frames.length > 1 || !message.isComplete);
    const other = direction === "sent" ? "received" : "sent";
    const own = isFragment
      ? partOf(frame.number, message)
      : open[direction] === undefined
        ? "none"
        : "passing";
    if (own === "first" || own === "inside") open[direction] = message;
    if (own === "last") open[direction] = undefined;
    const across = open[other] === undefined ? "none" : "passing";
    const index = isFragment ? message.frames.indexOf(frame.number) + 1 : 0;
    return {
      frame,
      brackets: direction === "sent" ? { sent: own, received: across } : { received: own, sent: across },
      position: isFragment ? { index, count: message.frames.length } : undefined,
    };
  });
}

function partOf(number: number, { frames, isComplete, gap }: CapturedMessage): BracketPart {
  // One that was given up ends where it was given up.
  const hasEnded = isComplete || gap !== undefined;
  if (frames[0] === number) return frames.length === 1 && hasEnded ? "none" : "first";
  return frames.at(-1) === number && hasEnded ? "last" : "inside";
}
