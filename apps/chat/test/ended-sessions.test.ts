// Sessions that were left, as nodes tell each other through the engine.
import { EngineError, MemoryLog } from "@ws/rooms";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EndedSessions } from "../src/server/ended-sessions.ts";
import { ENDED_SESSIONS } from "../src/server/engine.ts";

const ADA = "AAAAAAAAAAAA";
const BEN = "BBBBBBBBBBBB";

let log: MemoryLog;
const open: EndedSessions[] = [];

beforeEach(() => {
  log = new MemoryLog({ retention: { maxEntries: 10_000 } });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(open.splice(0).map((ended) => ended.close()));
  await log.close();
});

function create(): EndedSessions {
  const ended = new EndedSessions(log);
  open.push(ended);
  return ended;
}

describe("EndedSessions", () => {
  it("tells those who listen, here and on other nodes, once", async () => {
    const [here, there] = [create(), create()];
    await Promise.all([here.start(), there.start()]);
    const heard: string[] = [];
    here.onEnd((key) => heard.push(`here ${key}`));
    const stop = there.onEnd((key) => heard.push(`there ${key}`));
    await here.end(ADA);
    await expect.poll(() => heard).toEqual([`here ${ADA}`, `there ${ADA}`]);
    await here.end(ADA);
    stop();
    await here.end(BEN);
    await expect.poll(() => there.has(BEN)).toBe(true);
    expect(heard).toEqual([`here ${ADA}`, `there ${ADA}`, `here ${BEN}`]);
  });

  it("knows all that ended before it began, however many", async () => {
    const keys = Array.from({ length: 2500 }, (_, i) => String(i).padStart(12, "0"));
    await log.append(
      ENDED_SESSIONS,
      keys.map((id) => ({ id, data: new Uint8Array() })),
    );
    const ended = create();
    await ended.start();
    expect(keys.every((key) => ended.has(key))).toBe(true);
    expect(ended.has(ADA)).toBe(false);
  });

  it("takes nothing else that lies in its room for a session", async () => {
    await log.append(ENDED_SESSIONS, [{ id: "not-a-key", data: new Uint8Array() }]);
    const ended = create();
    await ended.start();
    expect(ended.has("not-a-key")).toBe(false);
  });

  it("ends a session here at once while the engine is down, and tells it when it is up", async () => {
    let onUp!: () => void;
    vi.spyOn(log, "watch").mockImplementation((listener) => {
      onUp = () => listener.onStatus?.("up");
      return () => {};
    });
    const ended = create();
    const tellUp = onUp;
    await ended.start();
    const append = vi.spyOn(log, "append").mockRejectedValue(new EngineError("ENGINE_DOWN", "down"));
    await ended.end(ADA);
    expect(ended.has(ADA)).toBe(true);
    append.mockRestore();
    tellUp();
    await vi.waitFor(async () => {
      const { entries } = await log.read(ENDED_SESSIONS, { after: 0, limit: 10 });
      expect(entries.map(({ id }) => id)).toEqual([ADA]);
    });
  });

  it("tries again until it knows, where the engine is down at first", async () => {
    vi.useFakeTimers();
    const read = vi.spyOn(log, "read").mockRejectedValue(new EngineError("ENGINE_DOWN", "down"));
    const ended = create();
    await ended.start();
    expect(ended.isKnown).toBe(false);
    read.mockRestore();
    await vi.advanceTimersByTimeAsync(1000);
    expect(ended.isKnown).toBe(true);
    vi.useRealTimers();
  });
});
