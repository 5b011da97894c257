import { FrameDecoder, type Role } from "@ws/frame";
import { describe, expect, it } from "vitest";
import { DELIVERIES, feed, joinParts, MODES, pull, type WholeFrame } from "./decoding.ts";
import { EXAMPLES, titled, VALID, type ValidVector } from "./vectors.ts";
import { concat, KEY_AS_INTEGER, ROLES, toHex, utf8, wire } from "./wire.ts";

const FOLLOWING = { first: 0x89, payload: utf8("next") };

function expected(role: Role, vector: Pick<ValidVector, "first" | "payload">): WholeFrame {
  return {
    fin: vector.first >= 0x80,
    rsv: (vector.first >> 4) % 8,
    opcode: vector.first % 16,
    masked: role === "server",
    maskKey: role === "server" ? KEY_AS_INTEGER : 0,
    payload: toHex(vector.payload ?? new Uint8Array(0)),
  };
}

describe.each(ROLES)("decoder › as %s", (role) => {
  describe.each(MODES)("%s", (_, partial) => {
    describe.each(Object.entries(DELIVERIES))("%s", (__, cut) => {
      it.each(titled(VALID))("%s", (___, { reservedBits, ...vector }) => {
        const options = { role, partial, ...(reservedBits !== undefined && { reservedBits }) };
        const bytes = wire(role, vector);

        const alone = feed(new FrameDecoder(options), cut(bytes));
        expect(joinParts(alone)).toEqual([expected(role, vector)]);

        const followed = feed(new FrameDecoder(options), cut(concat([bytes, wire(role, FOLLOWING)])));
        expect(joinParts(followed)).toEqual([expected(role, vector), expected(role, FOLLOWING)]);

        const pulledLate = feed(new FrameDecoder(options), cut(concat([bytes, bytes])), false);
        expect(joinParts(pulledLate)).toEqual([expected(role, vector), expected(role, vector)]);
      });

      it.each(titled(EXAMPLES[role]))("decodes %s (RFC 6455 §5.7)", (___, { bytes, frames }) => {
        const decoded = joinParts(feed(new FrameDecoder({ role, partial }), cut(bytes)));
        expect(decoded.map(({ payload }) => Buffer.from(payload, "hex").toString())).toEqual(frames);
        expect(decoded[0]!.opcode).toBe(bytes[0]! & 0xf);
        expect(decoded.at(-1)!.fin).toBe(true);
      });
    });

    it("waits where bytes are missing, and goes on when they come", () => {
      const bytes = concat([wire(role, FOLLOWING), wire(role, { first: 0x82, payload: utf8("last") })]);
      for (let cut = 0; cut <= bytes.length; cut++) {
        const decoder = new FrameDecoder({ role, partial });
        decoder.push(bytes.slice(0, cut));
        const before = pull(decoder);
        expect(decoder.next()).toBeUndefined();
        decoder.push(bytes.slice(cut));
        const frames = joinParts([...before, ...pull(decoder)]);
        expect(frames.map(({ payload }) => payload)).toEqual([toHex(utf8("next")), toHex(utf8("last"))]);
        expect(decoder.next()).toBeUndefined();
      }
    });
  });
});
