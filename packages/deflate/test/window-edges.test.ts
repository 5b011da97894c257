// A peer may refer back as far as the window is large. zlib never does, so the references are made by hand.
import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { concat, expectSame, noise, side, WINDOW_BITS } from "./messages.ts";

/** A message of three octets: those that were there 2^bits octets ago (RFC 1951 §3.2.5, §3.2.6). */
function furthestReference(bits: number): Uint8Array {
  const distance = (2 * bits - 1).toString(2).padStart(5, "0");
  // A block of fixed codes: length 3, distance code with all its extra bits set, end; then the header of an empty block.
  const sequence = ["010", "0000001", distance, "1".repeat(bits - 2), "0000000", "000"].join("");
  const octets = new Uint8Array(Math.ceil(sequence.length / 8));
  for (let i = 0; i < sequence.length; i++) octets[i >> 3]! |= Number(sequence[i]) << (i & 7);
  return octets;
}

function stored(message: Uint8Array): Uint8Array {
  return deflateRawSync(message, { level: 0, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

describe.each(WINDOW_BITS)("decompress › window of 2^%d", (bits) => {
  const size = 2 ** bits;

  it("reaches back to its very first octet, however the messages were cut (RFC 7692 §7.1.2)", () => {
    const quarter = size / 4;
    for (const length of [1, 3, 100, quarter - 1, quarter, quarter + 1, size - 3, size - 1, size, size + 1]) {
      const deflate = side("server", bits);
      let history = new Uint8Array(0);
      for (let i = 0; history.length < 3 * size && i < 40; i++) {
        // The first is large, or messages of one octet would never fill the window.
        const message = noise(i === 0 ? size - 5 : length, i + 1);
        expectSame(deflate.decompress(stored(message), message.length), message);
        history = concat([history, message]);
        if (history.length < size) continue;
        const expected = history.slice(-size).slice(0, 3);
        expectSame(deflate.decompress(furthestReference(bits), 3), expected);
        history = concat([history, expected]);
      }
      expect(history.length).toBeGreaterThan(size);
    }
  });

  it("does not reach back to before the first message", () => {
    const deflate = side("server", bits);
    deflate.decompress(stored(noise(size - 1)), size);
    expect(deflate.decompress(furthestReference(bits), 3)).toBe("INVALID_COMPRESSED_DATA");
  });
});
