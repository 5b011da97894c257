import { encodeFrame, FrameDecoder, FrameEncoder } from "@ws/frame";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { texts } from "./arbitraries.ts";
import { feed } from "./decoding.ts";
import { encodeReference } from "./reference.ts";
import { concat, pattern, ROLES, toHex, utf8 } from "./wire.ts";

// Much work in few tests: seconds at most, but on a machine that does other things besides.
vi.setConfig({ testTimeout: 60_000 });

const SIZES = [0, 1, 5, 125, 126, 500, 8000, 16_384, 16_385, 40_000, 65_535, 65_536, 70_000];
const actions = fc.record({
  who: fc.nat({ max: 2 }),
  what: fc.constantFrom("bytes", "text", "shared", "take", "encodeFrame"),
  size: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 1, 5, 125, 126) }, fc.constantFrom(...SIZES)),
  opcode: fc.constantFrom(0, 1, 2, 8, 9, 10),
  fin: fc.boolean(),
  rsv: fc.nat({ max: 7 }),
});

describe.each(ROLES)("encoder › several as %s", (role) => {
  const reader = role === "server" ? "client" : "server";

  it("share a buffer, and never mix, lose, repeat, reorder or change a byte", () => {
    fc.assert(
      fc.property(fc.array(actions, { maxLength: 25 }), (list) => {
        const encoders = [0, 1, 2].map(() => new FrameEncoder({ role }));
        const sent: string[][] = [[], [], []];
        const waiting = [0, 0, 0];
        const taken: Uint8Array[][] = [[], [], []];
        const snapshots: { part: Uint8Array; before: string }[] = [];
        const given: { bytes: Uint8Array; before: string }[] = [];

        for (const { who, what, size, opcode, fin, rsv } of list) {
          const encoder = encoders[who]!;
          const payload = what === "text" ? utf8("é".repeat(size >> 1)) : pattern(size);
          const reference = encodeReference({ fin, rsv, opcode, payload });
          const cost = reference.length + (role === "client" ? 4 : 0);
          if (what === "take") {
            const parts = encoder.take();
            expect(parts.reduce((sum, part) => sum + part.length, 0)).toBe(waiting[who]);
            waiting[who] = 0;
            taken[who]!.push(...parts);
            for (const part of parts) snapshots.push({ part, before: toHex(part) });
            continue;
          }
          if (what === "encodeFrame") {
            const part = encodeFrame(role, opcode, payload, fin, rsv);
            expect(part).toHaveLength(cost);
            snapshots.push({ part, before: toHex(part) });
            continue;
          }
          if (what === "text") encoder.frame(opcode, "é".repeat(size >> 1), fin, rsv);
          else if (what === "bytes") encoder.frame(opcode, payload, fin, rsv);
          else encoder.shared(encodeFrame(role, opcode, payload, fin, rsv));
          if (what !== "text") given.push({ bytes: payload, before: toHex(payload) });
          sent[who]!.push(toHex(reference));
          waiting[who] = waiting[who]! + cost;
          expect(encoders.map(({ byteLength }) => byteLength)).toEqual(waiting);
        }

        encoders.forEach((encoder, who) => taken[who]!.push(...encoder.take()));
        // Read before decoding, which unmasks in place.
        for (const { part, before } of snapshots) expect(toHex(part) === before).toBe(true);
        for (const { bytes, before } of given) expect(toHex(bytes) === before).toBe(true);
        taken.forEach((parts, who) => {
          if (role === "server") expect(toHex(concat(parts)) === sent[who]!.join("")).toBe(true);
          else expect(unmasked(concat(parts)) === sent[who]!.join("")).toBe(true);
        });
      }),
      { numRuns: 80 },
    );
  });

  /** What a client's bytes would be without their masks; control frames may be what a decoder refuses. */
  function unmasked(bytes: Uint8Array): string {
    const frames: string[] = [];
    for (let at = 0; at < bytes.length;) {
      const short = bytes[at + 1]! & 0x7f;
      const extended = short < 126 ? 0 : short === 126 ? 2 : 8;
      const length =
        extended === 0 ? short : Number.parseInt(toHex(bytes.subarray(at + 2, at + 2 + extended)), 16);
      const body = at + 6 + extended;
      const key = bytes.subarray(body - 4, body);
      const payload = bytes.slice(body, body + length).map((octet, i) => octet ^ key[i % 4]!);
      const header = Uint8Array.of(
        bytes[at]!,
        bytes[at + 1]! & 0x7f,
        ...bytes.subarray(at + 2, at + 2 + extended),
      );
      frames.push(toHex(header) + toHex(payload));
      at = body + length;
    }
    return frames.join("");
  }

  it("write what a decoder of the other role reads", () => {
    const payloads = fc.oneof(fc.uint8Array({ maxLength: 300 }), texts(100));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(payloads, fc.boolean(), fc.nat({ max: 7 })), { maxLength: 5 }),
        (list) => {
          const encoder = new FrameEncoder({ role });
          for (const [payload, fin, rsv] of list) encoder.frame(1, payload, fin, rsv);
          const frames = feed(new FrameDecoder({ role: reader, reservedBits: 7 }), encoder.take());
          expect(frames.map((frame) => [toHex(frame.payload), frame.fin, frame.rsv])).toEqual(
            list.map(([payload, fin, rsv]) => [
              toHex(typeof payload === "string" ? utf8(payload) : payload),
              fin,
              rsv,
            ]),
          );
        },
      ),
    );
  });
});
