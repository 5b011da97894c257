// The short form of the run, on each engine whose server is installed; with CI=true all of them have to be.
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { chaos, type ChaosOptions } from "../src/chaos.ts";
import { SHORT_ENTRIES } from "../src/command-line.ts";
import { type EngineName, ENGINES } from "../src/engine/engine.ts";

const SHORT: Omit<ChaosOptions, "engine" | "seed"> = {
  durationMs: 9000,
  nodes: 3,
  engineRestarts: 2,
  rhythm: {
    nodeKills: [1000, 2000],
    nodeDown: [100, 800],
    engineDown: [100, 800],
    linkCalm: [1000, 3000],
    linkFault: [200, 2000],
  },
  members: 60,
  rooms: 10,
  shortEntries: SHORT_ENTRIES,
  roomsPerMember: 2,
  paceMs: 700,
  settleMs: 60_000,
};

const isCi = process.env["CI"] === "true";

describe.each(Object.keys(ENGINES) as EngineName[])("while everything breaks, on %s,", (engine) => {
  it.skipIf(!isCi && !ENGINES[engine].isThere)(
    "everybody has each acknowledged message once and in order, or was told of a gap",
    { timeout: 120_000 },
    async () => {
      const seed = randomBytes(4).toString("hex");
      const { checks, result } = await chaos({ ...SHORT, engine, seed }, () => {});
      expect(
        checks.filter(({ passed }) => !passed),
        `with the seed ${seed}`,
      ).toEqual([]);
      expect(result.tally.recoveries).toBeGreaterThan(0);
    },
  );
});
