import { FrameDecoder, isLastPart } from "@ws/frame";
import { describe, expect, it } from "vitest";
import { feed, inPieces } from "./decoding.ts";
import { concat, hex, KEY_AS_INTEGER, pattern, ROLES, utf8, wire } from "./wire.ts";

describe.each(ROLES)("decoder › payloads › as %s", (role) => {
  it("are views of the chunk they lie whole in, unmasked in place", () => {
    const chunk = concat([wire(role, { first: 0x82, payload: pattern(10) }), hex("00")]);
    const decoder = new FrameDecoder({ role });
    decoder.push(chunk);
    const { payload } = decoder.next()!;
    expect(payload.buffer).toBe(chunk.buffer);
    expect(chunk.subarray(chunk.length - 11, chunk.length - 1)).toEqual(pattern(10));
  });

  it("leave the bytes around them in the chunk alone", () => {
    const frame = wire(role, { first: 0x82, payload: pattern(200) });
    const chunk = concat([frame, frame]);
    const decoder = new FrameDecoder({ role });
    decoder.push(chunk);
    decoder.next();
    expect(chunk.subarray(frame.length)).toEqual(frame);
    expect(decoder.next()!.payload).toEqual(pattern(200));
  });

  it("are plain Uint8Arrays even where the chunk is a Buffer", () => {
    const decoder = new FrameDecoder({ role });
    decoder.push(Buffer.from(wire(role, { first: 0x82, payload: pattern(3) })));
    expect(Object.getPrototypeOf(decoder.next()!.payload)).toBe(Uint8Array.prototype);
  });

  it("that span chunks come in a buffer of exactly their size", () => {
    const decoder = new FrameDecoder({ role });
    const [frame] = feed(decoder, inPieces(wire(role, { first: 0x82, payload: pattern(5000) }), 700));
    expect(frame!.payload).toEqual(pattern(5000));
    expect(frame!.payload.buffer.byteLength).toBe(5000);
    expect(frame).toMatchObject({ payloadLength: 5000, payloadOffset: 0 });
  });

  it("never change after they were handed out", () => {
    const decoder = new FrameDecoder({ role });
    const frames = feed(decoder, [
      ...inPieces(wire(role, { first: 0x82, payload: pattern(600) }), 100),
      ...inPieces(wire(role, { first: 0x82, payload: pattern(500).fill(7) }), 100),
    ]);
    expect(frames.map(({ payload }) => payload)).toEqual([pattern(600), pattern(500).fill(7)]);
  });
});

describe("decoder › masking keys (RFC 6455 §5.3)", () => {
  it.each([
    { key: [0, 0, 0, 0], integer: 0 },
    { key: [0xff, 0xff, 0xff, 0xff], integer: -1 },
    { key: [0x80, 0, 0, 1], integer: 0x80000001 | 0 },
    { key: [0, 0, 0, 1], integer: 1 },
    { key: [0, 0, 1, 0], integer: 256 },
    { key: [0, 1, 0, 0], integer: 65_536 },
  ])("unmask with $key", ({ key, integer }) => {
    const bytes = wire("server", { first: 0x82, payload: pattern(300) }, key);
    for (const size of [1, 7, 1000]) {
      const [frame] = feed(new FrameDecoder({ role: "server" }), inPieces(bytes, size));
      expect(frame).toMatchObject({ masked: true, maskKey: integer, payload: pattern(300) });
    }
  });

  it("belong to one frame each", () => {
    const bytes = concat([
      wire("server", { first: 0x02, payload: pattern(9) }, [1, 2, 3, 4]),
      wire("server", { first: 0x80, payload: pattern(9) }, [5, 6, 7, 8]),
    ]);
    const frames = feed(new FrameDecoder({ role: "server" }), inPieces(bytes, 4));
    expect(frames.map(({ payload }) => payload)).toEqual([pattern(9), pattern(9)]);
    expect(frames.map(({ maskKey }) => maskKey)).toEqual([0x01020304, 0x05060708]);
  });
});

