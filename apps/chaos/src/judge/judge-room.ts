// Whether everybody in a room got what they are owed: each acknowledged message exactly once, in the order of its publisher; or
// were told of a gap that it lies in. Pure.
import type { Position } from "@ws/rooms";
import { AppendTimes } from "./append-times.ts";
import type { Acknowledged, Book, Happening, Ledger, MessageName } from "./book.ts";
import { EpochOrder } from "./epoch-order.ts";
import { explainGap, type ExplainedGap, type GapHappening } from "./explain-gap.ts";

export interface Findings {
  /** Acknowledged, not heard, and in no gap. */
  readonly missing: string[];
  /** Heard more than once. */
  readonly duplicates: string[];
  /** Heard before something that its publisher had said before, or that has a smaller number. */
  readonly outOfOrder: string[];
  /** Heard and never published, or heard elsewhere than where it was acknowledged. */
  readonly wrong: string[];
  readonly gaps: ExplainedGap[];
  heard: number;
  /** Acknowledged, not heard, and in a gap. */
  excused: number;
}

export function judgeRoom(book: Book): Findings {
  const findings: Findings = {
    missing: [],
    duplicates: [],
    outOfOrder: [],
    wrong: [],
    gaps: [],
    heard: 0,
    excused: 0,
  };
  const epochs = new EpochOrder(book);
  const times = new AppendTimes(book);
  const acknowledged = new Map(book.acknowledged.map((each) => [keyOf(each), each]));
  for (const ledger of book.ledgers) {
    const heard = judgeHeard(book, ledger, acknowledged, findings);
    const gaps = ledger.happenings.filter((happening) => happening.type === "gap");
    for (const gap of gaps) findings.gaps.push(explainGap(book, times, ledger.member, gap));
    judgeMissing({ room: book.room, ledger, gaps, epochs, acknowledged, heard }, findings);
  }
  return findings;
}

/** @returns what was heard */
function judgeHeard(
  { room, published }: Book,
  { member, happenings }: Ledger,
  acknowledged: ReadonlyMap<string, Acknowledged>,
  findings: Findings,
): ReadonlySet<string> {
  const heard = new Set<string>();
  const lastOf = new Map<string, number>();
  let last: Position | undefined;
  for (const message of happenings) {
    if (message.type !== "message") continue;
    const { publisher, number, position } = message;
    const key = keyOf(message);
    const what = (): string => `${member} in ${room}: ${describe(message)}`;
    findings.heard++;
    if (heard.has(key)) findings.duplicates.push(what());
    heard.add(key);
    const before = lastOf.get(publisher) ?? -1;
    if (number < before) findings.outOfOrder.push(`${what()} after its number ${before}`);
    lastOf.set(publisher, Math.max(before, number));
    if (last?.epoch === position.epoch && position.seq <= last.seq)
      findings.outOfOrder.push(`${what()} behind ${last.seq}`);
    last = position;
    const there = acknowledged.get(key)?.position;
    if (there !== undefined && !isSame(there, position))
      findings.wrong.push(`${what()}, acknowledged at ${there.epoch} ${there.seq}`);
    if (number >= (published.get(publisher) ?? 0)) findings.wrong.push(`${what()}, which nobody published`);
  }
  return heard;
}

interface Owed {
  readonly room: string;
  readonly ledger: Ledger;
  readonly gaps: readonly GapHappening[];
  readonly epochs: EpochOrder;
  readonly acknowledged: ReadonlyMap<string, Acknowledged>;
  readonly heard: ReadonlySet<string>;
}

function judgeMissing(
  { room, ledger: { member, start }, gaps, epochs, acknowledged, heard }: Owed,
  findings: Findings,
): void {
  if (start === undefined) return void findings.missing.push(`${member} was never in ${room}`);
  for (const [key, message] of acknowledged) {
    const { position } = message;
    if (heard.has(key) || !epochs.isBehind(position, start)) continue;
    const isExcused = gaps.some(
      (gap) => epochs.isBehind(position, gap.from) && !epochs.isBehind(position, gap.position),
    );
    if (isExcused) findings.excused++;
    else findings.missing.push(`${member} in ${room}: ${describe(message)}`);
  }
}

function keyOf({ publisher, number }: MessageName): string {
  return `${publisher} ${number}`;
}

function describe({
  publisher,
  number,
  position,
}: Acknowledged | Extract<Happening, { type: "message" }>): string {
  return `${number} of ${publisher} at ${position.epoch} ${position.seq}`;
}

function isSame(a: Position, b: Position): boolean {
  return a.epoch === b.epoch && a.seq === b.seq;
}
