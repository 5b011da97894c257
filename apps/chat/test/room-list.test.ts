// The list of rooms by itself: what it reads of an engine, how much it asks, and what becomes of it when the engine fails.
import { EngineError, MemoryLog, RoomPublisher } from "@ws/rooms";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RoomList } from "../src/server/room-list.ts";
import { LIMITS } from "../src/shared/limits.ts";
import { protocol, type RoomSummary } from "../src/shared/protocol.ts";

const NOTHING = new Uint8Array();

let log: MemoryLog;
let list: RoomList;
let local: string[];
let told: (readonly RoomSummary[])[];

beforeEach(() => {
  vi.useFakeTimers();
  log = new MemoryLog();
  local = [];
  told = [];
  const publisher = new RoomPublisher(protocol, log);
  list = new RoomList({
    log,
    localRooms: () => local,
    isWatched: () => true,
    tellOpened: (room) => publisher.publish("directory", "opened", { room }),
    tellChanged: async (changed) => void told.push(changed),
  });
});
afterEach(async () => {
  list.stop();
  vi.useRealTimers();
  await log.close();
});

async function opened(): Promise<number> {
  return (await log.read("directory", { after: 0, limit: 100 })).entries.length;
}

describe("RoomList", () => {
  it("opens a public room once, whatever nodes and times it is come into", async () => {
    await list.open("chat/tea");
    await list.open("chat/tea");
    const later = new RoomList({
      log,
      localRooms: () => [],
      isWatched: () => false,
      tellOpened: () => Promise.reject(new Error("It was opened already")),
      tellChanged: async () => {},
    });
    await later.open("chat/tea");
    expect(await later.list()).toEqual([{ room: "chat/tea", members: 0 }]);
    later.stop();
    await list.open(`chat/~${"x".repeat(22)}`);
    await list.open("directory");
    expect(await opened()).toBe(1);
  });

  it("tells changes together, and counts a person on two nodes once", async () => {
    await log.enter("chat/tea", "ann", NOTHING);
    const other = new MemoryLog({ sharedWith: log });
    await other.enter("chat/tea", "ann", NOTHING);
    await other.enter("chat/tea", "ben", NOTHING);
    for (let i = 0; i < 100; i++) list.touch("chat/tea");
    list.touch("chat/cake");
    list.touch(`chat/~${"x".repeat(22)}`);
    await vi.advanceTimersByTimeAsync(100);
    expect(told).toEqual([
      [
        { room: "chat/tea", members: 2 },
        { room: "chat/cake", members: 0 },
      ],
    ]);
    await other.close();
  });

  it("finds in time what a node that died could not tell", async () => {
    const other = new MemoryLog({ sharedWith: log });
    await other.enter("chat/tea", "ben", NOTHING);
    await list.open("chat/tea");
    await vi.advanceTimersByTimeAsync(10_000);
    await other.close();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual([[{ room: "chat/tea", members: 0 }]]);
  });

  it("asks the engine once for all who ask at the same time, and a bounded number of rooms", async () => {
    for (let i = 0; i < LIMITS.listedRooms + 10; i++) {
      await list.open(`chat/room-${i}`);
      local.push(`chat/here-${i}`);
    }
    await log.enter("chat/here-3", "ann", NOTHING);
    const present = vi.spyOn(log, "present");
    const [one, two] = await Promise.all([list.list(), list.list()]);
    expect(present.mock.calls.length).toBeLessThanOrEqual(2 * LIMITS.listedRooms);
    expect(one).toEqual(two);
    expect(one).toHaveLength(LIMITS.listedRooms);
    expect(one[0]).toEqual({ room: "chat/here-3", members: 1 });
    present.mockClear();
    await list.list();
    expect(present).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2001);
    await list.list();
    expect(present).toHaveBeenCalled();
  });

  it("forgot a room with people in it where others opened many new ones: its node opens it again", async () => {
    const other = new MemoryLog({ sharedWith: log });
    const publisher = new RoomPublisher(protocol, other);
    await log.enter("chat/old", "ann", NOTHING);
    local = ["chat/old"];
    await list.open("chat/old");
    for (let i = 0; i < LIMITS.listedRooms + 1; i++) {
      await publisher.publish("directory", "opened", { room: `chat/new-${i}` });
    }
    // It reads as many as are listed at a time.
    await list.list();
    await vi.advanceTimersByTimeAsync(2001);
    await list.list();
    await vi.waitFor(async () => {
      const { entries } = await log.read("directory", { before: undefined, limit: 1 });
      expect(Buffer.from(entries[0]!.data).toString()).toContain("chat/old");
    });
    expect((await list.list())[0]).toEqual({ room: "chat/old", members: 1 });
    await other.close();
  });

  it("leaves out what somebody else has written into its room", async () => {
    for (const [i, text] of ["", "{}", '{"v":1,"event":"opened","data":{"room":"file/x"}}'].entries()) {
      await log.append("directory", [{ id: `a:${i}`, data: Buffer.from(text) }]);
    }
    await list.open("chat/tea");
    expect(await list.list()).toEqual([{ room: "chat/tea", members: 0 }]);
  });

  it("fails for who asks while the engine is down, breaks nothing, and goes on when it is up", async () => {
    const down = vi.spyOn(log, "present").mockRejectedValue(new EngineError("ENGINE_DOWN", "down"));
    const reading = vi.spyOn(log, "read").mockRejectedValue(new EngineError("ENGINE_DOWN", "down"));
    await list.open("chat/tea");
    await expect(list.list()).rejects.toThrow("down");
    list.touch("chat/tea");
    await vi.advanceTimersByTimeAsync(20_000);
    expect(told).toEqual([]);
    down.mockRestore();
    reading.mockRestore();
    await list.open("chat/tea");
    expect(await list.list()).toEqual([{ room: "chat/tea", members: 0 }]);
  });
});
