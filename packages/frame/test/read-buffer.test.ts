// Chunks that lie in the read buffer are lent: the next read overwrites them, here with noise at once. What the decoder
// returned must be unchanged by it, and what it had not looked at must not be lost.
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import fc from "fast-check";
import type * as Frame from "@ws/frame";
import { heldBytes, poisonAllocations } from "./allocations.ts";
import { concat, KEY_AS_INTEGER, maskByBytes, KEY, pattern, toHex } from "./wire.ts";

const native = (globalThis as { WebAssembly?: unknown }).WebAssembly;

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each([
  { platform: "with WebAssembly", stub: native },
  { platform: "without", stub: undefined },
])("read buffer › $platform", ({ stub }) => {
  let frame: typeof Frame;

  beforeAll(async () => {
    vi.resetModules();
    vi.stubGlobal("WebAssembly", stub);
    frame = await import("@ws/frame");
    frame.readBuffer();
    vi.unstubAllGlobals();
    return () => vi.resetModules();
  });

  /** As a transport does: the bytes stand in the buffer as long as this call takes. */
  function read(decoder: Frame.FrameDecoder, bytes: Uint8Array, take: (frame: Frame.Frame) => void): void {
    const buffer = frame.readBuffer();
    buffer.set(bytes);
    decoder.push(new Uint8Array(buffer.buffer, buffer.byteOffset, bytes.length));
    for (let next = decoder.next(); next !== undefined; next = decoder.next()) take(next);
    decoder.keep();
    buffer.fill(0xee);
  }

  it("is the same one at every call, of 256 KiB", () => {
    const buffer = frame.readBuffer();
    expect(buffer.length).toBe(256 * 1024);
    expect(frame.readBuffer().buffer).toBe(buffer.buffer);
    expect(frame.readBuffer().byteOffset).toBe(buffer.byteOffset);
  });

  it("is told from other memory", () => {
    expect(frame.isLent(frame.readBuffer().subarray(7, 9))).toBe(true);
    expect(frame.isLent(new Uint8Array(9))).toBe(false);
    const own = new Uint8Array(9);
    expect(frame.keep(own)).toBe(own);
  });

  it.each([0, 1, 100, 4095, 4096, 4097, 8192, 100_000, 262_144])("gives %i bytes to be kept", (length) => {
    const buffer = frame.readBuffer();
    buffer.set(pattern(length));
    const kept = [0, 1, 2].map(() => frame.keep(buffer.subarray(0, length)));
    buffer.fill(0xee);
    for (const bytes of kept) {
      expect(frame.isLent(bytes)).toBe(false);
      expect(Buffer.compare(bytes, pattern(length))).toBe(0);
    }
  });

  it("leaves nothing of other memory around what is kept", () => {
    poisonAllocations();
    const buffer = frame.readBuffer().fill(0);
    // What was kept by the tests before lies in memory that these use up.
    for (let i = 0; i < 4; i++) frame.keep(buffer.subarray(0, 4000));
    for (let i = 0; i < 300; i++) {
      const bytes = frame.keep(buffer.subarray(0, 1 + ((i * 37) % 5000)));
      if (new Uint8Array(bytes.buffer).includes(0xaa)) expect.unreachable();
    }
  });

  it("keeps no more alive with a small payload than Node does with a small buffer", () => {
    const buffer = frame.readBuffer();
    const before = heldBytes();
    const kept = Array.from({ length: 200 }, () => {
      const bytes = frame.keep(buffer.subarray(0, 10));
      for (let i = 0; i < 7; i++) frame.keep(buffer.subarray(0, 4000));
      return bytes;
    });
    expect(heldBytes() - before).toBeLessThan(200 * 10_000);
    expect(kept).toHaveLength(200);
  });

  it("is masked in place, and nothing around it", () => {
    const wrong: number[][] = [];
    const buffer = frame.readBuffer();
    for (const start of [0, 1, 2, 3, 7, 64, 65]) {
      for (const phase of [0, 1, 2, 3]) {
        for (const length of [0, 5, 500, 511, 512, 513, 575, 576, 577, 1000, 16_384, 70_001]) {
          const whole = pattern(start + length + 100);
          const expected = whole.slice();
          expected.set(maskByBytes(whole.subarray(start, start + length), KEY, phase), start);
          buffer.set(whole);
          frame.mask(buffer, start, start + length, KEY_AS_INTEGER, phase);
          const found = buffer.subarray(0, whole.length);
          if (Buffer.compare(found, expected) !== 0) wrong.push([start, phase, length]);
        }
      }
    }
    expect(wrong).toEqual([]);
    const last = buffer.length - 513;
    buffer.set(pattern(513), last);
    frame.mask(buffer, last, buffer.length, KEY_AS_INTEGER);
    expect(Buffer.compare(buffer.subarray(last), maskByBytes(pattern(513), KEY))).toBe(0);
  });

  it.each([true, false])("decodes what was sent, cut anywhere, in parts: %s", (partial) => {
    const size = fc.oneof(fc.nat(130), fc.nat(1500), fc.nat(20_000));
    const sizes = fc.array(size, { minLength: 1, maxLength: 12 });
    const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 30_000 })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(sizes, cuts, (lengths, steps) => {
        const sent = lengths.map((length, i) => pattern(length + i).subarray(i));
        const wire = concat(sent.map((payload) => frame.encodeFrame("client", frame.Opcode.binary, payload)));
        const decoder = new frame.FrameDecoder({ role: "server", partial });
        const received: Uint8Array[] = [];
        let parts: Uint8Array[] = [];
        let turn = 0;
        for (let at = 0; at < wire.length;) {
          const end = at + steps[turn++ % steps.length]!;
          read(decoder, wire.subarray(at, end), (next) => {
            frame.unmaskPart(next);
            parts.push(frame.isPart(next) ? frame.keep(next.payload) : next.payload);
            if (!frame.isLastPart(next)) return;
            received.push(parts.length === 1 ? parts[0]! : concat(parts));
            parts = [];
          });
          at = end;
        }
        return (
          received.length === sent.length &&
          received.every((bytes, i) => !frame.isLent(bytes) && Buffer.compare(bytes, sent[i]!) === 0)
        );
      }),
      { numRuns: 150 },
    );
  });

  it("is unmasked where it lies on the way into a growing buffer", () => {
    const message = pattern(70_000);
    const collected = new frame.GrowingBuffer();
    for (let at = 0; at < message.length; at += 9001) {
      const part = message.subarray(at, at + 9001);
      const lent = frame.readBuffer().subarray(3, 3 + part.length);
      lent.set(part);
      frame.mask(lent, 0, lent.length, KEY_AS_INTEGER, at);
      collected.append(lent, message.length, KEY_AS_INTEGER, at);
      lent.fill(0xee);
    }
    expect(Buffer.compare(collected.take(), message)).toBe(0);
  });

  it("loses nothing that is not taken before the next read", () => {
    const messages = Array.from({ length: 50 }, (_, i) => pattern(20 + i));
    const wire = concat(messages.map((each) => frame.encodeFrame("client", frame.Opcode.binary, each)));
    const decoder = new frame.FrameDecoder({ role: "server" });
    const buffer = frame.readBuffer();
    const taken: string[] = [];
    // One frame is taken of each chunk while all arrive, the others afterwards.
    for (let at = 0; at < wire.length; at += 400) {
      const chunk = wire.subarray(at, at + 400);
      buffer.set(chunk);
      decoder.push(new Uint8Array(buffer.buffer, buffer.byteOffset, chunk.length));
      taken.push(toHex(decoder.next()!.payload));
      decoder.keep();
      buffer.fill(0xee);
    }
    for (let next = decoder.next(); next !== undefined; next = decoder.next())
      taken.push(toHex(next.payload));
    expect(taken).toEqual(messages.map((each) => toHex(each)));
  });
});
