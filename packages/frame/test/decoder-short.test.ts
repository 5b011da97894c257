// The short way to a message takes what next() would have returned as one frame, or nothing at all.
import {
  type FrameDecoder as Decoder,
  FrameDecoder,
  isLastPart,
  MAX_SHORT_MESSAGE_BYTES,
  Opcode,
  ProtocolError,
  readBuffer,
  type Role,
  unmaskPart,
} from "@ws/frame";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { texts } from "./arbitraries.ts";
import { DELIVERIES, pull } from "./decoding.ts";
import { concat, hex, KEY, maskByBytes, pattern, ROLES, toHex, utf8, wire, type WireFrame } from "./wire.ts";

// Much work in few tests: seconds at most, but on a machine that does other things besides.
vi.setConfig({ testTimeout: 60_000 });

const TEXT = 0x81;
const BINARY = 0x82;

function decoderWith(role: Role, ...chunks: Uint8Array[]): Decoder {
  const decoder = new FrameDecoder({ role });
  for (const chunk of chunks) decoder.push(chunk);
  return decoder;
}

/** What arrives, one entry for each frame, until an error; with or without asking for the short way each time. */
function receive(decoder: Decoder, chunks: readonly Uint8Array[], asksShort: boolean): string[] {
  const found: string[] = [];
  let payload: Uint8Array[] = [];
  try {
    for (const chunk of chunks) {
      decoder.push(chunk);
      for (;;) {
        const short = asksShort ? decoder.nextShort(true) : undefined;
        if (short !== undefined) {
          found.push(`true 0 ${typeof short === "string" ? `1 ${toHex(utf8(short))}` : `2 ${toHex(short)}`}`);
          continue;
        }
        const frame = decoder.next();
        if (frame === undefined) break;
        unmaskPart(frame);
        payload.push(frame.payload);
        if (!isLastPart(frame)) continue;
        found.push(`${frame.fin} ${frame.rsv} ${frame.opcode} ${toHex(concat(payload))}`);
        payload = [];
      }
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    found.push(error.code);
  }
  return found;
}

describe.each(ROLES)("decoder › the short way, as %s", (role) => {
  it.each(["", "a", "hello", "naïve €", "😀".repeat(31), "x".repeat(125)])("takes the text %o", (text) => {
    const decoder = decoderWith(role, wire(role, { first: TEXT, payload: utf8(text) }));
    expect(decoder.nextShort(true)).toBe(text);
    expect(decoder.nextShort(true)).toBeUndefined();
    expect(decoder.next()).toBeUndefined();
    expect(decoder.isIdle).toBe(true);
  });

  it.each([0, 1, 20, 124, 125])("takes %i bytes", (length) => {
    const payload = pattern(length);
    const decoder = decoderWith(role, wire(role, { first: BINARY, payload }));
    const taken = decoder.nextShort(false) as Uint8Array;
    expect(Object.getPrototypeOf(taken)).toBe(Uint8Array.prototype);
    expect(toHex(taken)).toBe(toHex(payload));
    expect(decoder.next()).toBeUndefined();
    expect(decoder.isIdle).toBe(true);
  });

  it("keeps a byte order mark, and a zero", () => {
    const text = "\uFEFFa\0b";
    expect(decoderWith(role, wire(role, { first: TEXT, payload: utf8(text) })).nextShort(true)).toBe(text);
  });

  const others: Record<string, WireFrame> = {
    "more than 125 bytes": { first: BINARY, payload: pattern(MAX_SHORT_MESSAGE_BYTES + 1) },
    "a fragment": { first: Opcode.text, payload: utf8("a") },
    "a continuation": { first: 0x80, payload: utf8("a") },
    RSV1: { first: TEXT | 0x40, payload: utf8("a") },
    RSV3: { first: BINARY | 0x10, payload: utf8("a") },
    "a ping": { first: 0x80 | Opcode.ping, payload: utf8("a") },
    "a close": { first: 0x80 | Opcode.close, payload: hex("03e8") },
    "a reserved opcode": { first: 0x83, payload: utf8("a") },
    "the wrong mask": { first: TEXT, payload: utf8("a"), wrongMask: true },
    "a length that is not minimal": { first: TEXT, length7: 126, extended: [0, 1], payload: utf8("a") },
    "text that is not UTF-8": { first: TEXT, payload: hex("61 ff 62") },
    "text that ends amid a character": { first: TEXT, payload: hex("61 e2 82") },
    "a surrogate": { first: TEXT, payload: hex("ed a0 80") },
  };
  it.each(Object.keys(others))("leaves %s to next(), as it came", (name) => {
    const bytes = wire(role, others[name]!);
    const decoder = decoderWith(role, bytes.slice());
    expect(decoder.nextShort(true)).toBeUndefined();
    expect(decoder.nextShort(true)).toBeUndefined();
    const rest = receive(decoder, [new Uint8Array(0)], false);
    expect(rest).toEqual(receive(new FrameDecoder({ role }), [bytes.slice()], false));
    expect(rest).toHaveLength(1);
  });

  it("leaves what is larger than maxPayloadBytes", () => {
    const bytes = wire(role, { first: BINARY, payload: pattern(11) });
    for (const [maxPayloadBytes, isTaken] of [
      [10, false],
      [11, true],
    ] as const) {
      const decoder = new FrameDecoder({ role, maxPayloadBytes });
      decoder.push(bytes.slice());
      expect(decoder.nextShort(true) !== undefined, `${maxPayloadBytes}`).toBe(isTaken);
      if (!isTaken)
        expect(() => decoder.next()).toThrow(expect.objectContaining({ code: "MESSAGE_TOO_BIG" }));
    }
  });

  it("takes no payload for a frame, whatever stands in it (RFC 6455 §5.2)", () => {
    // On the wire, behind the header of a ping that came alone, it looks like a message.
    const inner = wire(role, { first: TEXT, payload: utf8("A") });
    const ping = wire(role, { first: 0x89, length7: inner.length });
    const decoder = decoderWith(role, ping);
    expect(decoder.next()).toBeUndefined();
    decoder.push(concat([inner, wire(role, { first: TEXT, payload: utf8("B") })]));
    expect(decoder.nextShort(true)).toBeUndefined();
    expect(decoder.next()).toMatchObject({ opcode: Opcode.ping, payloadLength: inner.length });
    expect(decoder.nextShort(true)).toBe("B");
  });

  it("takes no rest of a header for another one (RFC 6455 §5.2)", () => {
    // Of the second octet, or of the masking key, on its first bytes look like a header, and others follow.
    const [begun, rest, found] =
      role === "server"
        ? [hex("82"), hex("81 80 00 00 00 80"), [hex("00")]]
        : [hex("81"), hex("00 82 01 41"), [hex(""), hex("41")]];
    const decoder = decoderWith(role, begun);
    expect(decoder.next()).toBeUndefined();
    decoder.push(rest);
    expect(decoder.nextShort(true)).toBeUndefined();
    const frames = pull(decoder);
    expect(frames.map(({ payload }) => toHex(payload))).toEqual(found.map((bytes) => toHex(bytes)));
  });

  it("leaves text where none is wanted, and takes bytes", () => {
    const decoder = decoderWith(
      role,
      concat([
        wire(role, { first: BINARY, payload: utf8("b") }),
        wire(role, { first: TEXT, payload: utf8("t") }),
      ]),
    );
    expect(toHex(decoder.nextShort(false) as Uint8Array)).toBe("62");
    expect(decoder.nextShort(false)).toBeUndefined();
    expect(decoder.next()).toMatchObject({ opcode: Opcode.text, payload: utf8("t") });
  });

  it("leaves what has broken off, wherever that is, until all of it is there", () => {
    const bytes = wire(role, { first: TEXT, payload: utf8("hello") });
    for (let at = 0; at < bytes.length; at++) {
      const decoder = decoderWith(role, bytes.slice(0, at));
      expect(decoder.nextShort(true), `after ${at} bytes`).toBeUndefined();
      expect(decoder.next()).toBeUndefined();
      decoder.push(bytes.slice(at));
      // Only what had not begun may still go the short way.
      const text = decoder.nextShort(true);
      if (at === 0) expect(text).toBe("hello");
      else expect(text ?? decoder.next()).toMatchObject({ payload: utf8("hello") });
    }
  });

  it("has nothing after an error, and after discard()", () => {
    const fine = wire(role, { first: TEXT, payload: utf8("a") });
    const failed = decoderWith(role, wire(role, { first: 0x83 }), fine.slice());
    expect(() => failed.next()).toThrow(ProtocolError);
    expect(failed.nextShort(true)).toBeUndefined();
    expect(() => failed.next()).toThrow(ProtocolError);
    const discarded = decoderWith(role, fine.slice());
    discarded.discard();
    expect(discarded.nextShort(true)).toBeUndefined();
  });

  it("brings what next() alone brings, of anything, cut anywhere", () => {
    const payload = fc.oneof(
      texts(60).map((text) => utf8(text)),
      fc.uint8Array({ maxLength: 130 }),
      // What looks like a frame must stay what it is.
      fc.nat(20).map((length) => maskByBytes(wire(role, { first: TEXT, payload: pattern(length) }), KEY)),
      fc.nat(20).map((length) => wire(role, { first: BINARY, payload: pattern(length) })),
    );
    const frames = fc.record({
      first: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(TEXT, BINARY) },
        { weight: 2, arbitrary: fc.constantFrom(0x01, 0x02, 0x00, 0x80, 0x89, 0x8a) },
        { weight: 1, arbitrary: fc.nat(255) },
      ),
      payload,
      wrongMask: fc.integer({ min: 0, max: 40 }).map((dice) => dice === 0),
    });
    const keys = fc.oneof(fc.constant(KEY), fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }));
    const limits = fc.constantFrom({}, { maxPayloadBytes: 20 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(frames, keys), { maxLength: 8 }),
        fc.boolean(),
        limits,
        (list, partial, limit) => {
          const bytes = concat(list.map(([frame, key]) => wire(role, frame, key)));
          for (const cut of Object.values(DELIVERIES)) {
            const [short, long] = [true, false].map((asksShort) =>
              receive(new FrameDecoder({ role, partial, ...limit }), cut(bytes), asksShort),
            );
            if (short!.join("\n") === long!.join("\n")) continue;
            expect(short).toEqual(long);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("copies what is lent", () => {
    const buffer = readBuffer();
    const bytes = concat([
      wire(role, { first: BINARY, payload: pattern(20) }),
      wire(role, { first: TEXT, payload: utf8("häl") }),
    ]);
    buffer.set(bytes);
    const decoder = decoderWith(role, new Uint8Array(buffer.buffer, buffer.byteOffset, bytes.length));
    const taken = [decoder.nextShort(true), decoder.nextShort(true)];
    decoder.keep();
    buffer.fill(0xee);
    expect(taken).toEqual([pattern(20), "häl"]);
  });
});
