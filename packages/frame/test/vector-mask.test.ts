// Large payloads are masked by a WebAssembly function where the platform has one. Whether it has or not, and whatever
// keeps it from being compiled, the bytes are the same.
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import fc from "fast-check";
import type * as Frame from "@ws/frame";
import { feed } from "./decoding.ts";
import { KEY, KEY_AS_INTEGER, maskByBytes, pattern } from "./wire.ts";

/** What is used of it here: the types of Node do not have it. */
interface WebAssemblyApi {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly CompileError: new (message: string) => Error;
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
}
const native = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
const { Module } = native;

/** A page whose content security policy has no 'wasm-unsafe-eval'. */
function forbidden(): never {
  throw new native.CompileError("Refused to compile or instantiate WebAssembly module");
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each([
  { platform: "with vectors", stub: native },
  { platform: "without WebAssembly", stub: undefined },
  { platform: "where compiling is forbidden", stub: { Module: forbidden } },
  { platform: "without memory for it", stub: { Module: native.Module, Instance: forbidden } },
])("masking of large payloads › $platform", ({ stub }) => {
  let frame: typeof Frame;

  beforeAll(async () => {
    vi.resetModules();
    vi.stubGlobal("WebAssembly", stub);
    frame = await import("@ws/frame");
    // The first large payload decides.
    frame.mask(new Uint8Array(512), 0, 512, KEY_AS_INTEGER);
    vi.unstubAllGlobals();
    return () => vi.resetModules();
  });

  /** Masks a stretch of a larger buffer, which is a view itself, and tells whether that and nothing else was done right. */
  function agrees(offset: number, start: number, length: number, phase: number): boolean {
    const whole = pattern(offset + start + length + 70);
    const expected = whole.slice();
    const stretch = whole.subarray(offset + start, offset + start + length);
    expected.set(maskByBytes(stretch, KEY, phase), offset + start);
    frame.mask(whole.subarray(offset), start, start + length, KEY_AS_INTEGER, phase);
    return Buffer.compare(whole, expected) === 0;
  }

  it("agrees with RFC 6455 §5.3 at every length around the one from which vectors are used", () => {
    const wrong: number[][] = [];
    for (let length = 508; length <= 580; length++) {
      for (let start = 0; start < 16; start += 7) {
        for (let phase = 0; phase < 4; phase++) {
          if (!agrees(1, start, length, phase)) wrong.push([length, start, phase]);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it.each([16_383, 16_384, 16_385, 16_448, 32_767, 32_768, 32_769, 65_536, 100_003, 300_001])(
    "agrees where %i octets go through the block in pieces",
    (length) => {
      const wrong: number[][] = [];
      for (const [start, phase] of [
        [0, 0],
        [1, 1],
        [2, 3],
        [3, 2],
      ] as const) {
        if (!agrees(3, start, length, phase)) wrong.push([start, phase]);
      }
      expect(wrong).toEqual([]);
    },
  );

  it("agrees for any key, place and phase", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        fc.nat(64),
        fc.nat(40_000),
        fc.nat(2 ** 31 - 1).map((phase) => phase * 2 ** 21 + (phase & 3)),
        (key, start, length, phase) => {
          const octets = [key >>> 24, (key >>> 16) & 0xff, (key >>> 8) & 0xff, key & 0xff];
          const bytes = pattern(start + length + 64);
          const expected = bytes.slice();
          expected.set(maskByBytes(bytes.subarray(start, start + length), octets, phase % 4), start);
          frame.mask(bytes, start, start + length, key, phase);
          return Buffer.compare(bytes, expected) === 0;
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each([511, 512, 513, 20_000, 70_000])(
    "sends %i octets masked, and leaves the caller's as they were (RFC 6455 §5.1)",
    (length) => {
      const payloads = [
        pattern(length),
        pattern(length + 9).subarray(9),
        new Int8Array(pattern(length).buffer),
      ];
      for (const payload of payloads as Uint8Array[]) {
        const before = payload.slice();
        const bytes = frame.encodeFrame("client", frame.Opcode.binary, payload);
        const [decoded] = feed(new frame.FrameDecoder({ role: "server" }), [bytes]);
        expect(Buffer.compare(decoded!.payload, new Uint8Array(before.buffer))).toBe(0);
        expect(payload).toEqual(before);
      }
    },
  );

  it("was decided once for all", () => {
    const module = vi.spyOn(native, "Module");
    frame.mask(new Uint8Array(5000), 0, 5000, KEY_AS_INTEGER);
    expect(module).not.toHaveBeenCalled();
  });
});

describe("vectors", () => {
  it("are compiled when the first payload of half a kibibyte comes, from less than 300 bytes", async () => {
    vi.resetModules();
    const sizes: number[] = [];
    const compile = vi.spyOn(native, "Module").mockImplementation(function (bytes) {
      sizes.push(bytes.byteLength);
      expect(native.validate(bytes)).toBe(true);
      return new Module(bytes);
    });
    const frame = await import("@ws/frame");
    frame.mask(new Uint8Array(511), 0, 511, KEY_AS_INTEGER);
    expect(compile).not.toHaveBeenCalled();
    const bytes = pattern(512);
    frame.mask(bytes, 0, 512, KEY_AS_INTEGER);
    expect(compile).toHaveBeenCalledTimes(1);
    expect(sizes[0]).toBeLessThan(300);
    expect(bytes).toEqual(maskByBytes(pattern(512), KEY));
    vi.resetModules();
  });
});
