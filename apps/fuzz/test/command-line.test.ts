import { describe, expect, it } from "vitest";
import { parseCommand } from "../src/command-line.ts";

const KNOWN = ["frame-decoder", "protocol"];

describe("parseCommand", () => {
  it("takes all targets for a minute with a new seed by default", () => {
    const command = parseCommand([], KNOWN);
    expect(command).toMatchObject({ targets: KNOWN, seconds: 60 });
    expect(Number.isSafeInteger(command.seed)).toBe(true);
  });

  it("takes what is asked for", () => {
    const command = parseCommand(["--target", "protocol", "--seed", "7", "--cases", "100"], KNOWN);
    expect(command).toEqual({ targets: ["protocol"], seed: 7, cases: 100 });
  });

  it.each([
    [["--target", "nonsense"], "Cannot fuzz nonsense: the targets are frame-decoder, protocol"],
    [["--seed", "x"], "Cannot set seed to x: it must be a whole number from 0"],
    [["--seconds", "-1"], undefined],
    [["--what"], undefined],
  ])("refuses %j", (args, message) => {
    expect(() => parseCommand(args, KNOWN)).toThrow(message);
  });
});
