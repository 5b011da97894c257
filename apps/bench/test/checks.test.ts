// What decides whether an answer was right must be able to say no.
import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { CompressedReplies, CompressedText } from "../src/generator/compressed-replies.ts";
import { Latencies } from "../src/generator/latencies.ts";
import { ExactReplies, ExpectedText } from "../src/generator/replies.ts";
import { frameOf, Opcode } from "../src/wire/frame.ts";

describe("ExactReplies", () => {
  const replies = [Buffer.from("first."), Buffer.from("second")];
  const text = Buffer.concat([...replies, ...replies, ...replies]);

  it.each([1, 5, 6, 7, 36])("counts what comes in pieces of %i octets", (size) => {
    const exact = new ExactReplies(new ExpectedText(replies));
    let count = 0;
    for (let at = 0; at < text.length; at += size) count += exact.take(text.subarray(at, at + size));
    expect(count).toBe(6);
  });

  it("refuses one wrong octet anywhere", () => {
    for (let i = 0; i < text.length; i++) {
      const wrong = Buffer.from(text);
      wrong[i]! ^= 1;
      expect(() => new ExactReplies(new ExpectedText(replies)).take(wrong)).toThrow("Wrong bytes came back");
    }
  });

  it("refuses what is right in the wrong order", () => {
    expect(() => new ExactReplies(new ExpectedText(replies)).take(replies[1]!)).toThrow("Wrong bytes");
  });
});

describe("CompressedReplies", () => {
  const messages = [Buffer.from("a message, a message"), Buffer.from("b message, b message")];
  const text = new CompressedText(messages, false);
  const compress = (message: Buffer): Buffer =>
    frameOf(Opcode.binary, deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4), {
      rsv1: true,
    });

  it("counts what comes octet by octet, however often", () => {
    const replies = new CompressedReplies(text);
    const bytes = Buffer.concat([...messages, ...messages].map(compress));
    let count = 0;
    for (let i = 0; i < bytes.length; i++) count += replies.take(bytes.subarray(i, i + 1));
    expect(count).toBe(4);
  });

  it("refuses another message, also one that would be right at another time", () => {
    new CompressedReplies(text).take(compress(messages[0]!));
    const replies = new CompressedReplies(text);
    expect(() => replies.take(compress(messages[1]!))).toThrow("decompresses to something else");
  });

  it("refuses what is not compressed", () => {
    const frame = frameOf(Opcode.binary, messages[0]!);
    expect(() => new CompressedReplies(text).take(frame)).toThrow("not one compressed frame");
  });
});

describe("Latencies", () => {
  it("knows percentiles within three percent", () => {
    const latencies = new Latencies();
    for (let ms = 1; ms <= 100; ms++) latencies.record(ms);
    expect(Math.abs(latencies.percentileUs(50) / 50_000 - 1)).toBeLessThan(0.03);
    expect(Math.abs(latencies.percentileUs(99) / 99_000 - 1)).toBeLessThan(0.03);
    latencies.clear();
    expect(latencies.percentileUs(50)).toBeNaN();
  });
});
