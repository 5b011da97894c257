// Waits, deadlines and heartbeats, on a clock of the test's own.
import { getEventListeners } from "node:events";
import { duplexPair } from "node:stream";
import { HeaderFields } from "@ws/handshake";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Connection } from "@ws/client";
import {
  catchUncaught,
  delays,
  end,
  fakeTimers,
  network,
  pass,
  settle,
  start,
} from "./reconnecting-scene.ts";

beforeEach(fakeTimers);

describe("ReconnectingConnection › backoff", () => {
  it("doubles from baseDelayMs up to maxDelayMs, and takes a random part of it (full jitter)", async () => {
    const scene = start({ baseDelayMs: 100, maxDelayMs: 1000 });
    scene.failures.push(...Array.from({ length: 7 }, network));
    await settle();
    for (const delay of [50, 100, 200, 400, 500, 500, 500]) await pass(delay);
    expect(delays(scene.changes)).toEqual([50, 100, 200, 400, 500, 500, 500]);
    expect(scene.changes.at(-1)).toMatchObject({ state: "open", attempt: 8 });
    await end(scene);
  });

  it("is 0 for the luckiest and stays below the bound for the unluckiest", async () => {
    const draws = [0, 1 - Number.EPSILON];
    const scene = start({ baseDelayMs: 100, random: () => draws.shift()! });
    scene.failures.push(network(), network());
    await settle();
    await pass(0);
    expect(delays(scene.changes)).toEqual([0, 199]);
    await end(scene);
  });

  it("begins anew after a connection that lasted minUptimeMs, and only then", async () => {
    const scene = start({ baseDelayMs: 100, minUptimeMs: 1000 });
    await settle();
    await pass(999);
    scene.servers[0]!.terminate();
    await settle();
    await pass(50);
    scene.servers[1]!.terminate();
    await settle();
    await pass(100);
    await pass(1000);
    scene.servers[2]!.terminate();
    await settle();
    expect(scene.changes).toMatchObject([
      { state: "connecting", attempt: 1 },
      { state: "open", attempt: 1 },
      { state: "waiting", attempt: 2, delayMs: 50, end: { type: "closed", result: { code: 1006 } } },
      { state: "connecting", attempt: 2 },
      { state: "open", attempt: 2 },
      { state: "waiting", attempt: 3, delayMs: 100 },
      { state: "connecting", attempt: 3 },
      { state: "open", attempt: 3 },
      { state: "waiting", attempt: 1, delayMs: 50 },
    ]);
    await end(scene);
  });

  it("gives up after maxAttempts, with the last error", async () => {
    const scene = start({ maxAttempts: 2, baseDelayMs: 100 });
    const last = network();
    scene.failures.push(network(), last);
    await settle();
    await pass(50);
    expect(scene.client.state).toBe("closed");
    expect(await scene.client.closed).toEqual({ code: 1006, reason: "", wasClean: false, error: last });
    expect(scene.changes.at(-1)).toMatchObject({ state: "closed", end: { type: "failed", error: last } });
  });

  it("can be cut short by reconnectNow, which does nothing else", async () => {
    const scene = start();
    scene.failures.push(network());
    scene.client.reconnectNow();
    await settle();
    expect(scene.client.state).toBe("waiting");
    scene.client.reconnectNow();
    scene.client.reconnectNow();
    await settle();
    expect(scene.client.state).toBe("open");
    scene.client.reconnectNow();
    await pass(100_000);
    expect(scene.servers).toHaveLength(1);
    await end(scene);
    scene.client.reconnectNow();
    expect(scene.client.state).toBe("closed");
  });
});

