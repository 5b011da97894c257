// A broadcast is compressed once for all connections of the same variant: that must be the same bytes, then.
import { type DeflateOptions, MessageDeflate, resolveDeflateOptions } from "@ws/deflate";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agreement, prose, ROLES, sequences, side } from "./messages.ts";

const options: fc.Arbitrary<DeflateOptions> = fc.record({
  thresholdBytes: fc.constantFrom(0, 500),
  maxCompressedBytes: fc.constantFrom(1000, 100_000),
  level: fc.constantFrom(1, 6, 9),
  memLevel: fc.constantFrom(1, 8, 9),
});
const settings = fc.tuple(fc.constantFrom(8, 9, 15), options);

describe("variant", () => {
  it.each(ROLES)("there is none where earlier messages matter, as %s (RFC 7692 §7.1.1)", (role) => {
    expect(side(role, 15, false).variant).toBeUndefined();
    expect(side(role, 15, true).variant).toBeDefined();
  });

  it("is about the direction out: what the peer does to its window does not matter", () => {
    const resolved = resolveDeflateOptions("server", {});
    const base = agreement(15, true);
    const { variant } = new MessageDeflate("server", base, resolved);
    for (const other of [{ clientNoContextTakeover: false }, { clientMaxWindowBits: 9 }]) {
      expect(new MessageDeflate("server", { ...base, ...other }, resolved).variant).toBe(variant);
    }
    expect(
      new MessageDeflate("server", { ...base, serverNoContextTakeover: false }, resolved).variant,
    ).toBeUndefined();
    expect(new MessageDeflate("server", { ...base, serverMaxWindowBits: 14 }, resolved).variant).not.toBe(
      variant,
    );
  });

  it("stays the same whatever is sent and received", () => {
    const deflate = side("server", 15, true);
    const { variant } = deflate;
    deflate.decompress(deflate.compress(prose(5000))!, 5000);
    expect(deflate.variant).toBe(variant);
  });

  it("is equal exactly where window and options are, and then the bytes are", () => {
    fc.assert(
      fc.property(settings, settings, sequences(10, 4), ([bits, first], [otherBits, second], messages) => {
        const one = side("server", bits, true, first);
        const other = side("server", otherBits, true, second);
        const areSame = JSON.stringify([bits, first]) === JSON.stringify([otherBits, second]);
        expect(one.variant === other.variant).toBe(areSame);
        const twin = side("server", bits, true, first);
        expect(twin.variant).toBe(one.variant);
        // Whatever one of them sent before.
        one.compress(prose(3000));
        for (const message of messages) expect(twin.compress(message)).toEqual(one.compress(message));
      }),
      { numRuns: 200 },
    );
  });
});

describe("compress › per message", () => {
  it("leaves alone what is below the threshold or beyond the maximum, and nothing else", () => {
    const deflate = side("server", 15, true, { thresholdBytes: 100, maxCompressedBytes: 200 });
    const sizes = [0, 1, 99, 100, 101, 199, 200, 201, 1000];
    expect(sizes.filter((size) => deflate.compress(prose(size)) !== undefined)).toEqual([100, 101, 199, 200]);
  });

  it("compresses from 1 KiB to 1 MiB by default", () => {
    const deflate = new MessageDeflate("server", agreement(15, true), resolveDeflateOptions("server", {}));
    const sizes = [1023, 1024, 1024 * 1024, 1024 * 1024 + 1];
    expect(sizes.filter((size) => deflate.compress(prose(size)) !== undefined)).toEqual([1024, 1024 * 1024]);
  });

  it("a threshold above the maximum compresses nothing", () => {
    const deflate = side("server", 15, true, { thresholdBytes: 1000, maxCompressedBytes: 999 });
    for (const size of [0, 998, 999, 1000, 1001]) expect(deflate.compress(prose(size))).toBeUndefined();
  });

  it("a higher level makes less of it, a higher memory level does not make more", () => {
    const size = (level: number, memLevel = 8): number =>
      side("server", 15, true, { level, memLevel }).compress(prose(50_000))!.length;
    expect(size(9)).toBeLessThan(size(1));
    expect(size(6, 9)).toBeLessThan(size(6, 1));
  });
});
