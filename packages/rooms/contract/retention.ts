// How much is kept: whatever is reached first removes the oldest, and a page says from where on there is something.
import { describe, expect, it } from "vitest";
import { entries, ids, idsOf, readAll, seqsOf } from "./entries.ts";
import type { Start } from "./engine-under-test.ts";

export function retention(start: Start): void {
  describe("retention", () => {
    it("keeps the newest maxEntries, whether they came one by one or at once", async () => {
      const { log, second } = await start({ retention: { maxEntries: 5 } });
      for (const id of ids("a", 7)) await log.append("slowly", entries(id));
      await log.append("at once", entries(...ids("a", 12)));
      for (const node of [log, await second()]) {
        const slowly = await node.read("slowly", { after: 0, limit: 100 });
        expect(idsOf(slowly.entries)).toEqual(["a:3", "a:4", "a:5", "a:6", "a:7"]);
        expect([slowly.first, slowly.last]).toEqual([3, 7]);
        const atOnce = await node.read("at once", { before: undefined, limit: 100 });
        expect(idsOf(atOnce.entries)).toEqual(["a:8", "a:9", "a:10", "a:11", "a:12"]);
        expect([atOnce.first, atOnce.last]).toEqual([8, 12]);
      }
    });

    it("keeps no more than maxBytes of data, the newest of it", async () => {
      const { log } = await start({ retention: { maxBytes: 10_000 } });
      for (const id of ids("a", 20)) await log.append("room", [{ id, data: new Uint8Array(1500) }]);
      const page = await log.read("room", { after: 0, limit: 100 });
      const bytes = page.entries.reduce((sum, { data }) => sum + data.length, 0);
      expect(bytes).toBeLessThanOrEqual(10_000);
      expect(page.entries.length).toBeGreaterThan(0);
      expect(page.entries.at(-1)!.id).toBe("a:20");
      expect(page.first).toBe(20 - page.entries.length + 1);
    });

    it("keeps nothing longer than maxAgeMs, and the epoch nevertheless", async () => {
      const { log, pass } = await start({ retention: { maxAgeMs: 300 } });
      const [old] = await log.append("room", entries("a", "b"));
      await pass(1000);
      const empty = await log.read("room", { after: 0, limit: 10 });
      expect(empty).toEqual({ epoch: old!.epoch, first: 3, last: 2, entries: [] });
      expect((await log.read("room", { before: undefined, limit: 10 })).entries).toEqual([]);
      expect(await log.append("room", entries("c"))).toEqual([
        { epoch: old!.epoch, seq: 3, isDuplicate: false },
      ]);
      const page = await log.read("room", { after: 0, limit: 10 });
      expect([page.first, page.last, ...idsOf(page.entries)]).toEqual([3, 3, "c"]);
    });

    // An engine looked at where history begins, then at the entries, and what it removed in between was missed in silence.
    it("takes nothing out of a page without saying so, while it is read", async () => {
      const { log, second } = await start({ retention: () => ({ maxEntries: 20 }) });
      const other = await second();
      let last = 0;
      const over = new AbortController();
      const appending = (async (): Promise<void> => {
        for (let i = 0; !over.signal.aborted; i++) {
          const appended = await log.append("room", entries(...ids(`a${i}`, 3)));
          last = appended.at(-1)!.seq;
          // An engine in this process would leave nobody a turn.
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      let gaps = 0;
      try {
        for (let i = 0; i < 300; i++) {
          // At the edge of what is kept.
          const after = Math.max(0, last - 15 - (i % 10));
          const page = await other.read("room", { after, limit: 100 });
          const seqs = seqsOf(page.entries);
          const begin = Math.min(page.first, seqs[0] ?? page.first);
          if (begin > after + 1) gaps++;
          expect(seqs).toEqual(seqs.map((_, n) => Math.max(begin, after + 1) + n));
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        over.abort();
        await appending;
      }
      expect(gaps).toBeGreaterThan(0);
    });

    it("is a room's own where a function says so", async () => {
      const { log } = await start({
        retention: (room) => ({ maxEntries: room === "short" ? 1 : 100 }),
      });
      for (const room of ["short", "long"]) await log.append(room, entries("a", "b", "c"));
      expect(idsOf(await readAll(log, "short"))).toEqual(["c"]);
      expect(idsOf(await readAll(log, "long"))).toEqual(["a", "b", "c"]);
    });
  });
}