describe("ReconnectingConnection › a server that asks to be left alone", () => {
  const refusal = (retryAfter: string, status = 503): Error =>
    Object.assign(network(), {
      response: { status, headers: new HeaderFields([["Retry-After", retryAfter]]) },
    });

  it.each([
    ["seconds", "120", 120_000],
    ["a date", () => new Date(Date.now() + 60_000).toUTCString(), 60_000],
    ["a date that is past", () => new Date(Date.now() - 60_000).toUTCString(), 0],
    ["more than maxRetryAfterMs", "999999", 200_000],
    ["more than any number", "9".repeat(400), 200_000],
    ["nonsense", "soon", 0],
    ["a number below 0", "-5", 0],
    ["no number", "1e9", 0],
  ])("is obeyed: Retry-After in %s", async (_what, value, expected) => {
    vi.setSystemTime(1_700_000_000_000);
    const scene = start({ maxRetryAfterMs: 200_000, baseDelayMs: 100 });
    scene.failures.push(refusal(typeof value === "function" ? value() : value));
    await settle();
    expect(delays(scene.changes)).toEqual([expected + 50]);
    await end(scene);
  });

  it.each([
    ["retry-after-ms=1500", 1500],
    ["restarting; retry-after-ms=1500", 1500],
    ["retry-after-ms=99999999", 300_000],
    [`retry-after-ms=${"9".repeat(100)}`, 300_000],
    ["xretry-after-ms=1500", 0],
    ["retry-after-ms=", 0],
    ["", 0],
  ])("is obeyed: the close reason %j", async (reason, expected) => {
    const scene = start({ baseDelayMs: 100 });
    await settle();
    void scene.servers[0]!.close(1012, reason);
    await settle();
    expect(delays(scene.changes)).toEqual([expected + 50]);
    await end(scene);
  });
});

describe("ReconnectingConnection › what it is told about the network", () => {
  function browser(): { readonly page: EventTarget; tell(type: string): void; look(state: string): void } {
    const page = new EventTarget();
    const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
    vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
    vi.stubGlobal("document", document);
    onTestFinished(() => void vi.unstubAllGlobals());
    return {
      page,
      tell: (type) => page.dispatchEvent(new Event(type)),
      look: (state) => {
        document.visibilityState = state;
        document.dispatchEvent(new Event("visibilitychange"));
      },
    };
  }

  it("tries at once when the network, or the page, is back", async () => {
    const page = browser();
    const scene = start();
    scene.failures.push(network(), network());
    await settle();
    page.look("hidden");
    page.tell("offline");
    expect(scene.client.state).toBe("waiting");
    page.look("visible");
    await settle();
    expect(scene.changes.at(-1)).toMatchObject({ state: "waiting", attempt: 3 });
    page.tell("online");
    await settle();
    expect(scene.client.state).toBe("open");
    expect(getEventListeners(page.page, "online")).toHaveLength(1);
    await end(scene);
    for (const type of ["online", "offline"]) expect(getEventListeners(page.page, type)).toEqual([]);
    page.tell("online");
    expect(scene.client.state).toBe("closed");
  });

  it("does not hurry where the server asked to be left alone; reconnectNow does", async () => {
    const page = browser();
    const scene = start();
    await settle();
    void scene.servers[0]!.close(1013, "retry-after-ms=60000");
    await settle();
    page.tell("online");
    await settle();
    expect(scene.client.state).toBe("waiting");
    scene.client.reconnectNow();
    await settle();
    expect(scene.client.state).toBe("open");
    await end(scene);
  });

  it("asks an open link with the heartbeat, at once", async () => {
    const page = browser();
    const scene = start({ heartbeat: { message: "ping", timeoutMs: 1000 } });
    await settle();
    const received: unknown[] = [];
    scene.servers[0]!.on("message", (data) => received.push(data));
    page.tell("offline");
    page.look("visible");
    page.tell("online");
    await settle();
    expect(received).toEqual(["ping"]);
    await pass(1000);
    expect(scene.client.state).toBe("waiting");
    await end(scene);
  });
});

