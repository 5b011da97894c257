// What an engine keeps over its own end: everything that it acknowledged, and what it knows of ids.
import { describe, expect, it } from "vitest";
import { entries, ids, idsOf, readAll, utf8 } from "./entries.ts";
import type { Start } from "./engine-under-test.ts";

export function restart(start: Start): void {
  describe("restart", () => {
    it("keeps entries, numbers, the epoch and known ids", async () => {
      const { log, restart: again } = await start();
      const appended = await log.append("room", entries(...ids("a", 20)));
      const before = await readAll(log, "room");
      const next = await again!();
      expect(await readAll(next, "room")).toEqual(before);
      expect(await next.append("room", entries("a:7", "b"))).toEqual([
        { ...appended[6], isDuplicate: true },
        { epoch: appended[0]!.epoch, seq: 21, isDuplicate: false },
      ]);
      expect(idsOf(await readAll(next, "room"))).toEqual([...ids("a", 20), "b"]);
    });

    // JetStream knew the ids of what it held: an entry that retention had removed was there twice when it was tried again.
    it("keeps the ids of entries that were removed", async () => {
      const { log, restart: again } = await start({ retention: { maxEntries: 2 } });
      const appended = await log.append("room", entries(...ids("a", 10)));
      const next = await again!();
      expect(await next.append("room", entries("a:3", "a:10"))).toEqual(
        [appended[2], appended[9]].map((each) => ({ ...each, isDuplicate: true })),
      );
      expect(idsOf(await readAll(next, "room"))).toEqual(["a:9", "a:10"]);
    });

    it("keeps where numbers are, also where no entry is left", async () => {
      const { log, restart: again } = await start({ retention: { maxEntries: 0 } });
      const [first] = await log.append("room", entries("a"));
      const next = await again!();
      expect(await next.append("room", entries("b"))).toEqual([
        { epoch: first!.epoch, seq: 2, isDuplicate: false },
      ]);
    });

    it("keeps nobody present who has not come back", async () => {
      const { log, restart: again, pass } = await start({ leaseMs: 600 });
      await log.enter("room", "ann", utf8("1"));
      await log.exit("room", "ann");
      const next = await again!();
      await pass(2000);
      expect(await next.present("room")).toEqual([]);
    });
  });
}
