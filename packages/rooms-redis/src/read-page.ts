// Reads one page, in as many replies as it takes: none is larger than a connection takes at once, and what is unreadable does
// not make the page shorter.
import { EngineError, type ReadRange, type RoomEntry, type RoomPage } from "@ws/rooms";
import { checkStreamEntry } from "./entry.ts";
import type { Argument } from "./link.ts";
import { READ_SCRIPT, readArguments } from "./read-script.ts";
import type { Script } from "./script.ts";

/** Where a page is read. */
export interface PageSource {
  evaluate(script: Script, args: readonly Argument[]): Promise<unknown>;
  /** An entry was left out. */
  onFault(reason: string): void;
}

const BUDGET_BYTES = 1024 * 1024;

export async function readPage(
  range: ReadRange,
  maxEntryBytes: number,
  source: PageSource,
): Promise<RoomPage> {
  const isForward = "after" in range;
  const command = isForward ? "XRANGE" : "XREVRANGE";
  const start = isForward ? `${range.after + 1}-0` : range.before === undefined ? "+" : `(${range.before}-0`;
  let entries: RoomEntry[] = [];
  let epoch: string | undefined;
  for (let from = start; ;) {
    const args = {
      command,
      start: from,
      limit: range.limit - entries.length,
      budgetBytes: BUDGET_BYTES,
    } as const;
    const reply = parseReply(await source.evaluate(READ_SCRIPT, readArguments(args)));
    if (epoch !== undefined && reply.epoch !== epoch) {
      // The history has begun anew between two replies.
      [entries, epoch, from] = [[], undefined, start];
      continue;
    }
    epoch = reply.epoch;
    for (const raw of reply.entries) {
      const entry = checkStreamEntry(epoch, raw, maxEntryBytes);
      if (typeof entry === "string") source.onFault(entry);
      else entries.push(entry);
    }
    if (reply.goOn === undefined || entries.length === range.limit) {
      const { first, last } = reply;
      // What retention has removed since it was read is no part of the page any more, and nothing beyond the end ever was.
      const kept = entries.filter(({ seq }) => seq >= first && seq <= last);
      return { epoch, first, last, entries: isForward ? kept : kept.reverse() };
    }
    from = reply.goOn;
  }
}

interface ReadReply {
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
  readonly goOn: string | undefined;
  readonly entries: readonly unknown[];
}

function parseReply(reply: unknown): ReadReply {
  const [epoch, first, last, goOn, entries] = Array.isArray(reply) ? (reply as unknown[]) : [];
  if (
    !Buffer.isBuffer(epoch) ||
    typeof first !== "number" ||
    typeof last !== "number" ||
    !Array.isArray(entries)
  ) {
    throw new EngineError(
      "ENGINE_FAULT",
      "Cannot read: the answer of Redis has another form than that of our script",
    );
  }
  return {
    epoch: epoch.toString("latin1"),
    first,
    last,
    goOn: Buffer.isBuffer(goOn) ? goOn.toString("latin1") : undefined,
    entries,
  };
}