describe("ReconnectingConnection › heartbeat", () => {
  const heartbeat = { message: () => "ping", intervalMs: 1000, timeoutMs: 300 };

  it("asks after a silence, takes anything as an answer, and swallows mere replies", async () => {
    const scene = start({ heartbeat: { ...heartbeat, isReply: (message) => message === "pong" } });
    const received: unknown[] = [];
    const asked: unknown[] = [];
    scene.client.on("message", (data) => received.push(data));
    await settle();
    scene.servers[0]!.on("message", (data) => {
      asked.push(data);
      scene.servers[0]!.send(asked.length === 1 ? "pong" : "news");
    });
    await pass(999);
    expect(asked).toEqual([]);
    await pass(1);
    expect(asked).toEqual(["ping"]);
    for (let i = 0; i < 10; i++) await pass(300);
    expect(asked.length).toBeGreaterThan(1);
    expect(received).toEqual(asked.slice(1).map(() => "news"));
    expect(scene.client.state).toBe("open");
    await end(scene);
  });

  it("is not sent while messages come", async () => {
    const scene = start({ heartbeat });
    scene.client.on("message", () => {});
    await settle();
    const asked: unknown[] = [];
    scene.servers[0]!.on("message", (data) => asked.push(data));
    for (let i = 0; i < 10; i++) {
      scene.servers[0]!.send("x");
      await settle();
      await pass(900);
    }
    expect(asked).toEqual([]);
    await end(scene);
  });

  it("drops a link that does not answer, and connects again", async () => {
    const scene = start({ heartbeat, baseDelayMs: 100 });
    await settle();
    await pass(1000);
    await pass(299);
    expect(scene.client.state).toBe("open");
    await pass(1);
    expect(scene.changes.at(-1)).toMatchObject({
      state: "waiting",
      delayMs: 50,
      end: { type: "closed", result: { code: 1006, wasClean: false } },
    });
    await pass(50);
    expect(scene.client.state).toBe("open");
    await end(scene);
  });

  it("does not blame the server for answers that nobody reads", async () => {
    const scene = start({ heartbeat });
    await settle();
    scene.servers[0]!.send("unread");
    await settle();
    for (let i = 0; i < 10; i++) await pass(1000);
    expect(scene.servers).toHaveLength(1);
    const { value } = (await scene.client[Symbol.asyncIterator]().next()) as { value: unknown };
    expect(value).toBe("unread");
    await end(scene);
  });
});

describe("ReconnectingConnection › an attempt", () => {
  it.each(["url", "options", "connect"] as const)(
    "ends at attemptTimeoutMs, the %s included, and what comes too late is dropped",
    async (what) => {
      let late!: (value: never) => void;
      const never = (): Promise<never> => new Promise((resolve) => (late = resolve));
      const scene = start({ attemptTimeoutMs: 700, baseDelayMs: 100, [what]: never });
      await settle();
      await pass(699);
      expect(scene.client.state).toBe("connecting");
      await pass(1);
      expect(scene.changes.at(-1)).toMatchObject({
        state: "waiting",
        end: { type: "failed", during: what === "connect" ? "connecting" : "resolving" },
      });
      const [left, right] = duplexPair();
      const connection = new Connection(left, { role: "client", pingIntervalMs: 0 });
      late((what === "connect" ? connection : "ws://localhost/") as never);
      await settle();
      expect(connection.state).toBe(what === "connect" ? "closed" : "open");
      expect(scene.client.state).toBe("waiting");
      connection.terminate();
      right.destroy();
      await end(scene);
    },
  );

  it("resolves URL and options anew, and goes on where that fails", async () => {
    const asked: unknown[] = [];
    let attempt = 0;
    const failure = new TypeError("fetch failed");
    const scene = start({
      baseDelayMs: 100,
      url: () => `ws://localhost/${++attempt}`,
      options: () => (attempt === 1 ? Promise.reject(failure) : { token: attempt }),
      connect: (url, options) => {
        asked.push([url, { ...options }]);
        return Promise.reject(network());
      },
    });
    await settle();
    expect(scene.changes.at(-1)).toMatchObject({ end: { during: "resolving", error: failure } });
    await pass(50);
    await pass(100);
    const signal = expect.any(AbortSignal) as unknown;
    expect(asked).toEqual([
      ["ws://localhost/2", { token: 2, signal }],
      ["ws://localhost/3", { token: 3, signal }],
    ]);
    await end(scene);
  });

  it("is not repeated where the application says so, and the reason stays", async () => {
    const scene = start({ shouldRetry: (last) => last.type === "closed" && last.result.code !== 4001 });
    await settle();
    void scene.servers[0]!.close(4000, "again");
    await settle();
    expect(scene.client.state).toBe("waiting");
    await pass(500);
    void scene.servers[1]!.close(4001, "signed out");
    await settle();
    expect(await scene.client.closed).toMatchObject({ code: 4001, reason: "signed out" });
    expect(scene.changes.at(-1)).toMatchObject({ state: "closed", end: { result: { code: 4001 } } });
  });
});

