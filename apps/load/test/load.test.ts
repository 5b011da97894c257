// The short forms: the same code as by hand, with few clients and little time. They judge what is right and what is
// bounded, never how fast it was. All at once: most of the time they wait for deadlines.
import { describe, expect, it } from "vitest";
import { type FaultsOptions, faults, mixedCrowd, stuckReader } from "../src/faults/faults.ts";
import { idle } from "../src/idle/idle.ts";
import type { Check } from "../src/outcome.ts";
import { soak } from "../src/soak/soak.ts";

const FAULTS: Omit<FaultsOptions, "healthy" | "crowd"> = {
  limits: {
    pingIntervalMs: 500,
    pongTimeoutMs: 1000,
    closeTimeoutMs: 300,
    handshakeTimeoutMs: 500,
    maxBufferedBytes: 256 * 1024,
  },
  seconds: 5,
  paceMs: 100,
  broadcasts: { everyMs: 50, bytes: 1024 },
};

const QUIET = (): void => {};

function failed(checks: readonly Check[]): readonly Check[] {
  expect(checks.length).toBeGreaterThan(0);
  return checks.filter(({ passed }) => !passed);
}

describe.concurrent("in short,", { timeout: 60_000 }, () => {
  it("idle connections all stay, with keep-alive and without, over TLS too, and are weighed beside ws", async () => {
    const options = { connections: 300, tlsConnections: 50, keepAliveMs: 1000 };
    const { checks, result } = await idle(options, QUIET);
    expect(failed(checks)).toEqual([]);
    expect(result.map(({ subject, tls, connections }) => `${subject} ${tls} ${connections}`)).toEqual([
      "ours false 300",
      "ws false 300",
      "ours false 300",
      "ws false 300",
      "ours true 50",
      "ws true 50",
    ]);
    // Bounded, not fast: a buffer of 64 KiB for each connection would show.
    for (const { perConnection } of result.filter(({ subject }) => subject === "ours"))
      expect(perConnection.heapBytes + perConnection.externalBytes).toBeLessThan(32 * 1024);
  });

  it("a crowd of bad peers costs the healthy nothing, memory a bounded amount, and is gone in time", async () => {
    const { checks } = await faults({ ...FAULTS, ...mixedCrowd(60) }, QUIET);
    expect(failed(checks)).toEqual([]);
  });

  it("one stuck reader has a bounded amount waiting for it, and everybody else misses nothing", async () => {
    const { checks, result } = await faults({ ...FAULTS, ...stuckReader(40) }, QUIET);
    expect(failed(checks)).toEqual([]);
    expect(result.attacked.accounts["hoarder"]!.opened).toBeGreaterThan(0);
  });

  it("constant churn leaves no connection, socket or timer, in the server or in the clients", async () => {
    const { checks } = await soak({ seconds: 6, sampleSeconds: 2, sessionsPerSecond: 40 }, QUIET);
    expect(failed(checks)).toEqual([]);
  });
});
