// The end of a node: safe to ask for twice, final, and no promise hangs.
import { describe, expect, it } from "vitest";
import { entries, utf8 } from "./entries.ts";
import type { Start } from "./engine-under-test.ts";
import { Hearing } from "./hearing.ts";

export function closing(start: Start): void {
  describe("closing", () => {
    it("may be asked for twice, at once and later, and by `await using`", async () => {
      const { log } = await start();
      await Promise.all([log.close(), log.close()]);
      await log.close();
      await log[Symbol.asyncDispose]();
    });

    it("refuses everything afterwards, with ENGINE_CLOSED", async () => {
      const { log } = await start();
      const listening = await log.listen("room", new Hearing());
      await log.close();
      const refused = { name: "EngineError", code: "ENGINE_CLOSED" };
      await expect(log.append("room", entries("a"))).rejects.toMatchObject(refused);
      await expect(log.read("room", { after: 0, limit: 1 })).rejects.toMatchObject(refused);
      await expect(log.listen("room", new Hearing())).rejects.toMatchObject(refused);
      await expect(log.announce("room", utf8("a"))).rejects.toMatchObject(refused);
      await expect(log.enter("room", "ann", utf8("a"))).rejects.toMatchObject(refused);
      await expect(log.exit("room", "ann")).rejects.toMatchObject(refused);
      await expect(log.present("room")).rejects.toMatchObject(refused);
      await listening.close();
    });

    it("settles what is under way", async () => {
      const { log } = await start();
      const underWay = [
        ...Array.from({ length: 10 }, (_, i) => log.append("room", entries(`a:${i}`))),
        log.read("room", { after: 0, limit: 10 }),
        log.listen("room", new Hearing()),
        log.enter("room", "ann", utf8("a")),
        log.present("room"),
      ];
      const closed = log.close();
      for (const result of await Promise.allSettled(underWay)) {
        if (result.status === "rejected") expect(result.reason).toMatchObject({ name: "EngineError" });
      }
      await closed;
    });

    it("leaves other nodes alone, and they hear nothing of it", async () => {
      const { log, second } = await start();
      const other = await second();
      const [mine, theirs] = [new Hearing(), new Hearing()];
      await log.listen("room", mine);
      await other.listen("room", theirs);
      await log.close();
      await other.append("room", entries("a"));
      await theirs.heardId("a");
      expect(mine.entries).toEqual([]);
      expect(other.status).toBe("up");
    });
  });
}
