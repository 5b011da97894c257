import { randomBytes } from "node:crypto";
import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { binaryOf, proseOf } from "../src/cases/payloads.ts";
import { Compressor, Decompressor } from "../src/deflate/compressor.ts";
import { BlockWriter } from "../src/deflate/deflate-blocks.ts";
import { inflateMessage } from "../src/deflate/inflate.ts";

const none = new Uint8Array(0);

describe("the inflater", () => {
  test.each([0, 1, 6, 9])("reads what zlib writes at level %i", (level) => {
    for (const payload of [
      proseOf(0),
      proseOf(1),
      proseOf(100_000),
      binaryOf(70_000),
      Buffer.alloc(300_000),
    ]) {
      const bytes = deflateRawSync(payload, { level, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
      expect(inflateMessage(bytes, none).output.equals(payload)).toBe(true);
    }
  });

  test.each([
    ["f248cdc9c90700", "Hello"],
    ["000500faff48656c6c6f00", "Hello"],
    ["f348cdc9c9070000", "Hello"],
    ["f248050000 00ffffcac9c90700", "Hello"],
    ["00", ""],
  ])("reads the RFC's example %s (RFC 7692 §7.2.3)", (hex, text) => {
    expect(inflateMessage(Buffer.from(hex.replace(" ", ""), "hex"), none).output.toString()).toBe(text);
  });

  test("measures how far matches reach", () => {
    const unit = randomBytes(5000);
    const bytes = deflateRawSync(Buffer.concat([unit, unit]), {
      finishFlush: constants.Z_SYNC_FLUSH,
    }).subarray(0, -4);
    expect(inflateMessage(bytes, none).maxDistance).toBe(5000);
  });

  test.each(["06", "ff", "000500faf048656c6c6f00", "010500faff48", ""])(
    "refuses the damaged stream %j",
    (hex) => {
      expect(() => inflateMessage(Buffer.from(hex, "hex"), none)).toThrow(RangeError);
    },
  );

  test("never reads past its bytes or hangs on noise", () => {
    for (let i = 0; i < 3000; i++) {
      try {
        inflateMessage(randomBytes(1 + (i % 80)), none, 2 ** 20);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }
  });
});

describe("hand-written blocks", () => {
  test("are read by the inflater as they were meant", () => {
    const bytes = new BlockWriter()
      .stored(Buffer.from("abcdef"))
      .fixed([[6, 6], Buffer.from([0xff]), [1, 10]], true)
      .message();
    const { output, blocks, maxDistance } = inflateMessage(bytes, none);
    expect(output.toString("latin1")).toBe(`abcdefabcdef${"ÿ".repeat(11)}`);
    expect(blocks.map(({ type, final }) => [type, final])).toEqual([
      [0, false],
      [1, true],
      [0, false],
    ]);
    expect(maxDistance).toBe(6);
  });

  test.each([1, 2, 3, 4, 5, 7, 9, 100, 257, 1000, 16_385, 24_577, 32_767, 32_768])(
    "encode a distance of %i",
    (distance) => {
      const history = binaryOf(32_768);
      const { output } = inflateMessage(new BlockWriter().fixed([[distance, 3]]).message(), history);
      const start = 32_768 - distance;
      expect(output).toEqual(Buffer.alloc(3, history.subarray(start, Math.min(start + 3, 32_768))));
    },
  );
});

describe("compressor and decompressor", () => {
  test.each([8, 9, 10, 12, 15])("keep to a window of %i bits, with takeover and without", (windowBits) => {
    for (const contextTakeover of [true, false]) {
      const compressor = new Compressor({ windowBits, contextTakeover });
      const decompressor = new Decompressor({ windowBits, contextTakeover });
      const unit = binaryOf(2 ** windowBits + 10);
      for (const payload of [
        proseOf(10_000),
        Buffer.concat([unit, unit]),
        proseOf(10_000),
        Buffer.alloc(0),
        proseOf(50),
      ]) {
        expect(decompressor.inflate(compressor.compress(payload)).output.equals(payload)).toBe(true);
      }
    }
  });

  test("catch a sender that reaches further back than agreed", () => {
    const unit = randomBytes(3000);
    const bytes = new Compressor({ windowBits: 15, contextTakeover: true }).compress(
      Buffer.concat([unit, unit]),
    );
    expect(() => new Decompressor({ windowBits: 9, contextTakeover: true }).inflate(bytes)).toThrow(
      /reaches 3000 bytes back, the agreed window is 512/,
    );
  });

  test("catch a sender that keeps a context it gave up", () => {
    const sender = new Compressor({ windowBits: 15, contextTakeover: true });
    const receiver = new Decompressor({ windowBits: 15, contextTakeover: false });
    receiver.inflate(sender.compress(proseOf(500)));
    expect(() => receiver.inflate(sender.compress(proseOf(500)))).toThrow(RangeError);
  });
});
