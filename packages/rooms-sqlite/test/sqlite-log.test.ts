import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import {
  type EngineFactory,
  entries,
  ids,
  idsOf,
  readAll,
  roomLogContract,
  roomsOver,
  Watching,
} from "@ws/rooms/contract";
import * as api from "@ws/rooms-sqlite";
import { SqliteLog } from "@ws/rooms-sqlite";
import { countOf, newPath, writeInto } from "./folder.ts";

const sqlite: EngineFactory = {
  traits: {
    isDurable: true,
    canBeDown: false, // A file is there, or nothing works.
    survivesRestart: true,
    canForget: true, // Where somebody else removes rows.
    canBePoisoned: true,
    nodesDieAlone: false, // They are one process.
  },
  create: async (options) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const path = newPath();
    let nodes = [new SqliteLog({ path, ...options })];
    const closeAll = async (): Promise<void> => {
      for (const node of nodes) await node.close();
    };
    return {
      log: nodes[0]!,
      second: async () => {
        const node = new SqliteLog({ path, sharedWith: nodes[0]! });
        nodes.push(node);
        return node;
      },
      pass: async (ms) => void vi.setSystemTime(Date.now() + ms),
      restart: async () => {
        await closeAll();
        nodes = [new SqliteLog({ path, ...options })];
        return nodes[0]!;
      },
      forget: async () => writeInto(path, "delete from rooms; delete from entries; delete from ids"),
      poison: async () =>
        writeInto(
          path,
          "insert into entries (room, seq, id, data, time) select room, max(seq) + 1, '', 'no blob', 'no time' from entries group by room",
        ),
      close: async () => {
        await closeAll();
        vi.useRealTimers();
      },
    };
  },
};

roomLogContract("sqlite log", sqlite);
roomsOver("sqlite log", sqlite);

describe("sqlite log", () => {
  it("refuses a file that another engine has open, with a sentence, and leaves it alone", async () => {
    const path = newPath();
    const log = new SqliteLog({ path });
    expect(() => new SqliteLog({ path })).toThrow(`Cannot open ${path}: another engine has it open`);
    await log.append("room", entries("a"));
    await log.close();
    const next = new SqliteLog({ path });
    expect(idsOf(await readAll(next, "room"))).toEqual(["a"]);
    await next.close();
  });

  it("has all of the history in one file when it is closed, to be copied as it is", async () => {
    const path = newPath();
    const log = new SqliteLog({ path });
    await log.append("room", entries("a"));
    await log.close();
    const copy = `${path}-copy`;
    copyFileSync(path, copy);
    const next = new SqliteLog({ path: copy });
    expect(idsOf(await readAll(next, "room"))).toEqual(["a"]);
    await next.close();
  });

  it.each([
    ["text", (path: string) => writeFileSync(path, "no database".repeat(1000)), /not a database/],
    ["another database", (path: string) => writeInto(path, "create table mine (a)"), /not one of rooms/],
  ])("refuses a file that is %s, does not write to it, and gives the lock back", (_, write, reason) => {
    const path = newPath();
    write(path);
    expect(() => new SqliteLog({ path })).toThrow(reason);
    expect(() => new SqliteLog({ path })).toThrow(reason);
  });

  it("refuses a folder that is not there", () => {
    const path = `${newPath()}/deeper/rooms.db`;
    expect(() => new SqliteLog({ path })).toThrow(/open/);
    expect(existsSync(path)).toBe(false);
  });

  it.each([{ path: "" }, { path: ":memory:" }, { synchronous: "off" as "full" }, { leaseMs: 0 }])(
    "refuses the options %j",
    (options) => {
      expect(() => new SqliteLog({ path: newPath(), ...options })).toThrow(/^Cannot /);
    },
  );

  it("appends what is asked for in one turn in one transaction, each answered by itself", async () => {
    const log = new SqliteLog({ path: newPath() });
    const answers = await Promise.all(ids("a", 100).map((id) => log.append(`room ${id}`, entries(id, id))));
    for (const answer of answers) {
      expect(answer.map(({ seq, isDuplicate }) => [seq, isDuplicate])).toEqual([
        [1, false],
        [1, true],
      ]);
    }
    const times = await Promise.all(
      ids("a", 100).map(async (id) => (await readAll(log, `room ${id}`))[0]!.time),
    );
    expect(new Set(times).size).toBe(1);
    await log.close();
  });

  it("tells nobody of what the disk has refused, and says so to whoever appended", async () => {
    const path = newPath();
    const log = new SqliteLog({ path });
    await log.append("room", entries("a"));
    const heard: string[] = [];
    await log.listen("room", { onEntry: ({ id }) => heard.push(id), onAnnouncement: () => {} });
    writeInto(
      path,
      "create trigger refuse before insert on entries begin select raise(abort, 'disk full'); end",
    );
    const failed = await Promise.allSettled([
      log.append("room", entries("b")),
      log.append("other", entries("c")),
    ]);
    for (const result of failed) {
      expect(result).toMatchObject({ reason: { code: "ENGINE_FAULT", message: /disk full/ } });
    }
    writeInto(path, "drop trigger refuse");
    expect(await log.append("room", entries("b"))).toMatchObject([{ seq: 2, isDuplicate: false }]);
    await log.read("room", { after: 0, limit: 1 });
    expect(heard).toEqual(["b"]);
    await log.close();
  });

  it.each(["epoch = 'mine'", "last = 'many'", "last = -1", "bytes = 'few'"])(
    "begins a room anew, and reports it, where its row says %s",
    async (change) => {
      const path = newPath();
      const log = new SqliteLog({ path });
      const watching = new Watching(log);
      const [before] = await log.append("room", entries("a"));
      writeInto(path, `update rooms set ${change}`);
      const [after] = await log.append("room", entries("a"));
      expect(after).toMatchObject({ seq: 1, isDuplicate: false });
      expect(after!.epoch).not.toBe(before!.epoch);
      expect(watching.faults).toMatchObject([{ code: "ENGINE_FAULT" }]);
      await log.close();
    },
  );

  it("forgets ids on disk too, so that the file stays small", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const path = newPath();
    const log = new SqliteLog({ path, dedupeMs: 1000, retention: { maxEntries: 1 } });
    for (let round = 0; round < 5; round++) {
      vi.setSystemTime(Date.now() + 1001);
      await log.append("room", entries(...ids(`round${round}`, 50)));
    }
    await log.close();
    vi.useRealTimers();
    expect(countOf(path, "ids")).toBe(50);
    expect(countOf(path, "entries")).toBe(1);
  });

  it("exports exactly this", () => {
    expect(Object.keys(api)).toEqual(["SqliteLog"]);
  });
});
