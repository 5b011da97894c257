// Why a member had to be told of a gap. Where nothing explains it, nothing was lost, but somebody was told too readily. Pure.
import type { AppendTimes } from "./append-times.ts";
import type { Book, Happening } from "./book.ts";

export type GapHappening = Extract<Happening, { readonly type: "gap" }>;

export interface ExplainedGap {
  readonly member: string;
  readonly room: string;
  readonly reason: GapReason;
  readonly stretch: string;
}

/** `epoch`: the history was lost · `retention`: more had been said by then than the room remembers. */
export type GapReason = "epoch" | "retention" | "none";

/** The engine's clock is that of this machine, but the two are not read at the same moment. */
const CLOCK_MS = 50;

export function explainGap(
  { room, maxEntries }: Book,
  times: AppendTimes,
  member: string,
  gap: GapHappening,
): ExplainedGap {
  const { from, position } = gap;
  const stretch = `${from.epoch} ${from.seq} to ${position.epoch} ${position.seq}`;
  return { member, room, reason: reasonOf(maxEntries, times, gap), stretch };
}

function reasonOf(maxEntries: number, times: AppendTimes, { from, position, atMs }: GapHappening): GapReason {
  if (from.epoch !== position.epoch) return "epoch";
  // Numbers may have holes: counted is what somebody knows of, and what may have been there by then.
  let behind = 0;
  for (const [seq, timeMs] of times.of(from.epoch)) {
    if (seq > from.seq && (seq <= position.seq || timeMs <= atMs + CLOCK_MS)) behind++;
  }
  return behind > maxEntries ? "retention" : "none";
}
