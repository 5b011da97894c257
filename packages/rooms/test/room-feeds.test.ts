import { setImmediate as turn } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  MemoryLog,
  type MemoryLogOptions,
  type RoomEntry,
  RoomFeeds,
  type RoomFeedsOptions,
} from "@ws/rooms";
import { entries, ids, idsOf, text, UnreliableLog, utf8 } from "@ws/rooms/contract";
import { Recorder } from "./feed-follower.ts";

afterEach(() => vi.useRealTimers());

/** Feeds of an engine that does as it is told, beside a node that always works. */
function setUp(
  { isDurable = true, ...options }: MemoryLogOptions & { isDurable?: boolean } = {},
  of: RoomFeedsOptions = {},
) {
  const memory = new MemoryLog(options);
  const log = new UnreliableLog(new MemoryLog({ sharedWith: memory }), { isDurable });
  const faults: Error[] = [];
  const feeds = new RoomFeeds(log, { onFault: (error) => faults.push(error), ...of });
  const follow = async (room = "room") => {
    const recorder = new Recorder();
    const following = await feeds.follow(room, recorder);
    return { recorder, following };
  };
  return { memory, log, feeds, follow, faults };
}

describe("room feeds › following", () => {
  it("begins at the end of the history, and tells what comes then", async () => {
    const { memory, follow } = setUp();
    const appended = await memory.append("room", entries("a", "b"));
    const { recorder } = await follow();
    expect(recorder.start).toEqual({ epoch: appended[0]!.epoch, seq: 2 });
    await memory.append("room", entries("c"));
    await memory.announce("room", utf8("hello"));
    await recorder.until(() => recorder.announcements.length === 1);
    expect(idsOf(recorder.entries)).toEqual(["c"]);
    expect(recorder.announcements.map(text)).toEqual(["hello"]);
    expect(recorder.wrong).toEqual([]);
  });

  it("listens once for all who follow, from the first to the last, and again for those who come back", async () => {
    const { memory, log, feeds, follow } = setUp();
    for (let round = 1; round <= 3; round++) {
      const all = await Promise.all([follow(), follow(), follow(), follow("other")]);
      expect([log.listenings, feeds.size]).toEqual([2, 2]);
      await memory.append("room", entries(`round:${round}`));
      for (const { recorder } of all.slice(0, 3)) await recorder.until(() => recorder.entries.length === 1);
      for (const { following } of all.slice(1)) following.stop();
      expect(feeds.size).toBe(1);
      all[0].following.stop();
      all[0].following.stop();
      expect(feeds.size).toBe(0);
    }
    await feeds.close();
    expect(log.listenings).toBe(0);
  });

  it("lets a follower stop while it is told, and tells the others", async () => {
    const { memory, feeds } = setUp();
    const told: string[] = [];
    const recorder = new Recorder();
    const stopping = await feeds.follow("room", {
      onStart: () => {},
      onEntry: ({ id }) => {
        told.push(id);
        stopping.stop();
      },
      onAnnouncement: () => {},
      onGap: () => {},
    });
    await feeds.follow("room", recorder);
    await memory.append("room", entries("a", "b"));
    await recorder.until(() => recorder.entries.length === 2);
    expect(told).toEqual(["a"]);
  });

  it("misses nothing that is appended while it begins", async () => {
    const { memory, follow } = setUp();
    const following = follow();
    await memory.append("room", entries("a"));
    const appending = memory.append("room", entries("b", "c"));
    const { recorder } = await following;
    await appending;
    const page = await memory.read("room", { after: recorder.start!.seq, limit: 10 });
    await recorder.until(() => recorder.entries.length === page.entries.length);
    expect(recorder.entries).toEqual(page.entries);
  });

  it("rejects where the engine is down, and works when it is up again", async () => {
    const { memory, log, feeds, follow } = setUp();
    await log.breakLink();
    await expect(follow()).rejects.toMatchObject({ code: "ENGINE_DOWN" });
    expect([feeds.size, log.listenings]).toEqual([0, 0]);
    log.healLink();
    const { recorder } = await follow();
    await memory.append("room", entries("a"));
    await recorder.until(() => recorder.entries.length === 1);
  });

  it("leaves no listening behind where the first read fails", async () => {
    const { log, feeds, follow } = setUp();
    log.failsToRead = () => true;
    await expect(Promise.all([follow(), follow()])).rejects.toMatchObject({ code: "ENGINE_DOWN" });
    await turn();
    expect([feeds.size, log.listenings]).toEqual([0, 0]);
  });

  it("rejects where the engine is closed, and ends what it listened to", async () => {
    const { log, feeds, follow } = setUp();
    await follow();
    await log.close();
    await log.breakLink();
    log.healLink();
    await turn();
    await expect(follow()).rejects.toMatchObject({ code: "ENGINE_CLOSED" });
    expect(feeds.size).toBe(0);
  });

  it("ends everything with close, what is about to begin too", async () => {
    const { memory, log, feeds, follow } = setUp();
    const { recorder } = await follow();
    const late = follow("other");
    const closed = Promise.all([feeds.close(), feeds.close()]);
    await expect(late).rejects.toMatchObject({ code: "ENGINE_CLOSED" });
    await closed;
    expect(log.listenings).toBe(0);
    await memory.append("room", entries("a"));
    await turn();
    expect(recorder.entries).toEqual([]);
    await expect(follow()).rejects.toMatchObject({ code: "ENGINE_CLOSED" });
  });
});

