import { FrameDecoder, type Frame, isLastPart, ProtocolError, type Role, unmaskPart } from "@ws/frame";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { feed, joinParts, MODES } from "./decoding.ts";
import { decodeReference, encodeReference, type ReferenceFrame } from "./reference.ts";
import { bigEndian, concat, ROLES, toHex, wire } from "./wire.ts";

// Much work in few tests: seconds at most, but on a machine that does other things besides.
vi.setConfig({ testTimeout: 60_000 });

const lengths = fc.oneof(
  { weight: 8, arbitrary: fc.nat({ max: 20 }) },
  { weight: 4, arbitrary: fc.constantFrom(0, 124, 125, 126, 127, 128, 129, 300) },
  { weight: 1, arbitrary: fc.constantFrom(65_535, 65_536, 70_001) },
);
const payloads = fc
  .tuple(lengths, fc.nat({ max: 255 }))
  .map(([length, seed]) => Uint8Array.from({ length }, (_, i) => (seed + i * 37) & 0xff));
const frames: fc.Arbitrary<ReferenceFrame> = fc
  .record({
    fin: fc.boolean(),
    rsv: fc.nat({ max: 7 }),
    opcode: fc.constantFrom(0, 1, 2, 8, 9, 10),
    payload: payloads,
  })
  .map((frame) => (frame.opcode < 8 ? frame : { ...frame, fin: true, payload: frame.payload.slice(0, 125) }));
const keys = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = places.map((place) => Math.floor(place * bytes.length)).toSorted((a, b) => a - b);
  return [...ends, bytes.length].map((end, i) => bytes.slice(i === 0 ? 0 : ends[i - 1], end));
}

function onTheWire(reader: Role, frame: ReferenceFrame, key: readonly number[]): Uint8Array {
  const { fin, rsv, opcode, payload } = frame;
  return reader === "client"
    ? encodeReference(frame)
    : wire("server", { first: (fin ? 0x80 : 0) | (rsv << 4) | opcode, payload }, key);
}

function comparable({ fin, rsv, opcode, payload }: ReferenceFrame): string {
  return `${fin} ${rsv} ${opcode} ${toHex(payload)}`;
}

/** Frames until the bytes or the decoder's patience end; parts whose frame never ended are left out. */
function decode(decoder: FrameDecoder, chunks: readonly Uint8Array[]): { frames: string[]; error?: string } {
  const whole: string[] = [];
  let parts: Frame[] = [];
  // Each chunk can bring one part more than it has frames, and every frame takes two bytes or more.
  let patience = chunks.reduce((sum, chunk) => sum + chunk.length + 2, 10);
  try {
    for (const chunk of chunks) {
      decoder.push(chunk);
      for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) {
        if (--patience < 0) throw new Error("The decoder does not come to an end");
        unmaskPart(frame);
        parts.push(frame);
        if (!isLastPart(frame)) continue;
        whole.push(comparable({ ...frame, payload: concat(parts.map(({ payload }) => payload)) }));
        parts = [];
      }
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { frames: whole, error: error.code };
  }
  return { frames: whole };
}

describe.each(ROLES)("decoder › as %s", (role) => {
  describe.each(MODES)("%s", (_, partial) => {
    it("decodes any frames in any chunks to what they were", () => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(frames, keys), { maxLength: 6 }),
          cuts,
          fc.boolean(),
          (list, places, late) => {
            const bytes = concat(list.map(([frame, key]) => onTheWire(role, frame, key)));
            const decoder = new FrameDecoder({ role, partial, reservedBits: 7 });
            const decoded = joinParts(feed(decoder, cutAt(bytes, places), !late));
            expect(
              decoded.map(({ fin, rsv, opcode, payload }) => `${fin} ${rsv} ${opcode} ${payload}`),
            ).toEqual(list.map(([frame]) => comparable(frame)));
          },
        ),
        { numRuns: 80 },
      );
    });

    // Headers that are nearly right find more than noise does.
    const headers = fc
      .tuple(
        fc.nat(255),
        fc.constantFrom(0, 1, 2, 125, 126, 127),
        fc.boolean(),
        fc.bigInt(0n, 2n ** 64n - 1n),
      )
      .map(([first, length7, isMasked, length]) =>
        Uint8Array.of(
          first,
          length7 + (isMasked ? 128 : 0),
          ...(length7 === 126 ? bigEndian(length % 300n, 2) : []),
          ...(length7 === 127 ? bigEndian(length >> (length % 64n), 8) : []),
        ),
      );
    const valid = fc.tuple(frames, keys).map(([frame, key]) => onTheWire(role, frame, key));
    const anything = fc
      .array(fc.oneof(fc.uint8Array({ maxLength: 40 }), headers, valid), { maxLength: 6 })
      .map((pieces) => concat(pieces));
    const settings = fc.record({
      reservedBits: fc.constantFrom(0, 4, 7),
      maxPayloadBytes: fc.constantFrom(0, 20, 126, 65_536, Number.MAX_SAFE_INTEGER),
    });

    it("makes of any bytes what RFC 6455 §5.2 makes of them: frames, or a protocol error", () => {
      fc.assert(
        fc.property(anything, cuts, settings, (bytes, places, options) => {
          const expected = decodeReference(role, bytes, options);
          const decoded = decode(new FrameDecoder({ role, partial, ...options }), cutAt(bytes, places));
          expect(decoded).toEqual({ ...expected, frames: expected.frames.map((frame) => comparable(frame)) });
        }),
        { numRuns: 600 },
      );
    });

    it("makes of valid bytes with some of them changed what RFC 6455 §5.2 makes of them", () => {
      const changes = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
        maxLength: 3,
      });
      const small = fc
        .tuple(frames, keys)
        .map(([frame, key]) =>
          onTheWire(role, { ...frame, payload: frame.payload.slice(0, 130) }, key).slice(),
        );
      const options = { reservedBits: 4, maxPayloadBytes: 1000 };
      fc.assert(
        fc.property(fc.array(small, { minLength: 1, maxLength: 4 }), changes, cuts, (list, flips, places) => {
          const bytes = concat(list);
          for (const [place, octet] of flips) bytes[Math.floor(place * (bytes.length - 1))] = octet;
          const expected = decodeReference(role, bytes, options);
          const decoded = decode(new FrameDecoder({ role, partial, ...options }), cutAt(bytes, places));
          expect(decoded).toEqual({ ...expected, frames: expected.frames.map((frame) => comparable(frame)) });
        }),
        { numRuns: 250 },
      );
    });
  });
});
