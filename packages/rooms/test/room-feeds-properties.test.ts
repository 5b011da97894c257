import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryLog, RoomFeeds } from "@ws/rooms";
import { entries, type Fate, idsOf, UnreliableLog } from "@ws/rooms/contract";
import { Recorder } from "./feed-follower.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => vi.useRealTimers());

type Step =
  | { readonly do: "append"; readonly count: number }
  | { readonly do: "break" | "heal" | "late" | "turn" | "forget" | "follow" | "stop" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant("append" as const), count: fc.integer({ min: 1, max: 30 }) }),
  },
  { weight: 4, arbitrary: fc.constant({ do: "turn" } as const) },
  ...(["break", "heal", "late", "follow", "stop"] as const).map((name) => ({
    weight: 1,
    arbitrary: fc.constant({ do: name }),
  })),
);
const fates = fc.infiniteStream(fc.constantFrom<Fate>("told", "told", "told", "lost", "twice", "late"));
const failures = fc.infiniteStream(fc.constantFrom(false, false, false, true));

/** Plays the steps, lets all settle, and returns who followed, and how the room ended. */
async function play(
  steps: readonly Step[],
  fate: Iterator<Fate>,
  failure: Iterator<boolean>,
  maxEntries: number,
): Promise<{ recorders: Recorder[]; memory: MemoryLog }> {
  const memory = new MemoryLog({ retention: { maxEntries }, maxRooms: 1 });
  const log = new UnreliableLog(new MemoryLog({ sharedWith: memory }));
  log.fate = () => fate.next().value as Fate;
  log.failsToRead = () => failure.next().value as boolean;
  const feeds = new RoomFeeds(log, { checkMs: 0 });
  const following: { recorder: Recorder; stop: () => void }[] = [];
  let count = 0;

  const follow = async (): Promise<void> => {
    const recorder = new Recorder();
    try {
      const followed = await feeds.follow("room", recorder);
      following.push({ recorder, stop: () => followed.stop() });
    } catch (error) {
      expect(error).toMatchObject({ code: "ENGINE_DOWN" });
    }
  };
  await follow();
  for (const current of steps) {
    if (current.do === "append") {
      const list = Array.from({ length: current.count }, () => `a:${++count}`);
      await memory.append("room", entries(...list));
    } else if (current.do === "break") await log.breakLink();
    else if (current.do === "heal") log.healLink();
    else if (current.do === "late") log.tellLate();
    else if (current.do === "turn") await turn();
    else if (current.do === "forget") await memory.read("other", { after: 0, limit: 1 });
    else if (current.do === "follow") await follow();
    else following.shift()?.stop();
  }
  // The link breaks and heals once more: whatever was lost is looked for.
  await log.breakLink();
  log.healLink();
  for (let i = 0; i < 20; i++) {
    await vi.advanceTimersByTimeAsync(10_000);
    await turn();
  }
  await feeds.close();
  return { recorders: following.map(({ recorder }) => recorder), memory };
}

describe("room feeds › properties", () => {
  it("tell everything once, in order, whatever an engine does with what it tells", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fates, failures, async (steps, fate, failure) => {
        const { recorders, memory } = await play(steps, fate, failure, 100_000);
        const all = (await memory.read("room", { after: 0, limit: 100_000 })).entries;
        for (const { entries: told, wrong, gaps } of recorders) {
          expect([wrong, gaps]).toEqual([[], []]);
          expect(idsOf(told)).toEqual(idsOf(told.length === 0 ? [] : all.slice(-told.length)));
        }
        for (const { position } of recorders) expect(position?.seq ?? all.length).toBe(all.length);
      }),
      { numRuns: 150 },
    );
  });

  it("tell a gap where something is lost for good, and everything else once and in order", async () => {
    const lossy = fc.oneof(
      { weight: 9, arbitrary: step },
      { weight: 1, arbitrary: fc.constant({ do: "forget" } as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(lossy, { maxLength: 40 }), fates, failures, async (steps, fate, failure) => {
        const { recorders, memory } = await play(steps, fate, failure, 20);
        const { epoch, last } = await memory.read("room", { after: 0, limit: 1 });
        for (const { position, wrong } of recorders) {
          expect(wrong).toEqual([]);
          expect(position).toEqual({ epoch, seq: last });
        }
      }),
      { numRuns: 150 },
    );
  });
});
