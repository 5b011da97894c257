// Memory comes unclean from the platform where that is faster. None of what lay there before may leave: not in the
// bytes handed out, and not around them in the buffer that they are a view of.
import { beforeAll, describe, expect, it, vi } from "vitest";
import type * as Frame from "@ws/frame";
import { poisonAllocations } from "./allocations.ts";
import { inPieces } from "./decoding.ts";
import { ROLES, toHex, wire } from "./wire.ts";

let frame: typeof Frame;

beforeAll(async () => {
  poisonAllocations();
  vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
    (array as unknown as Int32Array).fill(0x01020304);
    return array;
  });
  vi.resetModules();
  frame = await import("@ws/frame");
  // The first keys come from the pool that is filled now, under the mock.
  frame.createMaskKey();
  return () => vi.resetModules();
});

/** Whether poison shows in these bytes or in the buffer behind them. */
function isClean(bytes: Uint8Array): boolean {
  return !new Uint8Array(bytes.buffer).includes(0xaa);
}

const SIZES = [0, 1, 2, 125, 126, 1000, 16_384, 16_385, 65_535, 65_536, 100_000];

describe("poisoned memory", () => {
  it("is what allocation gives: the test would notice", () => {
    poisonAllocations();
    const buffer = new frame.GrowingBuffer();
    buffer.append(new Uint8Array(1), 2);
    expect(buffer.byteLength).toBe(1);
    expect(Buffer.allocUnsafeSlow(3)).toEqual(Buffer.of(0xaa, 0xaa, 0xaa));
  });

  it.each(ROLES)("never leaves with frames, as %s", (role) => {
    poisonAllocations();
    for (const size of SIZES) {
      for (const payload of [new Uint8Array(size), "x".repeat(size), "é".repeat(size >> 1)]) {
        const encoder = new frame.FrameEncoder({ role });
        encoder.frame(frame.Opcode.binary, payload);
        encoder.frame(frame.Opcode.ping, "");
        for (const part of encoder.take()) expect(isClean(part)).toBe(true);
        expect(isClean(frame.encodeFrame(role, frame.Opcode.binary, payload))).toBe(true);
      }
    }
  });

  it.each(ROLES)("never shows in payloads, as %s", (role) => {
    poisonAllocations();
    for (const size of SIZES.slice(1)) {
      const decoder = new frame.FrameDecoder({ role });
      const bytes = wire(role, { first: 0x82, payload: new Uint8Array(size) });
      for (const piece of inPieces(bytes, Math.ceil(bytes.length / 5))) {
        decoder.push(piece);
        const decoded = decoder.next();
        if (decoded !== undefined) expect(isClean(decoded.payload)).toBe(true);
      }
    }
  });

  it("never shows in collected bytes", () => {
    poisonAllocations();
    for (const size of [1, 127, 128, 200, 256, 257, 300, 511, 600, 5000]) {
      for (const expected of [0, size, 2 * size, 100_000]) {
        const buffer = new frame.GrowingBuffer();
        for (const piece of inPieces(new Uint8Array(size), 90)) buffer.append(piece, expected);
        expect(isClean(buffer.take())).toBe(true);
      }
    }
  });

  it("never leaves with a close payload (CVE-2026-45736: close(code, TypedArray) sent dirty memory)", () => {
    poisonAllocations();
    for (const reason of ["", "a", "é€😀", "\ud800", "x".repeat(123)]) {
      expect(isClean(frame.encodeClosePayload(1000, reason))).toBe(true);
      expect(isClean(frame.encodeUtf8(reason))).toBe(true);
    }
    for (const reason of [new Uint16Array(9), new Uint8Array(9), 9, null, {}, ["a"], () => "a"]) {
      expect(() => frame.encodeClosePayload(1000, reason as never)).toThrow(
        new TypeError(`Cannot close with a reason of type ${typeof reason}: it must be a string`),
      );
    }
  });

  it("never leaves with a ping of a number (CVE-2016-10518: ping(100) sent uninitialised memory)", () => {
    poisonAllocations();
    const encoder = new frame.FrameEncoder({ role: "server" });
    expect(() => encoder.frame(frame.Opcode.ping, 100 as never)).toThrow(TypeError);
    expect(() => encoder.frame(frame.Opcode.ping, { length: 100 } as never)).toThrow(TypeError);
    encoder.frame(frame.Opcode.ping, "");
    expect(encoder.take().map((part) => toHex(part))).toEqual(["8900"]);
  });
});
