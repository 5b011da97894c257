import { FrameDecoder, ProtocolError } from "@ws/frame";
import { describe, expect, it, vi } from "vitest";
import { heldBytes, watchAllocations } from "./allocations.ts";
import { feed, pull } from "./decoding.ts";
import { ACCEPTED_LENGTHS, announced } from "./vectors.ts";
import { concat, pattern, ROLES, utf8, wire } from "./wire.ts";

// Much work in few tests: seconds at most, but on a machine that does other things besides.
vi.setConfig({ testTimeout: 60_000 });

const MiB = 1024 * 1024;

describe.each(ROLES)("decoder › limits › as %s", (role) => {
  it.each(ACCEPTED_LENGTHS)("announces $length bytes where $maxPayloadBytes are the limit", (vector) => {
    const { length, maxPayloadBytes } = vector;
    const header = wire(role, { first: 0x82, ...announced(length) });
    const inParts = new FrameDecoder({ role, maxPayloadBytes, partial: true });
    expect(feed(inParts, [header, pattern(5)])).toMatchObject([
      { payloadLength: length, payloadOffset: 0 },
      { payloadLength: length, payloadOffset: 0, payload: { length: 5 } },
    ]);
    expect(feed(new FrameDecoder({ role, maxPayloadBytes }), [header, pattern(5)])).toEqual([]);
  });

  it("allow control frames whatever the limit for data (RFC 6455 §5.5)", () => {
    const ping = wire(role, { first: 0x89, payload: pattern(125) });
    expect(feed(new FrameDecoder({ role, maxPayloadBytes: 0 }), [ping])).toHaveLength(1);
    const empty = wire(role, { first: 0x81 });
    expect(feed(new FrameDecoder({ role, maxPayloadBytes: 0 }), [empty])).toHaveLength(1);
  });

  it("allow 16 MiB by default", () => {
    const header = wire(role, { first: 0x82, ...announced(16 * MiB) });
    expect(feed(new FrameDecoder({ role }), [header])).toEqual([]);
  });

  it("make room for a few hundred bytes where 8 MiB are announced and ten sent", () => {
    const decoder = new FrameDecoder({ role });
    const sizes = watchAllocations();
    feed(decoder, [wire(role, { first: 0x82, ...announced(8 * MiB) }), pattern(10)]);
    expect(sizes).toEqual([256]);
  });

  it("hold little for a thousand peers who announce 8 MiB and send ten bytes", () => {
    const header = wire(role, { first: 0x82, ...announced(8 * MiB) });
    const before = heldBytes();
    const decoders = Array.from({ length: 1000 }, () => {
      const decoder = new FrameDecoder({ role });
      feed(decoder, [header.slice(), pattern(10)]);
      return decoder;
    });
    expect(heldBytes() - before).toBeLessThan(4 * MiB);
    expect(decoders).toHaveLength(1000);
  });

  it("make room for nothing where a frame is refused", () => {
    const decoder = new FrameDecoder({ role, maxPayloadBytes: 1000 });
    const sizes = watchAllocations();
    decoder.push(wire(role, { first: 0x82, ...announced(8 * MiB) }));
    expect(() => decoder.next()).toThrow(ProtocolError);
    expect(sizes).toEqual([]);
  });

  it("hold nothing of what comes after an error", () => {
    const decoder = new FrameDecoder({ role });
    decoder.push(concat([wire(role, { first: 0x83 }), pattern(MiB)]));
    expect(() => decoder.next()).toThrow(ProtocolError);
    const before = heldBytes();
    for (let i = 0; i < 32; i++) decoder.push(new Uint8Array(MiB / 4));
    expect(heldBytes() - before).toBeLessThan(MiB);
    expect(() => decoder.next()).toThrow(ProtocolError);
  });
});