describe("room feeds › what an engine may do", () => {
  it("tells once what is told twice, and in order what comes late", async () => {
    const { memory, log, follow } = setUp();
    const { recorder } = await follow();
    const fates = ["twice", "late", "told", "twice", "late", "late", "told"] as const;
    log.fate = ({ seq }) => fates[seq % fates.length]!;
    for (const id of ids("a", 50)) await memory.append("room", entries(id));
    log.tellLate();
    await recorder.until(() => recorder.entries.length === 50);
    expect(idsOf(recorder.entries)).toEqual(ids("a", 50));
    expect(recorder.wrong).toEqual([]);
  });

  it("reads what was not told, as soon as the next one comes", async () => {
    const { memory, log, follow } = setUp();
    const { recorder } = await follow();
    log.fate = ({ id }) => (id === "a:500" ? "told" : "lost");
    for (const id of ids("a", 500)) await memory.append("room", entries(id));
    await recorder.until(() => recorder.entries.length === 500);
    expect(idsOf(recorder.entries)).toEqual(ids("a", 500));
    expect([recorder.wrong, recorder.gaps]).toEqual([[], []]);
  });

  it("reads nothing where everything comes in order", async () => {
    const { memory, log, follow } = setUp();
    const { recorder } = await follow();
    const before = log.reads;
    for (const id of ids("a", 100)) await memory.append("room", entries(id));
    await recorder.until(() => recorder.entries.length === 100);
    expect(log.reads).toBe(before);
  });

  it("looks at a room that is quiet, where the last entry was lost", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const { memory, log, follow } = setUp({}, { checkMs: 1000 });
    const { recorder } = await follow();
    log.fate = () => "lost";
    await memory.append("room", entries("a"));
    await vi.advanceTimersByTimeAsync(1000);
    await recorder.until(() => recorder.entries.length === 1);
    expect(idsOf(recorder.entries)).toEqual(["a"]);
  });

  it("catches up when the engine is up again", async () => {
    const { memory, log, follow } = setUp();
    const [one, two] = [await follow("one"), await follow("two")];
    await log.breakLink();
    for (const room of ["one", "two"]) await memory.append(room, entries(...ids(room, 250)));
    log.healLink();
    for (const [room, { recorder }] of [
      ["one", one],
      ["two", two],
    ] as const) {
      await recorder.until(() => recorder.entries.length === 250);
      expect(idsOf(recorder.entries)).toEqual(ids(room, 250));
      expect([recorder.wrong, recorder.gaps]).toEqual([[], []]);
    }
  });

  it("reads again where a read fails", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { memory, log, follow } = setUp();
    const { recorder } = await follow();
    let failures = 3;
    log.failsToRead = () => failures-- > 0;
    log.fate = ({ id }) => (id === "a" ? "lost" : "told");
    await memory.append("room", entries("a", "b"));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(idsOf(recorder.entries)).toEqual(["a", "b"]);
    expect(log.reads).toBe(1 + 4);
  });

  it("has no more than maxReads under way when all rooms have to read", async () => {
    const memory = new MemoryLog();
    let [underWay, most] = [0, 0];
    const log = new UnreliableLog(memory);
    const read = log.read.bind(log);
    log.read = async (room, range) => {
      most = Math.max(most, ++underWay);
      await turn();
      underWay--;
      return read(room, range);
    };
    const feeds = new RoomFeeds(log, { maxReads: 3 });
    const recorders = await Promise.all(
      ids("room", 20).map(async (room) => {
        const recorder = new Recorder();
        await feeds.follow(room, recorder);
        return recorder;
      }),
    );
    await log.breakLink();
    for (const room of ids("room", 20)) await memory.append(room, entries("a"));
    log.healLink();
    for (const recorder of recorders) await recorder.until(() => recorder.entries.length === 1);
    expect(most).toBe(3);
  });

  it("keeps little of what is heard while it reads, however much that is", async () => {
    const { memory, log, follow } = setUp({ retention: { maxEntries: 10_000 } });
    const { recorder } = await follow();
    let go: (() => void) | undefined;
    const read = log.read.bind(log);
    log.read = async (room, range) => {
      if (go === undefined) await new Promise<void>((resolve) => (go = resolve));
      return read(room, range);
    };
    log.fate = ({ id }) => (id === "a:1" ? "lost" : "told");
    for (const id of ids("a", 5000)) await memory.append("room", entries(id));
    await turn();
    go!();
    await recorder.until(() => recorder.entries.length === 5000);
    expect(idsOf(recorder.entries)).toEqual(ids("a", 5000));
    expect(recorder.wrong).toEqual([]);
  });
});

