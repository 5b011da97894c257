// Without Node the package falls back to what every browser has. The same essentials, on both.
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type * as Frame from "@ws/frame";
import { watchAllocations } from "./allocations.ts";
import { feed, inPieces, joinParts } from "./decoding.ts";
import { EXAMPLES, INVALID, VALID } from "./vectors.ts";
import { concat, hex, pattern, ROLES, toHex, utf8, wire } from "./wire.ts";

const nodeProcess = process;

afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each([
  { platform: "Node", stub: () => nodeProcess as unknown },
  { platform: "no process at all", stub: () => undefined },
  { platform: "a Node too old for getBuiltinModule", stub: () => ({ versions: nodeProcess.versions }) },
  { platform: "a process without buffers", stub: () => ({ getBuiltinModule: () => undefined }) },
])("web platform › $platform", ({ platform, stub }) => {
  let frame: typeof Frame;

  beforeAll(async () => {
    vi.resetModules();
    vi.stubGlobal("process", stub());
    const loading = import("@ws/frame");
    frame = await loading.finally(() => vi.unstubAllGlobals());
  });

  it("uses Node's buffers where they are, and only there", () => {
    const sizes = watchAllocations();
    frame.encodeClosePayload(1000, "bye");
    expect(sizes).toEqual(platform === "Node" ? [5] : []);
  });

  it.each(ROLES)("decodes what must be decoded, as %s", (role) => {
    for (const { title, reservedBits = 0, ...vector } of VALID) {
      for (const size of [100_000, 1000, ...(vector.payload!.length < 300 ? [1] : [])]) {
        const decoder = new frame.FrameDecoder({ role, reservedBits });
        const [decoded] = joinParts(feed(decoder, inPieces(wire(role, vector), size)));
        expect(decoded?.payload === toHex(vector.payload!), title).toBe(true);
      }
    }
    for (const { bytes, frames } of EXAMPLES[role]) {
      const decoded = feed(new frame.FrameDecoder({ role }), inPieces(bytes, 1000));
      expect(decoded.map(({ payload }) => frame.decodeUtf8(payload))).toEqual(frames);
    }
  });

  it.each(ROLES)("refuses what must be refused, as %s", (role) => {
    for (const { title, code, reservedBits = 0, maxPayloadBytes = 16 * 1024 * 1024, ...vector } of INVALID) {
      const decoder = new frame.FrameDecoder({ role, reservedBits, maxPayloadBytes });
      let seen: unknown;
      try {
        feed(decoder, [wire(role, vector)]);
      } catch (error) {
        seen = error;
      }
      expect(seen, title).toBeInstanceOf(frame.ProtocolError);
      expect(seen, title).toMatchObject({ code });
    }
  });

  it.each(["", "a", "é€😀", "\ufeffmark", "\ud800lone", "é".repeat(10_000), "x".repeat(70_000)])(
    "encodes and decodes text",
    (text) => {
      expect(frame.utf8Length(text)).toBe(utf8(text).length);
      expect(Buffer.compare(frame.encodeUtf8(text), utf8(text))).toBe(0);
      for (const role of ROLES) {
        const bytes = frame.encodeFrame(role, frame.Opcode.text, text);
        const reader = role === "server" ? "client" : "server";
        const [decoded] = feed(new frame.FrameDecoder({ role: reader }), [bytes]);
        expect(Buffer.compare(decoded!.payload, utf8(text))).toBe(0);
        expect(frame.decodeUtf8(decoded!.payload)).toBe(text.replaceAll("\ud800", "\ufffd"));
      }
    },
  );

  it("writes text where it belongs among other frames", () => {
    const encoder = new frame.FrameEncoder({ role: "server" });
    for (const text of ["a", "é€", "", "😀"]) encoder.frame(frame.Opcode.text, text);
    expect(concat(encoder.take())).toEqual(hex("81 01 61 81 05 c3 a9 e2 82 ac 81 00 81 04 f0 9f 98 80"));
  });

  it("judges UTF-8", () => {
    for (const [bytes, valid] of [
      ["", true],
      ["61", true],
      ["ef bb bf", true],
      ["f0 9f 98 80", true],
      ["ff", false],
      ["c0 af 61 62", false],
      ["ed a0 80", false],
      ["61 e2 82 61 62", false],
    ] as const) {
      expect(new frame.Utf8Validator().push(hex(bytes)), bytes).toBe(valid);
    }
    const validator = new frame.Utf8Validator();
    expect(validator.push(concat([utf8("text"), hex("f0 9f")]))).toBe(true);
    expect(validator.isComplete).toBe(false);
    expect(validator.push(hex("98 80"))).toBe(true);
    expect(validator.isComplete).toBe(true);
  });

  it("encodes and decodes close payloads", () => {
    expect(frame.decodeClosePayload(frame.encodeClosePayload(1001, "é€😀"))).toEqual({
      code: 1001,
      reason: "é€😀",
    });
    expect(frame.decodeClosePayload(hex("03 e8 ef bb bf")).reason).toBe("\ufeff");
    expect(() => frame.decodeClosePayload(hex("03 e8 ff"))).toThrow(frame.ProtocolError);
    expect(() => frame.encodeClosePayload(1000, "€".repeat(42))).toThrow(RangeError);
    expect(() => frame.encodeClosePayload(1000, new Uint16Array(9) as never)).toThrow(TypeError);
  });

  it("collects bytes", () => {
    const buffer = new frame.GrowingBuffer();
    for (const piece of inPieces(pattern(3000), 7)) buffer.append(piece);
    expect(buffer.take()).toEqual(pattern(3000));
  });

  it("draws masking keys", () => {
    expect(new Set(Array.from({ length: 100 }, () => frame.createMaskKey())).size).toBeGreaterThan(97);
  });
});
