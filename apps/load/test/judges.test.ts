// The judges must be able to say no: each of these is one thing gone wrong in a run that was otherwise fine.
import { describe, expect, it } from "vitest";
import type { AttackReport } from "../src/faults/attack.ts";
import { judgeAttack } from "../src/faults/judge-attack.ts";
import { judgeSoak } from "../src/soak/judge-soak.ts";
import type { Sample } from "../src/process/sample.ts";
import type { SoakResult, SoakSample } from "../src/soak/soak.ts";

const MiB = 1024 * 1024;
const LATENCY = { count: 20, p50Ms: 1, p99Ms: 5, maxMs: 9 };
const HOLDINGS = { resources: { PipeWrap: 1 }, connections: 0, sockets: 2, timers: 0 };
const SAMPLE: Sample = {
  rssBytes: 60 * MiB,
  heapBytes: 6 * MiB,
  externalBytes: 2 * MiB,
  resources: {},
  cpuMs: 0,
  loopDelayP99Ms: 12,
  warnings: [],
};

describe("judgeAttack", () => {
  const account = {
    opened: 2,
    open: 0,
    closes: { "1006 KEEP_ALIVE_TIMEOUT": 2 },
    longestLifeMs: 4000,
    lastClosedMs: 4000,
  };
  const calm: AttackReport = {
    healthy: {
      echo: LATENCY,
      broadcast: LATENCY,
      complaints: [],
      counts: { sent: 20, echo: 20, broadcast: 30 },
    },
    others: { echo: LATENCY, broadcast: LATENCY, complaints: [], counts: {} },
    begunMs: 0,
    broadcasts: 10,
    accounts: { healthy: { ...account, opened: 3, open: 3 } },
    peaks: { rssBytes: 100 * MiB, bufferedBytes: 0, clients: 5 },
    before: HOLDINGS,
    after: HOLDINGS,
    clientsLeft: 0,
    warnings: [],
    loopDelayP99Ms: 12,
    machineLoad: 0,
  };
  const attacked: AttackReport = {
    ...calm,
    accounts: { ...calm.accounts, mute: account, vanishing: account },
  };
  const failures = (spoilt: Partial<AttackReport>): string[] =>
    judgeAttack({
      healthy: 3,
      crowd: { mute: 2, vanishing: 2 },
      options: {
        limits: {
          pingIntervalMs: 1000,
          pongTimeoutMs: 1000,
          closeTimeoutMs: 1000,
          handshakeTimeoutMs: 1000,
          maxBufferedBytes: MiB,
        },
        seconds: 5,
        paceMs: 100,
        broadcasts: { everyMs: 100, bytes: 1024 },
      },
      calm,
      attacked: { ...attacked, ...spoilt },
      maxP99Ratio: 3,
    })
      .filter(({ passed }) => !passed)
      .map(({ what }) => what);
  const healthyWith = (counts: Record<string, number>, complaints: string[] = []): Partial<AttackReport> => ({
    healthy: { ...calm.healthy, counts: { ...calm.healthy.counts, ...counts }, complaints },
  });
  const withVanishing = (spoilt: object): Partial<AttackReport> => ({
    accounts: { ...attacked.accounts, vanishing: { ...account, ...spoilt } },
  });

  it("passes what is fine", () => expect(failures({})).toEqual([]));

  it.each<[string, Partial<AttackReport>, string]>([
    ["an echo is lost", healthyWith({ echo: 19 }), "under attack: their questions answered"],
    ["a broadcast is lost", healthyWith({ broadcast: 29 }), "under attack: broadcasts they got"],
    ["an order is wrong", healthyWith({}, ["got echo 3, not 2"]), "under attack: their complaints"],
    [
      "answers are late",
      { healthy: { ...calm.healthy, echo: { ...LATENCY, p99Ms: 20 } } },
      "under attack: p99 of echo, times the calm one",
    ],
    [
      "too much is queued",
      { peaks: { ...calm.peaks, bufferedBytes: 2 * MiB } },
      "under attack: bytes queued for one client, at most",
    ],
    ["memory grows", { peaks: { ...calm.peaks, rssBytes: 200 * MiB } }, "under attack: RSS at its peak, MiB"],
    ["somebody who is gone is kept", withVanishing({ open: 1 }), "vanishing: left at the end"],
    ["the deadline is missed", withVanishing({ lastClosedMs: 4100 }), "vanishing: gone after, ms"],
    ["a client is left", { clientsLeft: 1 }, "under attack: clients after shutdown"],
    ["a timer is left", { after: { ...HOLDINGS, timers: 1 } }, "under attack: resources and objects left"],
    ["Node warns", { warnings: ["MaxListenersExceededWarning"] }, "under attack: warnings"],
  ])("fails where %s", (_what, spoilt, check) => expect(failures(spoilt)).toEqual([check]));
});

describe("judgeSoak", () => {
  /** So many minutes; every ten seconds something is added to the server's heap. */
  const growingBy = (bytes: number, minutes = 12): SoakSample[] =>
    Array.from({ length: 6 * minutes }, (_, i) => ({
      seconds: 10 * i,
      connections: 4,
      cpuPercent: 20,
      server: { ...SAMPLE, heapBytes: SAMPLE.heapBytes + i * bytes + (i % 2) * 50_000 },
      clients: SAMPLE,
    }));
  const failures = (spoilt: Partial<SoakResult>): string[] =>
    judgeSoak({
      samples: growingBy(0),
      final: { server: SAMPLE, clients: SAMPLE },
      before: { server: HOLDINGS, clients: HOLDINGS },
      after: { server: HOLDINGS, clients: HOLDINGS },
      sessions: { text: 5 },
      expectedKinds: 1,
      complaints: [],
      warnings: [],
      accounts: {},
      connectionsLeft: 0,
      ...spoilt,
    })
      .filter(({ passed }) => !passed)
      .map(({ what }) => what);

  it("passes what only goes up and down", () => expect(failures({})).toEqual([]));

  it("does not call it growth while everything warms up", () =>
    expect(failures({ samples: growingBy(100_000, 3) })).toEqual([]));

  it.each<[string, Partial<SoakResult>, string]>([
    [
      "a hundred kilobytes are added every ten seconds",
      { samples: growingBy(100_000) },
      "server: growth of heapBytes over the second half, MiB per hour",
    ],
    ["a session went wrong", { complaints: ["text: echo: 1, not 0"] }, "complaints"],
    ["a kind of session never ended well", { sessions: {} }, "kinds of session that ended well"],
    ["a connection is left", { connectionsLeft: 1 }, "connections left"],
    [
      "a client's socket is left",
      { after: { server: HOLDINGS, clients: { ...HOLDINGS, sockets: 3 } } },
      "clients: resources and objects left",
    ],
  ])("fails where %s", (_what, spoilt, check) => expect(failures(spoilt)).toEqual([check]));
});