describe("room feeds › gaps", () => {
  it("tells a gap where retention has removed what was missed, and goes on behind it", async () => {
    const { memory, log, follow } = setUp({ retention: { maxEntries: 3 } });
    const { recorder } = await follow();
    await memory.append("room", entries("a"));
    await recorder.until(() => recorder.entries.length === 1);
    const { epoch } = recorder.entries[0]!;
    await log.breakLink();
    await memory.append("room", entries(...ids("b", 10)));
    log.healLink();
    await recorder.until(() => recorder.entries.length === 4);
    expect(recorder.gaps).toEqual([{ epoch, seq: 8 }]);
    expect(idsOf(recorder.entries)).toEqual(["a", "b:8", "b:9", "b:10"]);
    expect(recorder.wrong).toEqual([]);
  });

  it("tells a gap where nothing is left of what was missed", async () => {
    const { memory, log, follow } = setUp({ retention: { maxEntries: 0 } });
    const { recorder } = await follow();
    await log.breakLink();
    await memory.append("room", entries("a", "b"));
    log.healLink();
    await recorder.until(() => recorder.gaps.length === 1);
    expect(recorder.gaps).toEqual([{ ...recorder.start!, seq: 2 }]);
  });

  it("tells a gap where the history is another one, and all that the new one has", async () => {
    const { memory, follow } = setUp({ maxRooms: 1 });
    await memory.append("room", entries("a", "b"));
    const { recorder } = await follow();
    await memory.read("other", { after: 0, limit: 1 });
    const [appended] = await memory.append("room", entries("c", "d"));
    await recorder.until(() => recorder.entries.length === 2);
    expect(recorder.gaps).toEqual([{ epoch: appended!.epoch, seq: 0 }]);
    expect(idsOf(recorder.entries)).toEqual(["c", "d"]);
    expect(recorder.wrong).toEqual([]);
  });

  it("tells a gap where the history has lost its end", async () => {
    const { memory, log, follow } = setUp();
    await memory.append("room", entries("a", "b", "c"));
    const { recorder } = await follow();
    await log.breakLink();
    const read = log.read.bind(log);
    log.read = async (room, range) => ({ ...(await read(room, range)), last: 2, entries: [] });
    log.healLink();
    await recorder.until(() => recorder.gaps.length === 1);
    expect(recorder.gaps).toEqual([{ ...recorder.start!, seq: 2 }]);
  });

  it("tells a gap after each break where nothing is remembered, and passes on what comes", async () => {
    const { memory, log, follow } = setUp({ isDurable: false });
    const recorder = new Recorder();
    const { recorder: first } = await follow();
    await memory.append("room", entries("a"));
    await first.until(() => first.entries.length === 1);
    await log.breakLink();
    await memory.append("room", entries("b"));
    log.healLink();
    await first.until(() => first.gaps.length === 1);
    await memory.append("room", entries("c"));
    await first.until(() => first.entries.length === 2);
    expect(idsOf(first.entries)).toEqual(["a", "c"]);
    expect(recorder.gaps).toEqual([]);
  });
});

