import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, noise, prose, ROLES, side } from "./messages.ts";

const FAILURES = ["INVALID_COMPRESSED_DATA", "MESSAGE_TOO_BIG"];

/** Whatever the data is: no exception, and no more than was allowed. Returns whether it was taken for a message. */
function survives(data: Uint8Array, maxBytes = 2000, noContextTakeover = false): boolean {
  const result = side("server", 15, noContextTakeover).decompress(data, maxBytes);
  if (typeof result !== "string") expect(result.length).toBeLessThanOrEqual(maxBytes);
  else expect(FAILURES).toContain(result);
  return typeof result !== "string";
}

/** One message of each kind of block. */
const SAMPLES: readonly (readonly [string, Uint8Array])[] = [
  ["fixed Huffman codes", side("client").compress(prose(40))!],
  ["dynamic Huffman codes", side("client").compress(prose(1500))!],
  ["stored blocks", new Uint8Array(deflateRawSync(noise(200), { level: 0, finishFlush: 2 }).subarray(0, -4))],
  ["a final block inside", concat([deflateRawSync(prose(200)), side("client").compress(prose(200, 2))!])],
  ["a run", side("client").compress(new Uint8Array(1000))!],
];

describe.each(SAMPLES)("decompress › damaged data with %s", (_, sample) => {
  it("is what it should be: whole, it is a message", () => {
    expect(survives(sample)).toBe(true);
  });

  it("never throws, whatever bit is changed", () => {
    for (let at = 0; at < sample.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const data = sample.slice();
        data[at]! ^= 1 << bit;
        survives(data);
      }
    }
  });

  it("never throws, wherever it is cut off", () => {
    for (let length = 0; length < sample.length; length++) survives(sample.slice(0, length));
  });

  it("never throws, whatever stands behind it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (garbage) => {
        survives(concat([sample, garbage]));
      }),
      { numRuns: 200 },
    );
  });

  it("never throws, whatever octets are changed, taken out or put in", () => {
    const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const edits = fc.array(fc.tuple(place, fc.nat(2), fc.uint8Array({ maxLength: 4 })), { maxLength: 5 });
    fc.assert(
      fc.property(edits, fc.boolean(), fc.constantFrom(0, 1, 100, 2000), (list, noTakeover, maxBytes) => {
        let data = sample;
        for (const [where, removed, put] of list) {
          const at = Math.floor(where * data.length);
          data = concat([data.subarray(0, at), put, data.subarray(at + removed)]);
        }
        survives(data, maxBytes, noTakeover);
      }),
      { numRuns: 300 },
    );
  });
});

describe("decompress › what is not DEFLATE data", () => {
  it("never throws, whatever it is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat({ max: 100 }), (data, maxBytes) => {
        survives(data, maxBytes);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ["nothing at all: an empty message has an octet (RFC 7692 §7.2.3.6)", ""],
    ["a block of the reserved type", "06"],
    ["a stored block whose length contradicts itself", "00 05 00 00 00 48 65 6c 6c 6f 00"],
    ["a reference to before the beginning", "f2 00 11 00 00"],
    ["a final block with nothing behind it (RFC 7692 §7.2.1)", "f3 48 cd c9 c9 07 00"],
    ["a message cut off inside a code", "f2 48 cd"],
    ["a stored block that promises more than comes", "00 ff ff 00 00 48"],
    ["too many codes", "fc ff ff ff"],
  ])("refuses %s", (_, octets) => {
    const data = Uint8Array.from(octets === "" ? [] : octets.split(" "), (octet) =>
      Number.parseInt(octet, 16),
    );
    for (const role of ROLES) {
      for (const noContextTakeover of [true, false]) {
        expect(side(role, 15, noContextTakeover).decompress(data, 1000)).toBe("INVALID_COMPRESSED_DATA");
      }
    }
  });

  it("refuses what refers to further back than the agreed window (RFC 7692 §7.1.2)", () => {
    const peer = side("client", 15);
    const data = [2000, 100].map((zeros) => peer.compress(concat([noise(100), new Uint8Array(zeros)]))!);
    const generous = side("server", 15);
    expect(data.map((each) => typeof generous.decompress(each, 7000))).toEqual(["object", "object"]);
    const strict = side("server", 9);
    expect(strict.decompress(data[0]!, 7000)).toBeInstanceOf(Uint8Array);
    expect(strict.decompress(data[1]!, 7000)).toBe("INVALID_COMPRESSED_DATA");
  });
});
