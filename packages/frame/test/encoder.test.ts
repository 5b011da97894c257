import { createMaskKey, encodeFrame, FrameDecoder, FrameEncoder, Opcode, reuse } from "@ws/frame";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { heldBytes } from "./allocations.ts";
import { feed } from "./decoding.ts";
import { encodeReference } from "./reference.ts";
import { concat, hex, maskByBytes, otherRole, pattern, ROLES, toHex, utf8, wire } from "./wire.ts";

const LENGTHS = [0, 1, 125, 126, 127, 255, 256, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 200_000];

/** Makes every masking key `37 fa 21 3d`, once the keys that were drawn before are used up. */
function fixKeys(): void {
  const random = vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
    (array as unknown as Int32Array).fill(0x37fa213d);
    return array;
  });
  while (random.mock.calls.length === 0) createMaskKey();
  onTestFinished(() => {
    random.mockRestore();
    for (let i = 0; i < 1024; i++) createMaskKey();
  });
}

describe("encoder", () => {
  it.each([
    ["a single-frame unmasked text message", 1, "Hello", true, "81 05 48 65 6c 6c 6f"],
    ["the first of two fragments", 1, "Hel", false, "01 03 48 65 6c"],
    ["the last of two fragments", 0, "lo", true, "80 02 6c 6f"],
    ["an unmasked ping", 9, "Hello", true, "89 05 48 65 6c 6c 6f"],
  ] as const)("encodes %s (RFC 6455 §5.7)", (_, opcode, payload, fin, bytes) => {
    expect(concat([encodeFrame("server", opcode, payload, fin)])).toEqual(hex(bytes));
    expect(concat([encodeFrame("server", opcode, utf8(payload), fin)])).toEqual(hex(bytes));
  });

  it.each([
    ["a single-frame masked text message", 1, "81 85 37 fa 21 3d 7f 9f 4d 51 58"],
    ["a masked pong", 10, "8a 85 37 fa 21 3d 7f 9f 4d 51 58"],
  ] as const)("encodes %s (RFC 6455 §5.7)", (_, opcode, bytes) => {
    fixKeys();
    expect(concat([encodeFrame("client", opcode, "Hello")])).toEqual(hex(bytes));
  });

  it.each(LENGTHS)("lays %i bytes behind the shortest header (RFC 6455 §5.2)", (length) => {
    fixKeys();
    const payload = pattern(length);
    const text = "é".repeat(length >> 1) + "x".repeat(length & 1);
    for (const [data, bytes] of [
      [payload, payload],
      [text, utf8(text)],
    ] as const) {
      const frame = { fin: true, rsv: 0, opcode: 2, payload: bytes };
      expect(toHex(encodeFrame("server", 2, data))).toBe(toHex(encodeReference(frame)));
      expect(toHex(encodeFrame("client", 2, data))).toBe(
        toHex(wire("server", { first: 0x82, payload: bytes })),
      );
    }
  });

  it.each(ROLES)(
    "puts FIN, each reserved bit and each opcode in the first octet, as %s (RFC 6455 §5.2)",
    (role) => {
      for (let first = 0; first < 256; first++) {
        const frame = encodeFrame(role, first & 0xf, "", first >= 0x80, (first >> 4) & 7);
        expect(frame[0]).toBe(first);
        expect(frame).toHaveLength(role === "client" ? 6 : 2);
      }
    },
  );

  it("masks each frame of a client with a fresh key (RFC 6455 §5.3)", () => {
    const encoder = new FrameEncoder({ role: "client" });
    const keys = new Set<string>();
    const payload = pattern(4);
    for (let i = 0; i < 10_000; i++) {
      encoder.frame(Opcode.binary, payload);
      const [bytes] = encoder.take();
      keys.add(toHex(bytes!.subarray(2, 6)));
      if (i % 100 === 0) expect(maskByBytes(bytes!.subarray(6), [...bytes!.subarray(2, 6)])).toEqual(payload);
    }
    expect(keys.size).toBeGreaterThan(9_997);
  });

  it.each(ROLES)("never writes to what it is given, as %s (RFC 6455 §5.3)", (role) => {
    for (const length of LENGTHS) {
      const payload = pattern(length);
      const encoder = new FrameEncoder({ role });
      encoder.frame(Opcode.binary, payload);
      encoder.shared(payload);
      encoder.take();
      encodeFrame(role, Opcode.binary, payload);
      expect(Buffer.compare(payload, pattern(length))).toBe(0);
    }
  });

  it.each(["\ud800", "a\udc00b", "\udfff\ud800", `${"x".repeat(20_000)}\ud800`])(
    "writes a lone surrogate as U+FFFD: text is UTF-8 (RFC 6455 §8.1)",
    (text) => {
      const expected = encodeReference({ fin: true, rsv: 0, opcode: 1, payload: utf8(text) });
      expect(toHex(encodeFrame("server", 1, text))).toBe(toHex(expected));
    },
  );
});

