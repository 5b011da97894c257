// A message that is compressed part by part, as its fragments are sent: put together it is DEFLATE data like any other.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspect } from "./inspect.ts";
import { concat, expectSame, noise, prose, ROLES, sequences, side, WINDOW_BITS } from "./messages.ts";
import { compressParts, cut, cuts, slices } from "./parts.ts";
import { inflateFragments } from "./peer.ts";

const NOTHING = new Uint8Array(0);

describe.each(ROLES)("compressPart › as %s", (role) => {
  describe.each(WINDOW_BITS)("window of 2^%d", (bits) => {
    it.each([true, false])(
      "however a message is cut, its fragments are one compressed message; no context takeover: %s (RFC 7692 §7.2.1)",
      async (noTakeover) => {
        await fc.assert(
          fc.asyncProperty(sequences(bits, 3), cuts, async (pieces, at) => {
            const message = concat(pieces);
            const payloads = compressParts(side(role, bits, noTakeover), cut(message, at));
            expectSame(await inflateFragments(payloads, bits), message);
          }),
          { numRuns: 10 },
        );
      },
    );

    it("never refers back further than the window, nor without a memory to before the message (RFC 7692 §7.1.2)", () => {
      const deflate = side(role, bits, true);
      for (let i = 0; i < 2; i++) {
        const parts = slices(prose(2 ** bits * 3), 2 ** bits / 2 + 1);
        const { bytes, furthest } = inspect(concat(compressParts(deflate, parts)));
        expectSame(bytes, concat(parts));
        expect(furthest).toBeLessThanOrEqual(2 ** bits);
        expect(furthest).toBeGreaterThan(2 ** bits / 4);
      }
    });
  });

  it("each part refers to those before it, whether or not messages do (RFC 7692 §7.1.1)", () => {
    for (const noTakeover of [true, false]) {
      const deflate = side(role, 15, noTakeover);
      const part = noise(5000);
      expect(deflate.compressPart(part, false).length).toBeGreaterThan(5000);
      expect(deflate.compressPart(part, false).length).toBeLessThan(100);
      expect(deflate.compressPart(part, true).length).toBeLessThan(100);
    }
  });

  it("the next message refers to them where messages do, and only there (RFC 7692 §7.1.1)", () => {
    const part = noise(5000);
    for (const next of ["compress", "compressPart"] as const) {
      const remembering = side(role, 15, false);
      const forgetting = side(role, 15, true);
      for (const deflate of [remembering, forgetting]) compressParts(deflate, [part, NOTHING]);
      expect(remembering[next](part, true)!.length).toBeLessThan(100);
      expect(forgetting[next](part, true)?.length ?? Infinity).toBeGreaterThanOrEqual(5000);
    }
  });
});

describe("compressPart", () => {
  it.each([
    ["one empty part", [NOTHING], "00"],
    ["empty parts", [NOTHING, NOTHING, NOTHING], "00"],
  ])("an empty message is one octet of zero: %s (RFC 7692 §7.2.3.6)", (_, parts, octets) => {
    const payloads = compressParts(side("server"), parts);
    expect(Buffer.concat(payloads).toString("hex")).toBe(octets);
  });

  it("parts of no bytes become nothing; the last ends the message nevertheless", async () => {
    for (const noTakeover of [true, false]) {
      const deflate = side("server", 15, noTakeover);
      const payloads = compressParts(deflate, [NOTHING, prose(100), NOTHING, prose(100, 2), NOTHING]);
      expect(payloads.map(({ length }) => length === 0)).toEqual([true, false, true, false, false]);
      expect(payloads.at(-1)).toEqual(Uint8Array.of(0));
      expectSame(await inflateFragments(payloads), concat([prose(100), prose(100, 2)]));
    }
  });

  it("all but the last end at an octet, with a flush (RFC 7692 §7.2.1)", () => {
    const payloads = compressParts(side("server"), slices(prose(10_000), 1000));
    const ends = payloads.map((payload) => Buffer.from(payload.slice(-4)).toString("hex"));
    expect(ends.slice(0, -1)).toEqual(Array.from({ length: 9 }, () => "0000ffff"));
    expect(ends.at(-1)).not.toBe("0000ffff");
  });

  it("compresses what compress() leaves alone: too small, too large, and what does not shrink, which grows by little", async () => {
    const deflate = side("server", 15, true, { thresholdBytes: 500, maxCompressedBytes: 1000 });
    const parts = [noise(1), noise(1), prose(100), prose(5000), noise(300_000), noise(1)];
    const payloads = compressParts(deflate, parts);
    payloads.forEach(({ length }, i) => expect(length).toBeLessThan(parts[i]!.length * 1.001 + 16));
    expectSame(await inflateFragments(payloads), concat(parts));
  });

  it("a message of one part is what compress() makes of it", () => {
    for (const noTakeover of [true, false]) {
      const [one, other] = [side("server", 15, noTakeover), side("server", 15, noTakeover)];
      for (let i = 0; i < 3; i++) {
        expect(one.compressPart(prose(2000, i), true)).toEqual(other.compress(prose(2000, i)));
      }
    }
  });

  it("leaves the part alone, holds no more than it returns, and does not change it later", () => {
    const deflate = side("server");
    const part = new Uint8Array(64 * 1024).fill(7);
    const copy = part.slice();
    const first = deflate.compressPart(part, false);
    expect(part).toEqual(copy);
    expect(first.buffer.byteLength).toBeLessThan(200);
    const kept = first.slice();
    part.fill(9);
    deflate.compressPart(part, false);
    expect(first).toEqual(kept);
    expect(deflate.compressPart(copy, true).length).toBeLessThan(200);
  });

  it("a compressed message waited in a queue with the 64 KiB that zlib had made room for: it holds what it is", () => {
    const data = side("server").compress(new Uint8Array(64 * 1024))!;
    expect(data.buffer.byteLength).toBeLessThan(200);
  });

  it("between two parts no other message may be compressed that would refer to them", () => {
    const deflate = side("server", 15, false);
    deflate.compressPart(prose(1000), false);
    expect(() => deflate.compress(prose(1000))).toThrow("Cannot compress message: the one before it");
    deflate.compressPart(NOTHING, false);
    expect(() => deflate.compress(prose(1000))).toThrow("lacks its last part");
    deflate.compressPart(NOTHING, true);
    expect(deflate.compress(prose(1000))!.length).toBeLessThan(100);
  });

  it("without context takeover one may: a broadcast is compressed once, in the middle of whatever this connection sends", async () => {
    const deflate = side("server", 15, true);
    const payloads = [deflate.compressPart(prose(1000), false)];
    expect(deflate.compress(prose(3000, 2))).toEqual(side("server", 15, true).compress(prose(3000, 2)));
    payloads.push(deflate.compressPart(prose(1000), true));
    expect(payloads[1]!.length).toBeLessThan(100);
    expectSame(await inflateFragments(payloads), concat([prose(1000), prose(1000)]));
  });
});