describe("ReconnectingConnection › an application that throws", () => {
  it("hears of it as of any uncaught error, and misses nothing", async () => {
    const caught = catchUncaught();
    const isReply = (): never => {
      throw new Error("isReply");
    };
    const scene = start({ heartbeat: { message: "ping", isReply } });
    const received: unknown[] = [];
    scene.client.on("message", () => {
      throw new Error("listener");
    });
    scene.client.on("message", (data) => received.push(data));
    await settle();
    scene.servers[0]!.send("a");
    scene.servers[0]!.send("b");
    await settle();
    expect(received).toEqual(["a", "b"]);
    expect(caught.map((error) => (error as Error).message)).toEqual([
      "isReply",
      "listener",
      "isReply",
      "listener",
    ]);
    await end(scene);
  });

  it("ends where shouldRetry throws", async () => {
    const caught = catchUncaught();
    const failure = new Error("shouldRetry");
    const scene = start({
      shouldRetry: () => {
        throw failure;
      },
    });
    scene.failures.push(network());
    expect(await scene.client.closed).toMatchObject({ code: 1006, error: { code: "NETWORK" } });
    await settle();
    expect(caught).toEqual([failure]);
  });

  it("hears of messages that it takes away from a connection itself", async () => {
    const caught = catchUncaught();
    const scene = start();
    scene.client.on("statechange", (change) => {
      if (change.state === "open") (change.connection as Connection).on("message", () => {});
    });
    await settle();
    expect(caught).toMatchObject([
      { message: expect.stringContaining("a message listener takes them") as unknown },
    ]);
    expect(scene.client.state).toBe("open");
    await end(scene);
  });
});

describe("ReconnectingConnection › its end", () => {
  it.each([
    ["before it has begun", 0],
    ["while it connects", 1],
    ["while it waits", 2],
  ])("leaves no timer and no link behind, %s", async (_what, moment) => {
    const scene = start(moment === 1 ? { connect: () => new Promise(() => {}) } : {});
    scene.failures.push(network());
    if (moment > 0) await settle();
    expect(scene.client.state).toBe(moment === 2 ? "waiting" : "connecting");
    expect(await scene.client.close()).toEqual({ code: 1006, reason: "", wasClean: false });
    expect(vi.getTimerCount()).toBe(0);
    await settle();
    expect(scene.servers).toHaveLength(0);
    expect(scene.changes.at(-1)).toEqual({ state: "closed" });
  });

  it("comes by a signal, also by one that was aborted before", async () => {
    const controller = new AbortController();
    const scene = start({ signal: controller.signal });
    await settle();
    controller.abort();
    await settle();
    expect(await scene.client.closed).toMatchObject({ code: 1000, wasClean: true });
    const late = start({ signal: controller.signal });
    expect(await late.client.closed).toMatchObject({ code: 1006 });
    expect(late.servers).toHaveLength(0);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  it("refuses codes and reasons that browsers would not send, and goes on", async () => {
    const scene = start();
    await settle();
    for (const code of [0, 1001, 1006, 2999, 5000, 3000.5]) {
      expect(() => scene.client.close(code)).toThrow(RangeError);
    }
    expect(() => scene.client.close(1000, "€".repeat(42))).toThrow(RangeError);
    expect(scene.client.state).toBe("open");
    await end(scene);
  });
});
