// What is remembered: numbers, order, pages, epochs.
import { describe, expect, it } from "vitest";
import { entries, ids, idsOf, readAll, seqsOf } from "./entries.ts";
import type { Start } from "./engine-under-test.ts";
import { Hearing } from "./hearing.ts";

export function history(start: Start): void {
  describe("history", () => {
    it("numbers entries from 1, in the order in which they were appended", async () => {
      const { log } = await start();
      const appended = [
        ...(await log.append("room", entries("a", "b"))),
        ...(await log.append("room", entries("c"))),
      ];
      expect(seqsOf(appended)).toEqual([1, 2, 3]);
      expect(appended.map(({ isDuplicate }) => isDuplicate)).toEqual([false, false, false]);
      expect(new Set(appended.map(({ epoch }) => epoch)).size).toBe(1);

      const page = await log.read("room", { after: 0, limit: 10 });
      expect(idsOf(page.entries)).toEqual(["a", "b", "c"]);
      expect(seqsOf(page.entries)).toEqual([1, 2, 3]);
      expect({ epoch: page.epoch, first: page.first, last: page.last }).toEqual({
        epoch: appended[0]!.epoch,
        first: 1,
        last: 3,
      });
      for (const { epoch } of page.entries) expect(epoch).toBe(page.epoch);
    });

    it("numbers rooms apart from each other, also after many", async () => {
      const { log } = await start();
      await log.append("one", entries(...ids("a", 20)));
      expect(seqsOf(await log.append("two", entries("b")))).toEqual([1]);
      expect(seqsOf(await log.append("one", entries("b")))).toEqual([21]);
      expect((await log.read("two", { after: 0, limit: 10 })).last).toBe(1);
    });

    it("appends nothing where there is nothing to append", async () => {
      const { log } = await start();
      expect(await log.append("room", [])).toEqual([]);
      expect((await log.read("room", { after: 0, limit: 1 })).last).toBe(0);
    });

    it("keeps a batch of 300 in its order", async () => {
      const { log } = await start();
      const appended = await log.append("room", entries(...ids("a", 300)));
      expect(seqsOf(appended)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
      expect(idsOf(await readAll(log, "room", 77))).toEqual(ids("a", 300));
    });

    it("says when an entry was appended", async () => {
      const { log } = await start();
      const before = Date.now();
      await log.append("room", entries("a", "b"));
      const times = (await readAll(log, "room")).map(({ time }) => time);
      // The clock of an engine is not quite ours.
      for (const time of times) expect(Math.abs(time - before)).toBeLessThan(60_000);
      expect(times[1]).toBeGreaterThanOrEqual(times[0]!);
    });

    it("gives a room an epoch when it is first read, and keeps it", async () => {
      const { log, second } = await start();
      const empty = await log.read("room", { after: 0, limit: 10 });
      expect(empty).toMatchObject({ first: 1, last: 0, entries: [] });
      expect(empty.epoch).toMatch(/^[\w-]{22,64}$/);
      const [appended] = await (await second()).append("room", entries("a"));
      expect(appended).toEqual({ epoch: empty.epoch, seq: 1, isDuplicate: false });
      expect((await log.read("room", { after: 0, limit: 1 })).epoch).toBe(empty.epoch);
    });

    it("gives every room an epoch of its own", async () => {
      const { log } = await start();
      const epochs = await Promise.all(
        ids("room", 10).map(async (room) => (await log.read(room, { after: 0, limit: 1 })).epoch),
      );
      expect(new Set(epochs).size).toBe(10);
    });

    it("gives a room one epoch where two nodes begin it at once", async () => {
      const { log, second } = await start();
      const other = await second();
      const results = await Promise.all([
        log.append("room", entries("a")),
        other.append("room", entries("b")),
        log.read("room", { after: 0, limit: 1 }).then((page) => [page]),
        other.read("room", { after: 0, limit: 1 }).then((page) => [page]),
      ]);
      expect(new Set(results.map(([result]) => result!.epoch)).size).toBe(1);
    });

    it("gives bytes back as they were, none of them and 1 MiB too", async () => {
      const { log, second } = await start();
      const other = await second();
      const hearing = new Hearing();
      await other.listen("room", hearing);
      const all = Uint8Array.from({ length: 256 }, (_, i) => i);
      const large = Uint8Array.from({ length: 1024 * 1024 }, (_, i) => (i * 31) ^ (i >> 8));
      await log.append("room", [
        { id: "none", data: new Uint8Array() },
        { id: "all", data: all },
        { id: "view", data: Buffer.from("hello, world").subarray(7) },
      ]);
      await log.append("room", [{ id: "large", data: large }]);
      const expected = [new Uint8Array(), all, new TextEncoder().encode("world"), large];
      for (const found of [await readAll(other, "room"), await hearing.heardId("large")]) {
        expect(found).toHaveLength(expected.length);
        for (const [i, { data }] of found.entries()) {
          expect(data).toBeInstanceOf(Uint8Array);
          expect(Buffer.compare(data, expected[i]!), `entry ${i}`).toBe(0);
        }
      }
    });

    it("keeps the bytes that it was given, whatever the caller does with them later", async () => {
      const { log } = await start();
      const data = Uint8Array.of(1, 2, 3);
      const appended = log.append("room", [{ id: "a", data }]);
      await appended;
      data.fill(9);
      expect([...(await readAll(log, "room"))[0]!.data]).toEqual([1, 2, 3]);
    });

    it("keeps an id of 200 characters of all kinds", async () => {
      const { log } = await start();
      const printable = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join("");
      const long = `${printable}${printable}`.padEnd(200, "x");
      await log.append("room", entries(long));
      expect(idsOf(await readAll(log, "room"))).toEqual([long]);
      expect(await log.append("room", entries(long))).toMatchObject([{ seq: 1, isDuplicate: true }]);
    });

    it.each(["", "x".repeat(201), "a b", "a\n", "é"])("refuses an id that is none: %j", async (id) => {
      const { log } = await start();
      await expect(log.append("room", [{ id, data: new Uint8Array() }])).rejects.toThrow(RangeError);
    });
  });

  describe("pages", () => {
    const LIMIT = 10;
    it.each([
      ["after 0", { after: 0, limit: LIMIT }, [1, 10]],
      ["after the middle", { after: 12, limit: LIMIT }, [13, 22]],
      ["after most", { after: 20, limit: LIMIT }, [21, 25]],
      ["after the last", { after: 25, limit: LIMIT }, []],
      ["after what was never there", { after: 1000, limit: LIMIT }, []],
      ["the newest", { before: undefined, limit: LIMIT }, [16, 25]],
      ["before the newest page", { before: 16, limit: LIMIT }, [6, 15]],
      ["before few", { before: 6, limit: LIMIT }, [1, 5]],
      ["before the first", { before: 1, limit: LIMIT }, []],
      ["before what was never there", { before: 1000, limit: LIMIT }, [16, 25]],
      ["one", { after: 3, limit: 1 }, [4, 4]],
      ["more than there are", { after: 0, limit: 1000 }, [1, 25]],
    ] as const)("reads %s", async (_, range, [from, to]: readonly number[]) => {
      const { log, second } = await start();
      await log.append("room", entries(...ids("a", 25)));
      const expected = from === undefined ? [] : Array.from({ length: to! - from + 1 }, (_2, i) => from + i);
      for (const node of [log, await second()]) {
        const page = await node.read("room", range);
        expect(seqsOf(page.entries)).toEqual(expected);
        expect(idsOf(page.entries)).toEqual(expected.map((seq) => `a:${seq}`));
        expect([page.first, page.last]).toEqual([1, 25]);
      }
    });

    it.each([
      { after: 0, limit: 0 },
      { after: -1, limit: 1 },
      { after: 0.5, limit: 1 },
      { before: Number.NaN, limit: 1 },
    ])("refuses to read %j", async (range) => {
      const { log } = await start();
      await expect(log.read("room", range)).rejects.toThrow(RangeError);
    });
  });
}

export function lostHistory(start: Start): void {
  describe("history that is lost", () => {
    it("has another epoch, and begins at 1", async () => {
      const { log, second, forget } = await start();
      const other = await second();
      const [before] = await log.append("room", entries("a", "b", "c"));
      await forget!("room");
      const page = await log.read("room", { after: 2, limit: 10 });
      expect(page.epoch).not.toBe(before!.epoch);
      expect(page).toMatchObject({ first: 1, last: 0, entries: [] });
      for (const [i, node] of [log, other].entries()) {
        const [after] = await node.append("room", entries(`d:${i}`));
        expect(after).toEqual({ epoch: page.epoch, seq: i + 1, isDuplicate: false });
      }
    });

    it("is heard of by those who listen, as entries of another epoch", async () => {
      const { log, second, forget } = await start();
      const other = await second();
      const hearing = new Hearing();
      await other.listen("room", hearing);
      await log.append("room", entries("a"));
      await hearing.heardId("a");
      await forget!("room");
      await log.append("room", entries("b"));
      const [first, next] = await hearing.heard(2);
      expect([first!.seq, next!.seq]).toEqual([1, 1]);
      expect(next!.epoch).not.toBe(first!.epoch);
    });
  });
}