describe("encoder › pieces", () => {
  it("is empty at first, and after all was taken", () => {
    const encoder = new FrameEncoder({ role: "server" });
    expect(encoder.byteLength).toBe(0);
    expect(encoder.take()).toEqual([]);
    encoder.shared(new Uint8Array(0));
    expect(encoder.take()).toEqual([]);
    encoder.frame(Opcode.text, "a");
    expect(encoder.byteLength).toBe(3);
    expect(encoder.take()).toHaveLength(1);
    expect(encoder.byteLength).toBe(0);
    expect(encoder.take()).toEqual([]);
  });

  it.each(ROLES)("hands over the hundred messages of a tick as one, as %s", (role) => {
    const encoder = new FrameEncoder({ role });
    for (let i = 0; i < 100; i++) encoder.frame(Opcode.text, "hello");
    const size = 100 * (role === "client" ? 11 : 7);
    expect(encoder.byteLength).toBe(size);
    const [bytes, ...others] = encoder.take();
    expect(bytes).toHaveLength(size);
    expect(others).toEqual([]);
  });

  it.each(ROLES)("has text of any characters behind the shortest header, as %s (RFC 6455 §5.2)", (role) => {
    const wrong: string[] = [];
    const lengths = [...Array(130).keys(), 2047, 2048, 2049, 5461, 5462, 8192, 16_384, 21_846];
    for (const character of ["a", "é", "€", "\ud800", "😀"]) {
      for (const length of lengths) {
        const texts = ["before", character.repeat(length), "behind"];
        const encoder = new FrameEncoder({ role });
        for (const text of texts) encoder.frame(Opcode.text, text);
        // A decoder refuses lengths that are not minimal.
        const frames = feed(new FrameDecoder({ role: otherRole(role) }), encoder.take());
        const found = concat(frames.map(({ payload }) => payload));
        if (Buffer.compare(found, utf8(texts.join(""))) !== 0) wrong.push(`${length} of ${character}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("copies payloads of up to 16 KiB, and leaves larger ones where they are", () => {
    const encoder = new FrameEncoder({ role: "server" });
    const [small, large] = [pattern(16_384), pattern(16_385)];
    encoder.frame(Opcode.binary, small);
    encoder.frame(Opcode.binary, large);
    encoder.frame(Opcode.text, "behind");
    expect(encoder.byteLength).toBe(4 + 16_384 + 4 + 16_385 + 8);
    const parts = encoder.take();
    expect(parts.map((part) => part.length)).toEqual([4 + 16_384 + 4, 16_385, 8]);
    expect(parts[1]).toBe(large);
    expect(parts[0]!.buffer).not.toBe(small.buffer);
  });

  it.each([16_385, 65_535, 65_536, 100_000])("masks a copy of %i bytes in a buffer of its size", (length) => {
    const encoder = new FrameEncoder({ role: "client" });
    encoder.frame(Opcode.binary, pattern(length));
    const [bytes, ...others] = encoder.take();
    expect(others).toEqual([]);
    expect(bytes).toHaveLength((length > 65_535 ? 14 : 8) + length);
    expect(bytes!.buffer.byteLength).toBe(bytes!.length);
  });

  it("masks 16 KiB in the piece of the frames around it", () => {
    const encoder = new FrameEncoder({ role: "client" });
    encoder.frame(Opcode.binary, pattern(16_384));
    encoder.frame(Opcode.text, "behind");
    expect(encoder.take().map((part) => part.length)).toEqual([8 + 16_384 + 12]);
  });

  it("tells lengths beyond 32 bits in all 64 (RFC 6455 §5.2)", () => {
    const encoder = new FrameEncoder({ role: "server" });
    // Nobody needs the memory: a payload of that size is not read, only passed on.
    const payload = Object.defineProperty(new Uint8Array(0), "length", { value: 2 ** 33 + 5 });
    encoder.frame(Opcode.binary, payload);
    const [header, body] = encoder.take();
    expect(concat([header!])).toEqual(hex("82 7f 00 00 00 02 00 00 00 05"));
    // Not by toBe: a failure would print it, element by element.
    expect(body === payload).toBe(true);
  });

  it("passes frames on that are bytes already: small ones joined to their neighbours, large ones as they are", () => {
    const encoder = new FrameEncoder({ role: "server" });
    const [small, large] = [encodeFrame("server", 1, "one"), encodeFrame("server", 2, pattern(20_000))];
    encoder.frame(Opcode.text, "zero");
    encoder.shared(small);
    encoder.shared(large);
    encoder.shared(small);
    encoder.shared(new Uint8Array(0));
    expect(encoder.byteLength).toBe(6 + 5 + 20_004 + 5);
    const parts = encoder.take();
    expect(parts.map((part) => part.length)).toEqual([11, 20_004, 5]);
    expect(parts[1]).toBe(large);
    expect(concat(parts)).toEqual(concat([encodeFrame("server", 1, "zero"), small, large, small]));
  });

  it("joins shared frames of up to 16 KiB, and no larger ones", () => {
    const encoder = new FrameEncoder({ role: "server" });
    const [joined, kept] = [pattern(16_384), pattern(16_385)];
    encoder.shared(joined);
    encoder.shared(joined);
    encoder.shared(kept);
    const parts = encoder.take();
    expect(parts.map((part) => part.length)).toEqual([32_768, 16_385]);
    expect(parts[1]).toBe(kept);
    encoder.shared(joined);
    expect(encoder.take()[0]).toBe(joined);
  });

  it("joins up to 64 KiB before it begins another piece", () => {
    const encoder = new FrameEncoder({ role: "server" });
    for (let i = 0; i < 4; i++) encoder.shared(pattern(16_384));
    encoder.shared(Uint8Array.of(1));
    expect(encoder.byteLength).toBe(65_537);
    expect(encoder.take().map((part) => part.length)).toEqual([65_536, 1]);
  });

  it("joins what many are sent once for all of them, and only the very same", () => {
    const [one, two, three] = ["one", "two", "three"].map((text) => encodeFrame("server", 1, text));
    const bytesOf = (...frames: (Uint8Array | undefined)[]): Uint8Array => {
      const encoder = new FrameEncoder({ role: "server" });
      for (const frame of frames) encoder.shared(frame!);
      const [bytes, ...others] = encoder.take();
      expect(others).toEqual([]);
      return bytes!;
    };
    const first = bytesOf(one, two);
    expect(concat([first])).toEqual(concat([one!, two!]));
    expect(bytesOf(one, two)).toBe(first);
    expect(concat([bytesOf(two, one)])).toEqual(concat([two!, one!]));
    expect(concat([bytesOf(one, two, three)])).toEqual(concat([one!, two!, three!]));
    expect(concat([bytesOf(one, three)])).toEqual(concat([one!, three!]));
    expect(concat([first])).toEqual(concat([one!, two!]));
  });

  it("keeps nothing alive of a large buffer that a payload was a part of", async () => {
    // What was joined last is remembered, and it was looked at how large the pieces are, not what they are pieces of.
    const lengthsOf = (payload: Uint8Array): number[] => {
      const encoder = new FrameEncoder({ role: "server" });
      encoder.frame(Opcode.binary, payload);
      return encoder.take().map((part) => part.length);
    };
    const before = heldBytes();
    expect(lengthsOf(new Uint8Array(50_000_000).subarray(0, 20_000))).toEqual([4, 20_000]);
    // Nothing of that call is left on the stack then.
    await new Promise((resolve) => setImmediate(resolve));
    expect(heldBytes() - before).toBeLessThan(10_000_000);
  });

  it.each([1, 100, 5000, 16_384])("goes on behind the shared 64 KiB, with frames of %i bytes", (length) => {
    fixKeys();
    const payload = pattern(length);
    const count = Math.ceil(140_000 / (length + 8));
    for (const role of ROLES) {
      const encoder = new FrameEncoder({ role });
      for (let i = 0; i < count; i++) encoder.frame(Opcode.binary, payload);
      const one = wire(role === "server" ? "client" : "server", { first: 0x82, payload });
      const all = concat(encoder.take());
      expect(Buffer.compare(all, concat(Array<Uint8Array>(count).fill(one)))).toBe(0);
    }
  });

  it("keeps the bytes of two encoders apart and in order", () => {
    const [a, b] = [new FrameEncoder({ role: "server" }), new FrameEncoder({ role: "server" })];
    a.frame(Opcode.text, "a1");
    b.frame(Opcode.text, "b1");
    a.frame(Opcode.text, "a2");
    expect([a.byteLength, b.byteLength]).toEqual([8, 4]);
    const other = encodeFrame("server", Opcode.text, "other");
    b.frame(Opcode.text, "b2");
    expect(concat(a.take())).toEqual(concat([hex("81 02 61 31"), hex("81 02 61 32")]));
    expect(concat(b.take())).toEqual(concat([hex("81 02 62 31"), hex("81 02 62 32")]));
    expect(concat([other])).toEqual(concat([hex("81 05"), utf8("other")]));
  });
});

describe("encoder › memory that may be written again", () => {
  const encoded = (encoder: FrameEncoder, text: string): Uint8Array => {
    encoder.frame(Opcode.text, text);
    const [bytes, ...more] = encoder.take();
    expect(more).toEqual([]);
    return bytes!;
  };
  const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1", 2);

  it("is where bytes were that have left", () => {
    const encoder = new FrameEncoder({ role: "server" });
    const first = encoded(encoder, "first");
    reuse(first);
    const second = encoded(encoder, "second");
    expect([second.buffer, second.byteOffset]).toEqual([first.buffer, first.byteOffset]);
    expect(textOf(second)).toBe("second");
  });

  it("is only what was handed over last", () => {
    const encoder = new FrameEncoder({ role: "server" });
    const first = encoded(encoder, "first");
    const second = encoded(encoder, "second");
    reuse(first);
    const third = encoded(encoder, "third");
    expect([first, second, third].map(textOf)).toEqual(["first", "second", "third"]);
    for (const bytes of [third, second, first]) reuse(bytes);
    expect(encoded(encoder, "fourth").byteOffset).toBe(third.byteOffset);
    expect([first, second].map(textOf)).toEqual(["first", "second"]);
  });

  it("is none while frames of another encoder stand behind it", () => {
    const [one, two] = [new FrameEncoder({ role: "server" }), new FrameEncoder({ role: "server" })];
    const left = encoded(one, "left");
    two.frame(Opcode.text, "waits");
    reuse(left);
    one.frame(Opcode.text, "next");
    expect(two.byteLength).toBe(7);
    expect(two.take().map(textOf)).toEqual(["waits"]);
    expect(one.take().map(textOf)).toEqual(["next"]);
  });

  it("is none of others, wherever that ends", () => {
    const encoder = new FrameEncoder({ role: "server" });
    const bytes = encoded(encoder, "bytes");
    reuse(new Uint8Array(new ArrayBuffer(64 * 1024), bytes.byteOffset, bytes.length));
    expect(encoded(encoder, "behind").byteOffset).toBe(bytes.byteOffset + bytes.length);
  });
});

describe("encoder › what is no payload", () => {
  it.each([
    ["a number", 100, "Number"],
    ["null", null, "Null"],
    ["nothing", undefined, "Undefined"],
    ["wider elements", new Uint16Array(9), "Uint16Array"],
    ["an ArrayBuffer", new ArrayBuffer(9), "ArrayBuffer"],
    ["a DataView", new DataView(new ArrayBuffer(9)), "DataView"],
    ["an array", [1, 2, 3], "Array"],
    ["an object with a length", { length: 9 }, "Object"],
  ])("%s is refused, and nothing is written", (_, payload, type) => {
    for (const role of ROLES) {
      const encoder = new FrameEncoder({ role });
      encoder.frame(Opcode.ping, "");
      const size = encoder.byteLength;
      const message = `Cannot send [object ${type}]: it must be a string or a Uint8Array`;
      expect(() => encoder.frame(Opcode.ping, payload as never)).toThrow(new TypeError(message));
      expect(() => encoder.shared(payload as never)).toThrow(TypeError);
      expect(() => encodeFrame(role, Opcode.ping, payload as never)).toThrow(TypeError);
      expect(encoder.byteLength).toBe(size);
      expect(concat(encoder.take())).toHaveLength(size);
    }
  });

  it("any view of single bytes is one", () => {
    expect(concat([encodeFrame("server", 2, Buffer.from("hi"))])).toEqual(hex("82 02 68 69"));
    expect(concat([encodeFrame("server", 2, new Uint8ClampedArray([1, 2]) as never)])).toEqual(
      hex("82 02 01 02"),
    );
    expect(concat([encodeFrame("server", 2, pattern(9).subarray(3, 5))])).toEqual(
      concat([hex("82 02"), pattern(9).subarray(3, 5)]),
    );
  });
});
