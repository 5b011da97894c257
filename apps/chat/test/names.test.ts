// Names are unique among those present, whatever node they are on, and somebody else's some seconds after their owner has gone.
import { describe, expect, it, vi } from "vitest";
import { EngineError, MemoryLog, type RoomLog } from "@ws/rooms";
import { NamesInUse } from "../src/server/names-in-use.ts";
import { ChatClose } from "../src/shared/protocol.ts";
import { createLogs, startNode, startNodes } from "./support/nodes.ts";
import { arrive, dial, enter, roam } from "./support/visitor.ts";

const ADA = { key: "AAAAAAAAAAAA", name: "Ada" };
const OTHER_ADA = { key: "BBBBBBBBBBBB", name: "ADA" };

describe("a name", () => {
  it("is one person's at a time, on all nodes, however it is written", async () => {
    const [here, there] = await startNodes(2);
    const ada = await arrive(here!.url, "Ada");
    for (const [url, other] of [
      [here!.url, "Adam"],
      [there!.url, "Adá"],
    ] as const) {
      for (const name of ["Ada", "ADA", " ada ", "Ａｄａ"]) {
        expect(await enter(url, name)).toMatchObject({ status: 409, body: { error: "name-taken" } });
      }
      expect((await enter(url, other)).status).toBe(200);
      expect((await enter(url, "Ada", { Cookie: ada.cookie })).status).toBe(200);
    }
  });

  it("goes to one of many who want it at the same moment on different nodes", async () => {
    const nodes = await startNodes(3, { graceMs: 60_000 });
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, i) => enter(nodes[i % nodes.length]!.url, "Ada")),
    );
    expect(all.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(all.every(({ status }) => status === 200 || status === 409)).toBe(true);
  });

  it("is kept for a moment for who lost the connection, and then anybody's", async () => {
    const [here, there] = await startNodes(2, { graceMs: 1500 });
    const ada = await arrive(here!.url, "Ada");
    ada.cut();
    await ada.closed;
    expect((await enter(there!.url, "Ada")).status).toBe(409);
    await expect.poll(async () => (await enter(there!.url, "Ada")).status, { interval: 250 }).toBe(200);
    // The other one has come back too late.
    const late = await dial(here!.url, ada.cookie);
    expect(await late.closed).toMatchObject({ code: ChatClose.nameTaken, reason: "NAME_TAKEN" });
  });

  it("is kept as long as one tab is there, on whatever node", async () => {
    const [here, there] = await startNodes(2);
    const ada = await arrive(here!.url, "Ada");
    const tab = await dial(there!.url, ada.cookie);
    await tab.hello.next();
    ada.cut();
    await ada.closed;
    await here!.stop();
    expect((await enter(there!.url, "Ada")).status).toBe(409);
  });

  it("is free at once when its owner leaves", async () => {
    const [here, there] = await startNodes(2, { graceMs: 60_000 });
    const ada = await arrive(here!.url, "Ada");
    await fetch(`${here!.url}/api/session`, { method: "DELETE", headers: { Cookie: ada.cookie } });
    expect((await enter(there!.url, "Ada")).status).toBe(200);
  });
});