describe("room feeds › numbers with holes of the engine's own", () => {
  it("are followed by the number before each, and read only where one was not told", async () => {
    const { memory, log, follow } = setUp();
    const [listen, read] = [log.listen.bind(log), log.read.bind(log)];
    log.listen = (room, listener) =>
      listen(room, {
        ...listener,
        onAnnouncement: () => {},
        onEntry: (entry) =>
          listener.onEntry({ ...entry, seq: entry.seq * 10, previous: (entry.seq - 1) * 10 }),
      });
    log.read = async (room, range) => {
      const page = await read(room, "after" in range ? { ...range, after: range.after / 10 } : range);
      const apart = page.entries.map((entry) => ({ ...entry, seq: entry.seq * 10 }));
      return { ...page, first: page.first * 10 - 9, last: page.last * 10, entries: apart };
    };
    await memory.append("room", entries("before"));
    const { recorder } = await follow();
    const before = log.reads;
    await memory.append("room", entries("a", "b", "c"));
    await recorder.until(() => recorder.entries.length === 3);
    expect(log.reads).toBe(before);
    log.fate = ({ id }) => (id === "d" ? "lost" : "told");
    await memory.append("room", entries("d", "e"));
    await recorder.until(() => recorder.entries.length === 5);
    expect(log.reads).toBeGreaterThan(before);
    expect(idsOf(recorder.entries)).toEqual(["a", "b", "c", "d", "e"]);
    expect(recorder.position?.seq).toBe(60);
    expect(recorder.gaps).toEqual([]);
  });
});

describe("room feeds › what no engine of ours has written", () => {
  const sound: RoomEntry = { epoch: "e", seq: 1, id: "x", data: new Uint8Array(), time: 1 };
  it.each([
    ["an epoch that is none", { ...sound, epoch: 5 }],
    ["a number that is none", { ...sound, seq: "1" }],
    ["a number before the first", { ...sound, seq: 0 }],
    ["a number that is not whole", { ...sound, seq: 1.5 }],
    ["a number before it that is none", { ...sound, previous: -1 }],
    ["an id that is none", { ...sound, id: undefined }],
    ["an id that is too long", { ...sound, id: "x".repeat(201) }],
    ["a time that is none", { ...sound, time: Number.NaN }],
    ["data that is no bytes", { ...sound, data: "text" }],
    ["too much data", { ...sound, data: new Uint8Array(101) }],
  ])("is skipped and reported where it is heard or read: %s", async (_, poison) => {
    const { memory, log, follow, faults } = setUp({}, { maxEntryBytes: 100 });
    let tell: ((entry: RoomEntry) => void) | undefined;
    const listen = log.listen.bind(log);
    log.listen = (room, listener) => {
      tell = (entry) => listener.onEntry(entry);
      return listen(room, listener);
    };
    const { recorder } = await follow();
    await memory.append("room", entries("a"));
    tell!(poison as RoomEntry);
    await memory.append("room", entries("b"));
    await recorder.until(() => recorder.entries.length === 2);
    expect(faults).toMatchObject([{ code: "ENGINE_FAULT" }]);

    const read = log.read.bind(log);
    log.read = async (room, range) => {
      const page = await read(room, range);
      return { ...page, entries: [poison as RoomEntry, ...page.entries] };
    };
    log.fate = ({ id }) => (id === "c" ? "lost" : "told");
    await memory.append("room", entries("c", "d"));
    await recorder.until(() => recorder.entries.length === 4);
    expect(idsOf(recorder.entries)).toEqual(["a", "b", "c", "d"]);
    expect(faults.length).toBeGreaterThan(1);
    expect(recorder.wrong).toEqual([]);
  });

  it("is given up after a few looks where the log does not have it, and what comes then is told", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { memory, log, follow, faults } = setUp();
    let tell: ((entry: RoomEntry) => void) | undefined;
    const listen = log.listen.bind(log);
    log.listen = (room, listener) => {
      tell = (entry) => listener.onEntry(entry);
      return listen(room, listener);
    };
    const { recorder } = await follow();
    const before = log.reads;
    tell!({ ...sound, epoch: recorder.start!.epoch, seq: 1000 });
    tell!({ ...sound, epoch: "another", seq: 7 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(faults).toMatchObject([{ code: "ENGINE_FAULT" }]);
    expect(log.reads - before).toBeLessThan(10);
    await memory.append("room", entries("a"));
    await recorder.until(() => recorder.entries.length === 1);
    expect([recorder.wrong, recorder.gaps]).toEqual([[], []]);
  });
});