describe.each(ROLES)("decoder › frames in parts › as %s", (role) => {
  const frame = wire(role, { first: 0x82, payload: utf8("abcdefgh") });
  const headerBytes = frame.length - 8;
  const maskKey = role === "server" ? KEY_AS_INTEGER : 0;
  const header = { fin: true, rsv: 0, opcode: 2, masked: role === "server", maskKey, payloadLength: 8 };

  it.each([1, 2, 100])("begin as soon as the header is there, in chunks of %i", (size) => {
    const decoder = new FrameDecoder({ role, partial: true });
    const frames = feed(decoder, inPieces(frame.slice(0, headerBytes), size));
    expect(frames).toEqual([{ ...header, payloadOffset: 0, payload: new Uint8Array(0) }]);
    expect(isLastPart(frames[0]!)).toBe(false);
  });

  it("go on with what arrives, each part at its offset", () => {
    const decoder = new FrameDecoder({ role, partial: true });
    const frames = feed(decoder, [
      frame.slice(0, headerBytes + 3),
      frame.slice(headerBytes + 3, headerBytes + 4),
      frame.slice(headerBytes + 4),
    ]);
    expect(frames).toEqual([
      { ...header, payloadOffset: 0, payload: utf8("abc") },
      { ...header, payloadOffset: 3, payload: utf8("d") },
      { ...header, payloadOffset: 4, payload: utf8("efgh") },
    ]);
    expect(frames.map((part) => isLastPart(part))).toEqual([false, false, true]);
  });

  it("come as one object where they lie whole in a chunk", () => {
    const decoder = new FrameDecoder({ role, partial: true });
    expect(feed(decoder, [frame.slice()])).toEqual([
      { ...header, payloadOffset: 0, payload: utf8("abcdefgh") },
    ]);
  });

  it("come as one object where there is no payload", () => {
    const decoder = new FrameDecoder({ role, partial: true });
    const frames = feed(decoder, inPieces(wire(role, { first: 0x01 }), 1));
    expect(frames).toHaveLength(1);
    expect(isLastPart(frames[0]!)).toBe(true);
    expect(frames[0]).toMatchObject({ fin: false, opcode: 1, payloadLength: 0 });
  });

  it.each([0x88, 0x89, 0x8a])("leave control frame %i whole (RFC 6455 §5.5)", (first) => {
    const decoder = new FrameDecoder({ role, partial: true });
    const bytes = wire(role, { first, payload: pattern(125) });
    const frames = feed(decoder, inPieces(concat([bytes, frame]), 1));
    expect(frames[0]).toMatchObject({ payloadOffset: 0, payloadLength: 125, payload: pattern(125) });
    expect(frames[1]).toMatchObject({ opcode: 2, payloadOffset: 0 });
  });
});

describe.each(ROLES)("decoder › isIdle › as %s", (role) => {
  it.each([true, false])("says whether nothing is left of what was pushed (partial: %s)", (partial) => {
    const decoder = new FrameDecoder({ role, partial });
    const bytes = concat([wire(role, { first: 0x82, payload: pattern(3) }), hex("8200")]);
    const idle: boolean[] = [decoder.isIdle];
    for (const octet of role === "server" ? bytes.subarray(0, -2) : bytes) {
      decoder.push(Uint8Array.of(octet));
      expect(decoder.isIdle).toBe(false);
      while (decoder.next() !== undefined);
      idle.push(decoder.isIdle);
    }
    const amid = Array.from({ length: (role === "server" ? 6 : 2) + 2 }, () => false);
    expect(idle).toEqual([true, ...amid, true, ...(role === "server" ? [] : [false, true])]);
  });

  it("is false for ever once an error was found", () => {
    const decoder = new FrameDecoder({ role });
    decoder.push(hex("ff 00"));
    expect(() => decoder.next()).toThrow(/reserved bits/);
    expect(decoder.isIdle).toBe(false);
  });
});
