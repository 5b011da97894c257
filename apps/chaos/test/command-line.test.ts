import { describe, expect, it } from "vitest";
import { parseChaos, parseCommand } from "../src/command-line.ts";

describe("parseCommand", () => {
  it("knows which engines it needs", () => {
    expect(parseCommand(["--engine", "nats"]).engines).toEqual(["nats"]);
    expect(parseCommand(["sizing"])).toMatchObject({ engines: ["redis", "nats"] });
    expect(parseCommand(["sizing", "--json", "/elsewhere.json"]).json).toBe("/elsewhere.json");
  });

  it("knows what the run is by default, under a seed of its own", () => {
    const { options, json } = parseChaos([]);
    expect(options).toMatchObject({
      engine: "redis",
      durationMs: 120_000,
      nodes: 3,
      members: 300,
      rooms: 30,
      engineRestarts: 2,
    });
    expect(options.seed).toMatch(/^[0-9a-f]{8}$/);
    expect(options.seed).not.toBe(parseChaos([]).options.seed);
    expect(json).toMatch(/\/chaos\/\.artefacts\/redis\.json$/);
  });

  it("takes what it is given", () => {
    const { options, json } = parseChaos(["--seed", "again", "--seconds", "5", "--json", "/elsewhere.json"]);
    expect(options).toMatchObject({ seed: "again", durationMs: 5000 });
    expect(json).toBe("/elsewhere.json");
  });

  it.each([
    [["--engine", "clay"], "Cannot use the engine clay: there are redis, nats"],
    [["--seconds", "x"], "Cannot set seconds to NaN"],
    [["--members", "0"], "Cannot set members to 0"],
    [["--minutes", "1"], "Unknown option"],
  ])("refuses %j", (args, message) => {
    expect(() => parseCommand(args)).toThrow(message);
  });
});
