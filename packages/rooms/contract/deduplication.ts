// An entry that is told twice is remembered once, wherever and however the second time comes.
import { describe, expect, it } from "vitest";
import { entries, ids, idsOf, readAll, seqsOf } from "./entries.ts";
import type { Start } from "./engine-under-test.ts";
import { Hearing } from "./hearing.ts";

export function deduplication(start: Start): void {
  describe("deduplication", () => {
    it("says where an entry is that was there already, on any node, and keeps the first one's data", async () => {
      const { log, second } = await start();
      const [first] = await log.append("room", [{ id: "a", data: Uint8Array.of(1) }]);
      await log.append("room", entries("b"));
      for (const node of [log, await second()]) {
        const again = await node.append("room", [{ id: "a", data: Uint8Array.of(2) }]);
        expect(again).toEqual([{ ...first, isDuplicate: true }]);
      }
      const all = await readAll(log, "room");
      expect(idsOf(all)).toEqual(["a", "b"]);
      expect([...all[0]!.data]).toEqual([1]);
    });

    it("finds the same id within one batch, and tells new from old", async () => {
      const { log } = await start();
      await log.append("room", entries("old"));
      const appended = await log.append("room", entries("a", "b", "a", "old", "c", "b"));
      expect(appended.map(({ seq, isDuplicate }) => [seq, isDuplicate])).toEqual([
        [2, false],
        [3, false],
        [2, true],
        [1, true],
        [4, false],
        [3, true],
      ]);
      expect(idsOf(await readAll(log, "room"))).toEqual(["old", "a", "b", "c"]);
    });

    it("is of one room: another may have the same id", async () => {
      const { log } = await start();
      await log.append("one", entries("a"));
      expect(await log.append("two", entries("a"))).toMatchObject([{ seq: 1, isDuplicate: false }]);
    });

    it("lets one of many win who append the same at once, from two nodes", async () => {
      const { log, second } = await start();
      const other = await second();
      const attempts = Array.from({ length: 20 }, (_, i) => [log, other][i % 2]!);
      const results = (
        await Promise.all(attempts.map((node) => node.append("room", entries("a", "b"))))
      ).flat();
      expect(results.filter(({ isDuplicate }) => !isDuplicate)).toHaveLength(2);
      expect(new Set(seqsOf(results))).toEqual(new Set([1, 2]));
      expect(idsOf(await readAll(log, "room")).toSorted()).toEqual(["a", "b"]);
    });

    it("tells a duplicate to nobody", async () => {
      const { log, second } = await start();
      const hearing = new Hearing();
      await log.listen("room", hearing);
      await log.append("room", entries("a"));
      await (await second()).append("room", entries("a"));
      await log.append("room", entries("b"));
      expect(idsOf(await hearing.heard(2))).toEqual(["a", "b"]);
    });

    it("remembers the id of an entry that was removed", async () => {
      const { log } = await start({ retention: { maxEntries: 2 } });
      await log.append("room", entries(...ids("a", 5)));
      expect(await log.append("room", entries("a:1"))).toMatchObject([{ seq: 1, isDuplicate: true }]);
      expect(idsOf(await readAll(log, "room"))).toEqual(["a:4", "a:5"]);
    });

    it("forgets an id after dedupeMs, so that what it remembers stays bounded", async () => {
      const { log, pass } = await start({ dedupeMs: 300 });
      await log.append("room", entries("a"));
      await pass(1000);
      expect(await log.append("room", entries("a"))).toMatchObject([{ seq: 2, isDuplicate: false }]);
      expect(idsOf(await readAll(log, "room"))).toEqual(["a", "a"]);
    });
  });
}
