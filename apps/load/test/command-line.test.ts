import { describe, expect, it } from "vitest";
import { parseCommand } from "../src/command-line.ts";

describe("parseCommand", () => {
  it.each(["idle", "faults", "stuck-reader", "soak"])("knows %s, and where its numbers go", (name) => {
    expect(parseCommand([name]).json).toMatch(new RegExp(`/load/\\.artefacts/${name}\\.json$`));
    expect(parseCommand([name, "--json", "/elsewhere.json"]).json).toBe("/elsewhere.json");
  });

  it.each([
    [[], "Cannot run nothing: the commands are idle, faults, stuck-reader, soak"],
    [["walk"], "Cannot run walk: the commands are idle, faults, stuck-reader, soak"],
    [["soak", "--minutes", "x"], "Cannot set minutes to NaN: it must be a whole number from 1"],
    [["faults", "--clients", "0"], "Cannot set clients to 0"],
    [["faults", "--seconds", "5"], "Cannot set seconds to 5: it must be a whole number from 10"],
    [["idle", "--minutes", "1"], "Unknown option"],
  ])("refuses %j", (args, message) => {
    expect(() => parseCommand(args)).toThrow(message);
  });
});
