// Why a member had to be told of a gap. Where nothing explains it, nothing was lost, but somebody was told too readily. Pure.
import type { Position } from "@ws/rooms";
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

function reasonOf({ maxEntries, acknowledged, ledgers }: Book, gap: GapHappening): GapReason {
  const { from, position, atMs } = gap;
  if (from.epoch !== position.epoch) return "epoch";
  // Numbers may have holes: counted is what somebody knows of, and what was there by then.
  const behind = new Set<number>();
  const count = ({ epoch, seq }: Position, timeMs: number): void => {
    const wasThere = seq <= position.seq || timeMs <= atMs + CLOCK_MS;
    if (wasThere && epoch === from.epoch && seq > from.seq) behind.add(seq);
  };
  for (const { happenings } of ledgers) {
    for (const happening of happenings) {
      if (happening.type === "message") count(happening.position, happening.timeMs);
    }
  }
  // In the gap there may be what nobody heard. When it was appended we do not know.
  for (const each of acknowledged) count(each.position, Number.POSITIVE_INFINITY);
  return behind.size > maxEntries ? "retention" : "none";
}
