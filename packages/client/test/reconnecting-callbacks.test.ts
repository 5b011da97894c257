// What an application does inside the functions that a reconnecting client calls: closes it, throws, sleeps.
import { duplexPair } from "node:stream";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Connection, type StateChange } from "@ws/client";
import { catchUncaught, end, fakeTimers, network, pass, settle, start } from "./reconnecting-scene.ts";

beforeEach(fakeTimers);

const stateOf = ({ state }: StateChange): string => state;

describe("ReconnectingConnection › closed from within", () => {
  it.each(["url", "options"] as const)("its %s, does not connect", async (what) => {
    // The attempt began anew behind the close, and its connection stayed open with nobody to close it.
    const scene = start({
      [what]: () => {
        void scene.client.close();
        return "ws://localhost/";
      },
    });
    await settle();
    expect(scene.changes.map(stateOf)).toEqual(["connecting", "closed"]);
    expect(scene.servers).toEqual([]);
  });

  it("a listener, does not even ask for the URL", async () => {
    const url = vi.fn(() => "ws://localhost/");
    const scene = start({ url });
    scene.client.on("statechange", ({ state }) => {
      if (state === "connecting") void scene.client.close();
    });
    await settle();
    expect(url).not.toHaveBeenCalled();
    expect(scene.changes.map(stateOf)).toEqual(["connecting", "closed"]);
  });

  it.each([true, false])("shouldRetry, which then says %s, ends once", async (verdict) => {
    // It waited for the next attempt although it was closed; or it closed twice.
    const scene = start({
      shouldRetry: () => {
        void scene.client.close();
        return verdict;
      },
    });
    const results: unknown[] = [];
    scene.client.on("close", (result) => results.push(result));
    scene.failures.push(network());
    await settle();
    expect(scene.changes.map(stateOf)).toEqual(["connecting", "closed"]);
    expect(results).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([1, 2, 3, 4, 5, 6])(
    "the moment in which connect succeeds, leaves no link behind (%i ticks later)",
    async (ticks) => {
      // A connection that was there, but not yet known of, stayed open.
      const [left, right] = duplexPair();
      onTestFinished(() => void right.destroy());
      const connection = new Connection(left, { role: "client", pingIntervalMs: 0 });
      const scene = start({
        connect: () => {
          const connecting = Promise.resolve(connection);
          void (async () => {
            for (let i = 0; i < ticks; i++) await Promise.resolve();
            void scene.client.close();
          })();
          return connecting;
        },
      });
      await settle();
      right.destroy();
      await settle();
      expect(scene.client.state).toBe("closed");
      expect(connection.state).toBe("closed");
    },
  );
});

describe("ReconnectingConnection › an application that fails", () => {
  it.each([
    ["plain headers", { status: 503, headers: { "retry-after": "1" } }],
    ["no headers", { status: 503 }],
    ["nothing", null],
  ])("to fetch its credentials, by an error whose response has %s, is retried", async (_what, response) => {
    // Errors of HTTP clients have responses of other shapes: the exception left the client connecting for ever.
    const error = Object.assign(new Error("Cannot fetch a token"), { response });
    const scene = start({ baseDelayMs: 100, options: () => Promise.reject(error) });
    await settle();
    expect(scene.changes.at(-1)).toMatchObject({ state: "waiting", delayMs: 50, end: { error } });
    await end(scene);
  });

  it("at both ends at once leaves no rejection that nobody handles", async () => {
    // The URL's rejection came when the options had thrown already, and nobody listened to it.
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", listener);
    onTestFinished(() => void process.off("unhandledRejection", listener));
    const scene = start({
      url: () => Promise.reject(new Error("no URL")),
      options: () => {
        throw new Error("no options");
      },
    });
    await settle();
    expect(scene.client.state).toBe("waiting");
    expect(unhandled).toEqual([]);
    await end(scene);
  });

  it("to make a heartbeat hears of it, and the link stays watched", async () => {
    // No heartbeat followed one that threw, and a dead link was taken for alive.
    const caught = catchUncaught();
    const message = vi
      .fn((): string => "ping")
      .mockImplementationOnce(() => {
        throw new Error("no message");
      });
    const scene = start({ heartbeat: { message, intervalMs: 1000, timeoutMs: 300 } });
    await settle();
    await pass(1000);
    expect(caught).toMatchObject([{ message: "no message" }]);
    for (let i = 0; i < 3; i++) await pass(300);
    expect(scene.client.state).toBe("open");
    await pass(100);
    expect(message).toHaveBeenCalledTimes(2);
    await pass(300);
    expect(scene.client.state).toBe("waiting");
    await end(scene);
  });
});

describe("ReconnectingConnection › a process that was suspended", () => {
  it.each([true, false])(
    "does not drop a link whose answer it has not read yet (answered: %s)",
    async (answers) => {
      // Timers ring before anything is read: a link that was well was given up at each waking.
      const scene = start({ heartbeat: { message: "ping", intervalMs: 1000, timeoutMs: 300 } });
      scene.client.on("message", () => {});
      await settle();
      await pass(1000);
      const now = performance.now.bind(performance);
      const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + 3_600_000);
      onTestFinished(() => clock.mockRestore());
      vi.advanceTimersByTime(300);
      if (answers) scene.servers[0]!.send("pong");
      await settle();
      expect(scene.client.state).toBe("open");
      // Once only: a page in the background has its timers ring late every time.
      clock.mockImplementation(() => now() + 7_200_000);
      await pass(300);
      expect(scene.client.state).toBe(answers ? "open" : "waiting");
      await end(scene);
    },
  );
});

it("ReconnectingConnection › a listener added with once is called once, also when another one changes the state", async () => {
  // The change within the change reached it first, and then the outer one did again.
  const { client } = start();
  const seen: string[] = [];
  client.on("statechange", ({ state }) => {
    if (state === "connecting") void client.close();
  });
  client.once("statechange", ({ state }) => seen.push(state));
  await settle();
  expect(seen).toEqual(["closed"]);
});
