// An engine that remembers nothing says so, and pretends nothing.
import { describe, expect, it } from "vitest";
import { entries, ids, idsOf } from "./entries.ts";
import type { Start } from "./engine-under-test.ts";
import { Hearing } from "./hearing.ts";

export function noHistory(start: Start): void {
  describe("no history", () => {
    it("acknowledges what it passes on, each as new", async () => {
      const { log } = await start();
      const appended = await log.append("room", entries("a", "b"));
      expect(appended).toHaveLength(2);
      for (const { epoch, seq, isDuplicate } of appended) {
        expect(epoch).toMatch(/^[\w-]{22,64}$/);
        expect(seq).toBeGreaterThan(0);
        expect(isDuplicate).toBe(false);
      }
    });

    it("has nothing to read, ever", async () => {
      const { log } = await start();
      await log.append("room", entries("a"));
      for (const range of [
        { after: 0, limit: 10 },
        { before: undefined, limit: 10 },
      ]) {
        expect((await log.read("room", range)).entries).toEqual([]);
      }
    });

    it("passes on what one publisher appends in its order", async () => {
      const { log, second } = await start();
      const hearing = new Hearing();
      await (await second()).listen("room", hearing);
      for (const id of ids("a", 50)) await log.append("room", entries(id));
      expect(idsOf(await hearing.heard(50))).toEqual(ids("a", 50));
    });
  });
}
