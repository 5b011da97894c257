// Who is in a room: by node and person, until they leave or their node is not heard of any more.
import { describe, expect, it } from "vitest";
import type { PresenceRecord, RoomLog } from "@ws/rooms";
import { text, utf8 } from "./entries.ts";
import type { Start } from "./engine-under-test.ts";

export function presence(start: Start): void {
  describe("presence", () => {
    it("knows who is there, on which node, with their data, wherever it is asked", async () => {
      const { log, second } = await start();
      const other = await second();
      await log.enter("room", "ann", utf8("1"));
      await log.enter("room", "ben", utf8("2"));
      await other.enter("room", "ann", utf8("3"));
      await other.enter("elsewhere", "cem", utf8("4"));
      for (const node of [log, other]) {
        expect(await presentIn(node, "room")).toEqual(
          sorted([
            [log.node, "ann", "1"],
            [log.node, "ben", "2"],
            [other.node, "ann", "3"],
          ]),
        );
        expect(await presentIn(node, "elsewhere")).toEqual([[other.node, "cem", "4"]]);
        expect(await presentIn(node, "nowhere")).toEqual([]);
      }
    });

    it("takes new data of somebody who is there, none and binary too", async () => {
      const { log, second } = await start();
      const binary = Uint8Array.from({ length: 256 }, (_, i) => i);
      await log.enter("room", "ann", utf8("1"));
      await log.enter("room", "ann", binary);
      await log.enter("room", "ben", new Uint8Array());
      const records = await (await second()).present("room");
      expect(records).toHaveLength(2);
      expect([...records.find(({ person }) => person === "ann")!.data]).toEqual([...binary]);
      expect([...records.find(({ person }) => person === "ben")!.data]).toEqual([]);
    });

    it("lets leave who is there, on this node only, and does not mind who is not", async () => {
      const { log, second } = await start();
      const other = await second();
      await log.enter("room", "ann", utf8("1"));
      await other.enter("room", "ann", utf8("2"));
      await log.exit("room", "ann");
      await log.exit("room", "ann");
      await log.exit("nowhere", "ann");
      expect(await presentIn(other, "room")).toEqual([[other.node, "ann", "2"]]);
      await other.exit("room", "ann");
      expect(await presentIn(log, "room")).toEqual([]);
    });

    it("forgets those of a node that closes, at once", async () => {
      const { log, second } = await start();
      const other = await second();
      await other.enter("room", "ann", utf8("1"));
      await other.enter("elsewhere", "ann", utf8("1"));
      await log.enter("room", "ben", utf8("2"));
      await other.close();
      expect(await presentIn(log, "room")).toEqual([[log.node, "ben", "2"]]);
      expect(await presentIn(log, "elsewhere")).toEqual([]);
    });

    it("keeps those of a node that lives, however long it says nothing", async () => {
      const { log, second, pass } = await start({ leaseMs: 600 });
      const other = await second();
      await log.enter("room", "ann", utf8("1"));
      await pass(2000);
      expect(await presentIn(other, "room")).toEqual([[log.node, "ann", "1"]]);
    });
  });
}

export function presenceOfTheDead(start: Start): void {
  describe("presence of a node that died", () => {
    it("forgets those of a node that died, within its lease, and only those", async () => {
      const { log, second, kill } = await start({ leaseMs: 600 });
      const other = await second();
      await other.enter("room", "ann", utf8("1"));
      await log.enter("room", "ben", utf8("2"));
      expect(await presentIn(log, "room")).toHaveLength(2);
      await kill!(other);
      // Asking again and again is what the room layer does too; it ends with the lease.
      while ((await log.present("room")).length > 1);
      expect(await presentIn(log, "room")).toEqual([[log.node, "ben", "2"]]);
    });
  });
}

type Row = [node: string, person: string, data: string];

async function presentIn(log: RoomLog, room: string): Promise<Row[]> {
  const records = await log.present(room);
  return sorted(records.map(({ node, person, data }: PresenceRecord) => [node, person, text(data)]));
}

function sorted(rows: Row[]): Row[] {
  return rows.toSorted((a, b) => (a.join(" ") < b.join(" ") ? -1 : 1));
}
