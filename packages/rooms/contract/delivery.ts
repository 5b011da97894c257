// What is heard: entries and announcements, here and on other nodes, from when `listen` has resolved until it is closed.
import { describe, expect, it } from "vitest";
import { entries, ids, idsOf, readAll, text, utf8 } from "./entries.ts";
import type { Start } from "./engine-under-test.ts";
import { Hearing } from "./hearing.ts";

export function delivery(start: Start): void {
  describe("delivery", () => {
    it("tells all nodes that listen what is appended, with its number and time", async () => {
      const { log, second } = await start();
      const other = await second();
      const [here, there] = [new Hearing(), new Hearing()];
      await log.listen("room", here);
      await other.listen("room", there);
      const appended = await log.append("room", entries("a", "b"));
      await other.append("room", entries("c"));
      for (const hearing of [here, there]) {
        const heard = await hearing.heard(3);
        expect(idsOf(heard).toSorted()).toEqual(["a", "b", "c"]);
        const first = heard.find(({ id }) => id === "a")!;
        // Where nothing is kept, every node counts for itself what it hears.
        if (log.isDurable || hearing === here) {
          expect(first).toMatchObject({ epoch: appended[0]!.epoch, seq: appended[0]!.seq });
        }
        expect(text(first.data)).toBe("a");
        expect(Math.abs(first.time - Date.now())).toBeLessThan(60_000);
      }
      if (!log.isDurable) return;
      const kept = await readAll(other, "room");
      expect(here.entries.toSorted((x, y) => x.seq - y.seq)).toEqual(kept);
    });

    it("keeps rooms apart", async () => {
      const { log, second } = await start();
      const other = await second();
      const rooms = ids("room", 5);
      const hearings = new Map(rooms.map((room) => [room, new Hearing()]));
      for (const [room, hearing] of hearings) await other.listen(room, hearing);
      for (const room of rooms) {
        await log.append(room, [{ id: "a", data: utf8(room) }]);
        await log.announce(room, utf8(`${room}!`));
      }
      for (const [room, hearing] of hearings) {
        await hearing.announced(1);
        expect((await hearing.heard(1)).map(({ data }) => text(data))).toEqual([room]);
        expect(hearing.announcements.map(text)).toEqual([`${room}!`]);
      }
    });

    it("hears nothing of before, and nothing after it is closed", async () => {
      const { log, second } = await start();
      const other = await second();
      await log.append("room", entries("before"));
      await log.announce("room", utf8("before"));
      const [hearing, witness] = [new Hearing(), new Hearing()];
      const listening = await other.listen("room", hearing);
      await log.append("room", entries("meanwhile"));
      await hearing.heardId("meanwhile");
      await listening.close();
      await listening.close();
      await log.listen("room", witness);
      await log.append("room", entries("after"));
      await log.announce("room", utf8("after"));
      await witness.announced(1);
      await witness.heardId("after");
      // Whatever was on its way to this node has come by now.
      await other.append("elsewhere", entries("x"));
      expect(idsOf(hearing.entries)).toEqual(["meanwhile"]);
      expect(hearing.announcements).toEqual([]);
    });

    it("can be listened to again after it was closed", async () => {
      const { log, second } = await start();
      const other = await second();
      for (const id of ids("a", 3)) {
        const hearing = new Hearing();
        const listening = await other.listen("room", hearing);
        await log.append("room", entries(id));
        expect(idsOf(await hearing.heardId(id))).toEqual([id]);
        await listening.close();
      }
    });

    it("tells announcements to those who listen, the announcing node too, and keeps none", async () => {
      const { log, second } = await start();
      const other = await second();
      const [here, there] = [new Hearing(), new Hearing()];
      await log.listen("room", here);
      await other.listen("room", there);
      const binary = Uint8Array.from({ length: 256 }, (_, i) => i);
      for (const data of [utf8("hello"), new Uint8Array(), binary]) await log.announce("room", data);
      for (const hearing of [here, there]) {
        const heard = await hearing.announced(3);
        expect(heard.map((data) => [...data])).toEqual([[...utf8("hello")], [], [...binary]]);
        expect(hearing.entries).toEqual([]);
      }
      expect((await log.read("room", { after: 0, limit: 1 })).last).toBe(0);
    });

    it("may be listened to by a listener, and told something", async () => {
      const { log } = await start();
      const hearing = new Hearing();
      const answered = new Promise<void>((resolve, reject) => {
        void log.listen("room", {
          onEntry: ({ id }) => {
            if (id === "question") log.append("room", entries("answer")).then(() => resolve(), reject);
          },
          onAnnouncement: () => {},
        });
      });
      const other = await log.listen("elsewhere", hearing);
      await log.append("room", entries("question"));
      await answered;
      await other.close();
    });

    it("has one order for many who append at once on two nodes", async () => {
      const { log, second } = await start();
      const other = await second();
      const hearings = [new Hearing(), new Hearing()];
      await log.listen("room", hearings[0]!);
      await other.listen("room", hearings[1]!);
      const publishers = Array.from({ length: 8 }, (_, i) => ({ node: [log, other][i % 2]!, name: `p${i}` }));
      await Promise.all(
        publishers.map(async ({ node, name }) => {
          for (const id of ids(name, 15)) await node.append("room", entries(id, `${id}+`));
        }),
      );
      const total = 8 * 15 * 2;
      for (const hearing of hearings) await hearing.heard(total);
      const orders = log.isDurable ? [await readAll(log, "room"), await readAll(other, "room")] : [];
      if (log.isDurable) {
        expect(orders[0]).toEqual(orders[1]);
        for (const { entries: heard } of hearings) {
          expect(heard.toSorted((x, y) => x.seq - y.seq)).toEqual(orders[0]);
        }
      }
      for (const order of [...orders, ...hearings.map(({ entries: heard }) => heard)]) {
        expect(new Set(idsOf(order)).size).toBe(total);
      }
      for (const order of log.isDurable ? orders : hearings.map(({ entries: heard }) => heard)) {
        for (const { name } of publishers) {
          expect(idsOf(order).filter((id) => id.startsWith(`${name}:`))).toEqual(
            ids(name, 15).flatMap((id) => [id, `${id}+`]),
          );
        }
      }
    });

    it("tells nobody of a room that nobody listens to, on a node that listens to others", async () => {
      const { log, second } = await start();
      const other = await second();
      const hearing = new Hearing();
      await other.listen("mine", hearing);
      await log.append("theirs", entries("a"));
      await log.append("mine", entries("b"));
      expect(idsOf(await hearing.heard(1))).toEqual(["b"]);
    });
  });
}