describe("decoder › discard", () => {
  it.each([0, 1, 3, 7, 12, 20])("drops all there is, %i bytes in, and all that comes", (bytes) => {
    const frame = wire("server", { first: 0x82, payload: pattern(40) });
    const decoder = new FrameDecoder({ role: "server" });
    decoder.push(frame.slice(0, bytes));
    expect(decoder.next()).toBeUndefined();
    decoder.push(frame.slice(bytes));
    decoder.push(frame.slice());
    decoder.discard();
    expect(decoder.next()).toBeUndefined();
    decoder.push(frame.slice());
    expect(decoder.next()).toBeUndefined();
  });

  it("drops the chunks that wait behind the one it reads", () => {
    const frame = wire("client", { first: 0x82, payload: pattern(4) });
    const decoder = new FrameDecoder({ role: "client" });
    for (let i = 0; i < 4; i++) decoder.push(frame.slice());
    expect(decoder.next()).toBeDefined();
    expect(decoder.next()).toBeDefined();
    decoder.discard();
    expect(decoder.next()).toBeUndefined();
  });

  it("lets go of the memory", () => {
    const decoder = new FrameDecoder({ role: "server" });
    const before = heldBytes();
    const header = wire("server", { first: 0x82, ...announced(8 * MiB) });
    feed(decoder, [header, pattern(MiB)]);
    for (let i = 0; i < 4; i++) decoder.push(pattern(MiB));
    expect(heldBytes() - before).toBeGreaterThan(4 * MiB);
    decoder.discard();
    expect(heldBytes() - before).toBeLessThan(MiB);
    expect(decoder.next()).toBeUndefined();
  });
});

describe("decoder › chunks of one byte", () => {
  it("keep memory flat, a million of them", () => {
    const decoder = new FrameDecoder({ role: "server" });
    feed(decoder, [wire("server", { first: 0x82, ...announced(MiB) }, [0, 0, 0, 0])]);
    const before = heldBytes();
    for (let i = 0; i < MiB - 1; i++) {
      decoder.push(Uint8Array.of(i & 0xff));
      decoder.next();
    }
    // The frame itself, and nothing for each of its chunks.
    expect(heldBytes() - before).toBeLessThan(2 * MiB);
    decoder.push(Uint8Array.of(7));
    expect(decoder.next()?.payload).toHaveLength(MiB);
  });

  it("keep memory flat as frames without end", () => {
    const decoder = new FrameDecoder({ role: "client" });
    const before = heldBytes();
    let frames = 0;
    for (let i = 0; i < 300_000; i++) {
      decoder.push(Uint8Array.of(i % 2 === 0 ? 0x89 : 0));
      frames += pull(decoder).length;
    }
    expect(frames).toBe(150_000);
    expect(heldBytes() - before).toBeLessThan(MiB);
  });

  // The chunks waited in an array that was emptied with shift(): 400,000 of them took 17 seconds.
  it("cost no more each where many of them wait", () => {
    const decoder = new FrameDecoder({ role: "client" });
    const bytes = wire("client", { first: 0x82, payload: pattern(400_000) });
    for (const octet of bytes) decoder.push(Uint8Array.of(octet));
    const start = process.cpuUsage();
    const frame = decoder.next();
    expect(process.cpuUsage(start).user).toBeLessThan(3_000_000);
    expect(Buffer.compare(frame!.payload, pattern(400_000))).toBe(0);
  });

  it("do not push aside what is left of the chunk before", () => {
    const decoder = new FrameDecoder({ role: "client" });
    const frame = (octet: number): Uint8Array =>
      wire("client", { first: 0x82, payload: Uint8Array.of(octet) });
    decoder.push(concat([frame(1), frame(2)]));
    expect(decoder.next()?.payload).toEqual(Uint8Array.of(1));
    decoder.push(frame(3));
    decoder.push(frame(4));
    expect(pull(decoder).map(({ payload }) => payload[0])).toEqual([2, 3, 4]);
  });

  it("stay in order where some are pulled and others come", () => {
    const decoder = new FrameDecoder({ role: "client" });
    const seen: number[] = [];
    for (let i = 0; i < 100; i++) {
      for (const octet of wire("client", { first: 0x82, payload: Uint8Array.of(i) })) {
        decoder.push(Uint8Array.of(octet));
      }
      if (i % 3 === 0) seen.push(decoder.next()!.payload[0]!);
    }
    seen.push(...pull(decoder).map(({ payload }) => payload[0]!));
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(feed(decoder, [wire("client", { first: 0x81, payload: utf8("end") })])).toHaveLength(1);
  });
});
