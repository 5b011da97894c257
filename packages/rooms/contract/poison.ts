// What an engine holds is untrusted: what no engine of ours writes is skipped and reported, and stops nobody.
import { describe, expect, it } from "vitest";
import { entries, idsOf, readAll, seqsOf } from "./entries.ts";
import type { Start } from "./engine-under-test.ts";
import { Hearing, Watching } from "./hearing.ts";

export function poison(start: Start): void {
  describe("poison", () => {
    it("is skipped by those who listen, and what comes behind it is heard", async () => {
      const { log, second, poison: put } = await start();
      const other = await second();
      const hearing = new Hearing();
      await other.listen("room", hearing);
      await log.append("room", entries("a"));
      await put!("room");
      await log.append("room", entries("b"));
      await hearing.heardId("b");
      expect(idsOf(hearing.entries)).toEqual(["a", "b"]);
      expect(other.status).toBe("up");
    });
  });
}

export function poisonInHistory(start: Start): void {
  describe("poison in history", () => {
    it("is left out of pages, both ways, and reported", async () => {
      const { log, poison: put } = await start();
      const watching = new Watching(log);
      await log.append("room", entries("a"));
      await put!("room");
      await log.append("room", entries("b", "c"));
      for (const range of [
        { after: 0, limit: 10 },
        { before: undefined, limit: 10 },
      ]) {
        const reported = watching.faults.length;
        const page = await log.read("room", range);
        expect(idsOf(page.entries)).toEqual(["a", "b", "c"]);
        expect(seqsOf(page.entries)).toEqual(seqsOf(page.entries).toSorted((x, y) => x - y));
        expect(page.last).toBe(page.entries.at(-1)!.seq);
        expect(watching.faults.length).toBeGreaterThan(reported);
      }
      expect(watching.faults[0]).toMatchObject({ name: "EngineError", code: "ENGINE_FAULT" });
    });

    it("does not end a walk through the pages, however small they are", async () => {
      const { log, poison: put } = await start();
      await log.append("room", entries("a"));
      for (let i = 0; i < 3; i++) await put!("room");
      await log.append("room", entries("b"));
      expect(idsOf(await readAll(log, "room", 2))).toEqual(["a", "b"]);
    });
  });
}
