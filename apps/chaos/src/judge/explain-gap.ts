// Why a member had to be told of a gap. Where nothing explains it, nothing was lost, but somebody was told too readily. Pure.
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

export function explainGap(book: Book, member: string, gap: GapHappening): ExplainedGap {
  const { from, position } = gap;
  const stretch = `${from.epoch} ${from.seq} to ${position.epoch} ${position.seq}`;
  return { member, room: book.room, reason: reasonOf(book, gap), stretch };
}

function reasonOf({ maxEntries, ledgers }: Book, { from, position, atMs }: GapHappening): GapReason {
  if (from.epoch !== position.epoch) return "epoch";
  // Numbers may have holes: counted is what somebody has heard.
  const behind = new Set<number>();
  for (const { happenings } of ledgers) {
    for (const happening of happenings) {
      if (happening.type !== "message" || happening.timeMs > atMs + CLOCK_MS) continue;
      const { epoch, seq } = happening.position;
      if (epoch === from.epoch && seq > from.seq) behind.add(seq);
    }
  }
  return behind.size > maxEntries ? "retention" : "none";
}
