import { AssertionError } from "node:assert";
import { FrameDecoder } from "@ws/frame";
import {
  describeFrames,
  expectFrames,
  FrameReader,
  type FrameShape,
  rawClose,
  rawFrame,
  RawOpcode,
  readFrames,
} from "@ws/testing";
import { describe, expect, it } from "vitest";

describe("raw frames", () => {
  it("are those of the RFC's examples (RFC 6455 §5.7)", () => {
    const maskKey = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);
    expect([...rawFrame("server", RawOpcode.text, "Hello")]).toEqual([0x81, 5, 0x48, 0x65, 0x6c, 0x6c, 0x6f]);
    expect(Buffer.from(rawFrame("client", RawOpcode.text, "Hello", { maskKey })).toString("hex")).toBe(
      "818537fa213d7f9f4d5158",
    );
    expect([...rawFrame("server", RawOpcode.binary, new Uint8Array(256)).subarray(0, 4)]).toEqual([
      0x82, 126, 1, 0,
    ]);
    expect([...rawFrame("server", RawOpcode.binary, new Uint8Array(65536)).subarray(0, 10)]).toEqual([
      0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0,
    ]);
  });

  it.each(["server", "client"] as const)("are what a decoder takes from a %s", (sender) => {
    const decoder = new FrameDecoder({ role: sender === "server" ? "client" : "server" });
    for (const length of [0, 125, 126, 65_535, 65_536]) {
      decoder.push(rawFrame(sender, RawOpcode.binary, new Uint8Array(length).fill(7)));
      expect(decoder.next()?.payload).toEqual(new Uint8Array(length).fill(7));
    }
  });

  it.each([
    ["reserved bits, and not the last", { rsv: 5, fin: false }, [0x51, 1, 0x78]],
    ["another length", { length: 2n ** 63n }, [0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x78]],
    ["a length in too many octets", { lengthOctets: 2 }, [0x81, 126, 0, 1, 0x78]],
    ["a mask", { wrongMask: true, maskKey: Uint8Array.of(1, 2, 3, 4) }, [0x81, 0x81, 1, 2, 3, 4, 0x79]],
  ] as const satisfies [string, FrameShape, number[]][])("can be wrong: %s", (_title, shape, bytes) => {
    expect([...rawFrame("server", RawOpcode.text, "x", shape)]).toEqual(bytes);
  });
});

describe("reading frames", () => {
  const bytes = Buffer.concat([
    rawFrame("client", RawOpcode.text, "hel", { fin: false }),
    rawFrame("server", RawOpcode.continuation, "lö"),
    rawFrame("server", RawOpcode.ping),
    rawFrame("client", 11, "x".repeat(200), { rsv: 1 }),
    rawClose("server", 1000, "bye"),
    rawClose("client"),
  ]);
  const short = ["text… hel", "more lö", "ping", `11 ${"x".repeat(200)}`, "close 1000 bye", "close"];

  it("says in short what came, right or wrong", () => {
    expect(describeFrames(bytes)).toEqual(short);
    expect(readFrames(bytes)[3]).toEqual({
      fin: true,
      rsv: 1,
      opcode: 11,
      masked: true,
      payload: new Uint8Array(200).fill(0x78),
    });
  });

  it.each([1, 2, 3, 7, 100])("takes chunks that are cut anywhere: %d bytes each", (size) => {
    const reader = new FrameReader();
    const frames = [];
    for (let at = 0; at < bytes.length; at += size)
      frames.push(...reader.push(bytes.subarray(at, at + size)));
    expect(frames).toEqual(readFrames(bytes));
    expect(reader.pendingBytes).toBe(0);
  });

  it("refuses bytes that end inside a frame, and says where", () => {
    expect(() => readFrames(bytes.subarray(0, bytes.length - 3))).toThrow(
      "end inside one, 3 bytes after it began",
    );
  });
});

describe("expectFrames", () => {
  const bytes = Buffer.concat([
    rawFrame("client", RawOpcode.text, "hello"),
    rawFrame("server", RawOpcode.ping, "?"),
  ]);

  it("passes for these frames, in short or by what matters of them", () => {
    expectFrames(bytes, ["text hello", "ping ?"]);
    expectFrames(bytes, [
      { masked: true, payload: "hello" },
      { masked: false, payload: Uint8Array.of(0x3f) },
    ]);
    expectFrames(readFrames(bytes), [{ opcode: RawOpcode.text }, {}]);
    expectFrames(new Uint8Array(0), []);
  });

  it.each([
    ["another", ["text hello", "ping !"]],
    ["fewer", ["text hello", "ping ?", "close 1000"]],
    ["more", ["text hello"]],
    ["other bits", [{ masked: false }, "ping ?"]],
    ["another payload", [{ payload: "hellö" }, "ping ?"]],
  ])("fails for %s, as an assertion of Node does", (_title, expected) => {
    expect(() => expectFrames(bytes, expected)).toThrow(AssertionError);
  });
});
