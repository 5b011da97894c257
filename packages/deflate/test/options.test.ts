import { type DeflateOptions, resolveDeflateOptions } from "@ws/deflate";
import { describe, expect, it } from "vitest";

describe("options", () => {
  it.each([
    ["server", true],
    ["client", false],
  ] as const)("have these defaults as %s", (role, noContextTakeover) => {
    expect(resolveDeflateOptions(role, {})).toEqual({
      serverNoContextTakeover: noContextTakeover,
      clientNoContextTakeover: noContextTakeover,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
      thresholdBytes: 1024,
      maxCompressedBytes: 1024 * 1024,
      level: 4,
      memLevel: 8,
    });
  });

  it.each<[keyof DeflateOptions, readonly (number | boolean)[]]>([
    ["serverNoContextTakeover", [true, false]],
    ["clientNoContextTakeover", [true, false]],
    ["serverMaxWindowBits", [8, 9, 14, 15]],
    ["clientMaxWindowBits", [8, 9, 14, 15]],
    ["thresholdBytes", [0, 1, Number.MAX_SAFE_INTEGER]],
    ["maxCompressedBytes", [0, 1, Number.MAX_SAFE_INTEGER]],
    ["level", [1, 6, 9]],
    ["memLevel", [1, 8, 9]],
  ])("%s may be any of %j", (name, values) => {
    for (const value of values) {
      for (const role of ["client", "server"] as const) {
        expect(resolveDeflateOptions(role, { [name]: value })).toEqual({
          ...resolveDeflateOptions(role, {}),
          [name]: value,
        });
      }
    }
  });

  const NO_NUMBERS = [Number.NaN, Infinity, -Infinity, 8.5, "9", "", true, {}, [9], 9n];
  it.each<[keyof DeflateOptions, string, readonly unknown[]]>([
    ["serverMaxWindowBits", "from 8 to 15", [7, 16, 0, -8, 1000, ...NO_NUMBERS]],
    ["clientMaxWindowBits", "from 8 to 15", [7, 16, 0, -8, 1000, ...NO_NUMBERS]],
    ["level", "from 1 to 9", [0, -1, 10, ...NO_NUMBERS]],
    ["memLevel", "from 1 to 9", [0, 10, ...NO_NUMBERS]],
    ["thresholdBytes", "from 0 to 9007199254740991", [-1, 2 ** 53, ...NO_NUMBERS]],
    ["maxCompressedBytes", "from 0 to 9007199254740991", [-1, 2 ** 53, ...NO_NUMBERS]],
  ])("%s must be a whole number %s", (name, range, values) => {
    for (const value of values) {
      const options = { [name]: value } as DeflateOptions;
      const resolve = (): unknown => resolveDeflateOptions("server", options);
      expect(resolve).toThrow(RangeError);
      expect(resolve).toThrow(`Cannot set ${name} to ${String(value)}: it must be a whole number ${range}`);
    }
  });

  it.each(["serverNoContextTakeover", "clientNoContextTakeover"])("%s must be a boolean", (name) => {
    for (const value of [0, 1, "true", ""]) {
      const resolve = (): unknown => resolveDeflateOptions("client", { [name]: value });
      expect(resolve).toThrow(TypeError);
      expect(resolve).toThrow(`Cannot set ${name} to ${String(value)}: it must be a boolean`);
    }
  });

  it("that are undefined, or not there, or not ours, are the defaults", () => {
    const defaults = resolveDeflateOptions("server", {});
    const options = { level: undefined, threshold: 5, __proto__: { memLevel: undefined } };
    expect(resolveDeflateOptions("server", options as unknown as DeflateOptions)).toEqual(defaults);
  });

  it("are not changed, nor kept: what is resolved is a copy", () => {
    const options = Object.freeze({ level: 9 });
    const resolved = resolveDeflateOptions("server", options);
    expect(resolved).not.toBe(options);
    expect(resolveDeflateOptions("server", resolved)).toEqual(resolved);
  });
});
