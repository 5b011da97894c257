// Reconnecting clients on a clock of the test's own, over links that are real connections through memory.
import { duplexPair } from "node:stream";
import { setImmediate as nextTask } from "node:timers/promises";
import { onTestFinished, vi } from "vitest";
import {
  ConnectError,
  Connection,
  ReconnectingConnection,
  type ReconnectingOptions,
  type StateChange,
} from "@ws/client";

/** For `beforeEach`: only timers are false; a test fails that leaves one behind. */
export function fakeTimers(): () => void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
  return () => {
    const count = vi.getTimerCount();
    vi.useRealTimers();
    if (count > 0) throw new Error(`${count} timers were left behind`);
  };
}

/** Lets streams and promises get on. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 8; i++) await nextTask();
}

export async function pass(ms: number): Promise<void> {
  vi.advanceTimersByTime(ms);
  await settle();
}

export interface Scene {
  readonly client: ReconnectingConnection;
  readonly changes: StateChange[];
  /** The server's side of each link. */
  readonly servers: Connection[];
  /** How the next attempts end; a link when there is none. */
  readonly failures: unknown[];
}

export function start(options: Partial<ReconnectingOptions> = {}): Scene {
  const servers: Connection[] = [];
  const failures: unknown[] = [];
  const changes: StateChange[] = [];
  const client = new ReconnectingConnection({
    url: "ws://localhost/",
    random: () => 0.5,
    connect: () => {
      if (failures.length > 0) return Promise.reject(failures.shift());
      const [left, right] = duplexPair();
      left.on("close", () => right.destroy());
      right.on("close", () => left.destroy());
      servers.push(new Connection(left, { role: "server", pingIntervalMs: 0 }));
      return Promise.resolve(new Connection(right, { role: "client", pingIntervalMs: 0 }));
    },
    ...options,
  });
  client.on("statechange", (change) => changes.push(change));
  onTestFinished(async () => {
    await client.close();
  });
  return { client, changes, servers, failures };
}

export const network = (): Error => new ConnectError("NETWORK", "Cannot connect");
export const delays = (changes: readonly StateChange[]): number[] =>
  changes.flatMap((change) => (change.state === "waiting" ? [change.delayMs] : []));

export async function end(scene: Scene): Promise<void> {
  const closed = scene.client.close();
  await settle();
  await closed;
}

/** What would have been uncaught. */
export function catchUncaught(): unknown[] {
  const caught: unknown[] = [];
  vi.stubGlobal("queueMicrotask", (task: () => void) => {
    void Promise.resolve()
      .then(task)
      .catch((error: unknown) => caught.push(error));
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  return caught;
}
