import { describe, expect, it, vi } from "vitest";
import { MemoryLog, type RoomLog } from "@ws/rooms";
import {
  type EngineFactory,
  entries,
  Hearing,
  ids,
  idsOf,
  readAll,
  roomLogContract,
  roomsOver,
} from "@ws/rooms/contract";

const MAX_ROOMS = 100;

const memory: EngineFactory = {
  traits: {
    isDurable: true,
    canBeDown: false, // It is where the process is.
    survivesRestart: false, // It ends with the process.
    canForget: true, // Where there are too many rooms.
    canBePoisoned: false, // Nobody else can write into it.
    nodesDieAlone: false, // They are one process.
  },
  create: async (options) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const log = new MemoryLog({ ...options, maxRooms: MAX_ROOMS });
    const nodes: RoomLog[] = [log];
    return {
      log,
      second: async () => {
        const node = new MemoryLog({ sharedWith: log });
        nodes.push(node);
        return node;
      },
      pass: async (ms) => void vi.setSystemTime(Date.now() + ms),
      forget: async () => {
        for (const room of ids("other", MAX_ROOMS)) await log.read(room, { after: 0, limit: 1 });
      },
      close: async () => {
        for (const node of nodes) await node.close();
        vi.useRealTimers();
      },
    };
  },
};

roomLogContract("memory log", memory);
roomsOver("memory log", memory);

describe("memory log", () => {
  it("forgets the room that was not used for the longest time where there are more than maxRooms", async () => {
    const log = new MemoryLog({ maxRooms: 2 });
    const [first] = await log.append("a", entries("1"));
    await log.append("b", entries("1"));
    await log.read("a", { after: 0, limit: 1 });
    await log.append("c", entries("1"));
    expect((await log.read("a", { after: 0, limit: 1 })).epoch).toBe(first!.epoch);
    expect((await log.read("b", { after: 0, limit: 1 })).last).toBe(0);
  });

  it("keeps no more than maxTotalBytes: other rooms go first, then what is oldest in this one", async () => {
    const log = new MemoryLog({ maxTotalBytes: 1300 });
    const some = (id: string, bytes: number): Promise<unknown> =>
      log.append(id, [{ id, data: new Uint8Array(bytes) }]);
    await some("a", 400);
    await some("b", 400);
    await some("c", 400);
    expect((await log.read("b", { after: 0, limit: 1 })).entries).toHaveLength(1);
    expect((await log.read("c", { after: 0, limit: 1 })).entries).toHaveLength(1);
    expect((await log.read("a", { after: 0, limit: 1 })).last).toBe(0);
    const large = ids("d", 3).map((id) => ({ id, data: new Uint8Array(400) }));
    await log.append("d", large);
    expect(idsOf(await readAll(log, "d"))).toEqual(["d:2", "d:3"]);
  });

  it("counts bytes that age has removed as free", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const log = new MemoryLog({ maxTotalBytes: 1200, retention: { maxAgeMs: 10 } });
    await log.append("a", [{ id: "1", data: new Uint8Array(900) }]);
    vi.setSystemTime(Date.now() + 11);
    await log.read("a", { after: 0, limit: 1 });
    await log.append("b", [{ id: "1", data: new Uint8Array(900) }]);
    expect((await log.read("a", { after: 0, limit: 1 })).last).toBe(1);
    vi.useRealTimers();
  });

  // Only time bounded the ids that are remembered: small messages took any amount of memory within dedupeMs.
  it("counts the ids that it remembers, and forgets rooms, and at last ids, for them", async () => {
    const log = new MemoryLog({ maxTotalBytes: 10_000, retention: { maxEntries: 1 } });
    const [first] = await log.append("a", [{ id: "1", data: new Uint8Array() }]);
    const many = ids("b", 200).map((id) => ({ id, data: new Uint8Array() }));
    await log.append("b", many);
    expect((await log.read("a", { after: 0, limit: 1 })).epoch).not.toBe(first!.epoch);
    const again = await log.append("b", many);
    expect(again.filter(({ isDuplicate }) => isDuplicate).length).toBeLessThan(100);
  });

  it("tells all the same order where a listener appends while it is told", async () => {
    const log = new MemoryLog();
    const other = new MemoryLog({ sharedWith: log });
    const hearing = new Hearing();
    await log.listen("room", {
      onEntry: ({ id }) => id === "a" && void log.append("room", entries("b")),
      onAnnouncement: () => {},
    });
    await other.listen("room", hearing);
    await log.append("room", entries("a"));
    expect(idsOf(await hearing.heard(2))).toEqual(["a", "b"]);
  });

  it.each([
    [{ maxRooms: 0 }, RangeError],
    [{ maxTotalBytes: -1 }, RangeError],
    [{ dedupeMs: 0 }, RangeError],
    [{ leaseMs: 1 }, RangeError],
    [{ retention: { maxEntries: 1.5 } }, RangeError],
    [{ retention: { maxAgeMs: "1 day" as unknown as number } }, TypeError],
  ])("refuses the options %j", (options, error) => {
    expect(() => new MemoryLog(options)).toThrow(error);
  });
});