describe("NamesInUse", () => {
  it("says that it cannot know while the engine is down, and the page is told to try again", async () => {
    const [log] = createLogs(1);
    const { url } = await startNode({ log: log! });
    const down = new EngineError("ENGINE_DOWN", "down");
    vi.spyOn(log!, "present").mockRejectedValue(down);
    expect(await enter(url, "Ada")).toMatchObject({ status: 503, body: { error: "unavailable" } });
  });

  it("lets those in who have a session while the engine is down", async () => {
    const [log] = createLogs(1);
    const { url } = await startNode({ log: log! });
    const { cookie } = await enter(url, "Ada");
    vi.spyOn(log!, "present").mockRejectedValue(new EngineError("ENGINE_DOWN", "down"));
    const ada = roam([url], cookie);
    expect((await ada.hello.next()).you.name).toBe("Ada");
  });

  it("tells an engine that was away who is here and who has gone", async () => {
    const memory = new MemoryLog();
    const { log, setStatus } = withStatus(memory);
    const names = new NamesInUse(log, 60_000);
    await names.claim(ADA);
    const present = async (): Promise<number> => (await new Spy(memory).count(ADA.name)).length;
    expect(await present()).toBe(1);

    setStatus("down");
    expect(names.assume({ key: "CCCCCCCCCCCC", name: "Cat" })).toBe(true);
    await names.release(ADA);
    expect(await present()).toBe(1);
    setStatus("up");
    await expect.poll(present).toBe(0);
    await expect.poll(async () => (await new Spy(memory).count("Cat")).length).toBe(1);
    await names.close();
    expect((await new Spy(memory).count("Cat")).length).toBe(0);
    await memory.close();
  });

  // An engine that failed between coming in and looking around left the name in use by nobody, until the process ended.
  it("takes a name back where the engine fails amid a claim", async () => {
    const memory = new MemoryLog();
    const { log, setStatus } = withStatus(memory);
    const names = new NamesInUse(log, 60_000);
    const rooms: string[] = [];
    vi.spyOn(log, "enter").mockImplementationOnce(async (room, person, data) => {
      rooms.push(room);
      await memory.enter(room, person, data);
      setStatus("down");
    });
    await expect(names.claim(ADA)).rejects.toThrow(EngineError);
    setStatus("up");
    await expect.poll(() => memory.present(rooms[0]!)).toEqual([]);
    expect(await names.claim(OTHER_ADA)).toBe(true);
    await names.close();
    await memory.close();
  });

  it("steps back where two came at the same moment, so that never both have it", async () => {
    const logs = createLogs(2);
    const [one, two] = logs.map((log) => new NamesInUse(log, 60_000));
    for (let round = 0; round < 20; round++) {
      const outcomes = await Promise.all([one!.claim(ADA), two!.claim(OTHER_ADA)]);
      expect(outcomes.filter(Boolean).length).toBeLessThanOrEqual(1);
      await Promise.all([one!.release(ADA), two!.release(OTHER_ADA)]);
    }
    expect(await one!.claim(ADA)).toBe(true);
    expect(await two!.claim(OTHER_ADA)).toBe(false);
    await Promise.all([one!.close(), two!.close()]);
  });
});

/** Who is present in the room that stands for a name, found by asking for it as the chat does. */
class Spy {
  readonly #log: RoomLog;

  constructor(log: RoomLog) {
    this.#log = log;
  }

  async count(name: string): Promise<readonly unknown[]> {
    const asked: string[] = [];
    const spy = Object.assign(Object.create(this.#log) as RoomLog, {
      watch: () => () => {},
      present: (room: string) => {
        asked.push(room);
        return Promise.resolve([{ node: "n", person: "somebody else", data: new Uint8Array() }]);
      },
    });
    await new NamesInUse(spy, 0).claim({ key: "DDDDDDDDDDDD", name });
    return this.#log.present(asked[0]!);
  }
}

/** An engine that can be said to be down: then everything that changes it fails. */
function withStatus(memory: MemoryLog): { log: RoomLog; setStatus: (status: "up" | "down") => void } {
  let status: "up" | "down" = "up";
  const listeners: ((status: "up" | "down") => void)[] = [];
  const guarded =
    <Args extends unknown[], Result>(method: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> =>
      status === "up" ? method(...args) : Promise.reject(new EngineError("ENGINE_DOWN", "down"));
  const log = {
    present: guarded((room: string) => memory.present(room)),
    enter: guarded((room: string, person: string, data: Uint8Array) => memory.enter(room, person, data)),
    exit: guarded((room: string, person: string) => memory.exit(room, person)),
    watch: ({ onStatus }: { onStatus?: (status: "up" | "down") => void }) => {
      listeners.push((now) => onStatus?.(now));
      return () => {};
    },
  } as unknown as RoomLog;
  return {
    log,
    setStatus: (now) => {
      status = now;
      for (const listener of listeners) listener(now);
    },
  };
}
