// An engine out of reach: noticed and said soon, nothing hangs, and when it is back nothing that was acknowledged is missing.
import { describe, expect, it } from "vitest";
import type { RoomLog } from "@ws/rooms";
import { entries, ids, idsOf, readAll, text, utf8 } from "./entries.ts";
import type { Start } from "./engine-under-test.ts";
import { Hearing, Watching } from "./hearing.ts";

const DOWN = { name: "EngineError", code: "ENGINE_DOWN" };

export function outage(start: Start): void {
  describe("outage", () => {
    it("is told to those who watch, once each way", async () => {
      const { log, breakLink, healLink } = await start();
      const watching = new Watching(log);
      await breakLink!();
      await watching.is("down");
      await healLink!();
      await watching.is("up");
      expect(watching.statuses).toEqual(["down", "up"]);
      watching.stop();
      await breakLink!();
      expect(watching.statuses).toEqual(["down", "up"]);
    });

    it("lets everything fail that is asked for meanwhile, and nothing hang", async () => {
      const { log, breakLink } = await start();
      await log.append("room", entries("a"));
      const watching = new Watching(log);
      await breakLink!();
      await watching.is("down");
      await expect(log.append("room", entries("b"))).rejects.toMatchObject(DOWN);
      await expect(log.read("room", { after: 0, limit: 1 })).rejects.toMatchObject(DOWN);
      await expect(log.listen("elsewhere", new Hearing())).rejects.toMatchObject(DOWN);
      await expect(log.announce("room", utf8("a"))).rejects.toMatchObject(DOWN);
      await expect(log.enter("room", "ann", utf8("a"))).rejects.toMatchObject(DOWN);
      await expect(log.exit("room", "ann")).rejects.toMatchObject(DOWN);
      await expect(log.present("room")).rejects.toMatchObject(DOWN);
    });

    // The engine on NATS rejected where one on Redis came up by itself: a node that started meanwhile ended.
    it("does not hinder a node from being made, which comes up when it ends", async () => {
      const { log, second, breakLink, healLink } = await start();
      await log.append("room", entries("a"));
      await breakLink!();
      const late = await second({ mayBeDown: true });
      expect(late.status).toBe("down");
      await expect(late.append("room", entries("b"))).rejects.toMatchObject(DOWN);
      const watching = new Watching(late);
      await healLink!();
      await watching.is("up");
      const hearing = new Hearing();
      await late.listen("room", hearing);
      await late.append("room", entries("c"));
      expect(idsOf(await hearing.heard(1))).toEqual(["c"]);
    });

    it("does not hinder closing a node that was never up", async () => {
      const { second, breakLink } = await start();
      await breakLink!();
      const late = await second({ mayBeDown: true });
      await late.close();
      await expect(late.append("room", entries("a"))).rejects.toMatchObject({ code: "ENGINE_CLOSED" });
    });

    it("does not hinder closing", async () => {
      const { log, breakLink } = await start();
      await log.listen("room", new Hearing());
      await log.enter("room", "ann", utf8("a"));
      await breakLink!();
      await log.close();
      await expect(log.append("room", entries("a"))).rejects.toMatchObject({ code: "ENGINE_CLOSED" });
    });

    it("ends, and all rooms are listened to again, without being asked to", async () => {
      const { log, second, breakLink, healLink } = await start();
      const other = await second();
      const rooms = ids("room", 5);
      const hearings = rooms.map(() => new Hearing());
      for (const [i, room] of rooms.entries()) await other.listen(room, hearings[i]!);
      const watchings = [new Watching(log), new Watching(other)];
      await breakLink!();
      for (const watching of watchings) await watching.is("down");
      await healLink!();
      for (const watching of watchings) await watching.is("up");
      for (const [i, room] of rooms.entries()) {
        await log.append(room, entries("a"));
        await log.announce(room, utf8("b"));
        expect(idsOf(await hearings[i]!.heard(1))).toEqual(["a"]);
        expect((await hearings[i]!.announced(1)).map(text)).toEqual(["b"]);
      }
    });

    it("does not bring back a room that was left meanwhile", async () => {
      const { log, second, breakLink, healLink } = await start();
      const other = await second();
      const [left, kept] = [new Hearing(), new Hearing()];
      const listening = await other.listen("left", left);
      await other.listen("kept", kept);
      const watchings = [new Watching(log), new Watching(other)];
      await breakLink!();
      for (const watching of watchings) await watching.is("down");
      await listening.close();
      await healLink!();
      for (const watching of watchings) await watching.is("up");
      await log.append("left", entries("a"));
      await log.append("kept", entries("b"));
      await kept.heardId("b");
      expect(left.entries).toEqual([]);
    });

    it("ends, and who enters again is there", async () => {
      const { log, second, breakLink, healLink } = await start();
      const other = await second();
      await log.enter("room", "ann", utf8("1"));
      const watchings = [new Watching(log), new Watching(other)];
      await breakLink!();
      for (const watching of watchings) await watching.is("down");
      await healLink!();
      for (const watching of watchings) await watching.is("up");
      await log.enter("room", "ann", utf8("2"));
      const present = await other.present("room");
      expect(present.map(({ node, person, data }) => [node, person, text(data)])).toEqual([
        [log.node, "ann", "2"],
      ]);
    });
  });
}

export function outageAndHistory(start: Start): void {
  describe("outage and history", () => {
    it("loses nothing that was acknowledged, and repeats nothing that is tried again", async () => {
      const { log, second, breakLink, healLink } = await start();
      const other = await second();
      const [before] = await log.append("room", entries("before"));
      const acknowledged: string[][] = [[], []];
      let half: () => void;
      const halfDone = new Promise<void>((resolve) => (half = resolve));
      const publishing = [log, other].map((node, i) =>
        publish(node, ids(`p${i}`, 60), (id) => {
          acknowledged[i]!.push(id);
          if (acknowledged.every((list) => list.length >= 20)) half();
        }),
      );
      const watchings = [new Watching(log), new Watching(other)];
      await halfDone;
      await breakLink!();
      for (const watching of watchings) await watching.is("down");
      await healLink!();
      await Promise.all(publishing);
      const kept = await readAll(other, "room");
      expect(kept[0]!.epoch).toBe(before!.epoch);
      for (const [i, list] of acknowledged.entries()) {
        expect(list).toEqual(ids(`p${i}`, 60));
        expect(idsOf(kept).filter((id) => id.startsWith(`p${i}:`))).toEqual(list);
      }
      expect(kept).toHaveLength(121);
    });
  });
}

/** Appends one after the other, each until it is acknowledged. */
async function publish(
  log: RoomLog,
  list: readonly string[],
  onAppended: (id: string) => void,
): Promise<void> {
  const watching = new Watching(log);
  for (const id of list) {
    for (let isAppended = false; !isAppended;) {
      try {
        await log.append("room", entries(id));
        isAppended = true;
      } catch (error) {
        expect(error).toMatchObject(DOWN);
        await watching.is("up");
      }
    }
    onAppended(id);
  }
  watching.stop();
}
