// Little data that becomes a lot: the limit holds while zlib inflates, not afterwards.
import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { heldBytes, peakBytes } from "./memory.ts";
import { concat, noise, prose, ROLES, side } from "./messages.ts";

const KiB = 1024;
const MiB = 1024 * 1024;

/** A mebibyte of zeros in a kibibyte: as good as DEFLATE can (1032:1). It refers to nothing before it. */
const MEBIBYTE = deflateRawSync(new Uint8Array(MiB), { level: 9, finishFlush: constants.Z_FULL_FLUSH });

/** A message of so many mebibytes. */
function bomb(mebibytes: number): Uint8Array {
  return concat([...Array.from({ length: mebibytes }, () => MEBIBYTE), Uint8Array.of(0)]);
}

describe.each(ROLES)("bomb › as %s", (role) => {
  describe.each([true, false])("no context takeover: %s", (noTakeover) => {
    it("1 KiB that becomes 1 MiB stops at whatever is allowed", () => {
      expect(bomb(1).length).toBeLessThan(1100);
      for (const maxBytes of [0, 1, 100, KiB, 64 * KiB, 64 * KiB + 1, MiB - 1]) {
        expect(side(role, 15, noTakeover).decompress(bomb(1), maxBytes)).toBe("MESSAGE_TOO_BIG");
      }
      const whole = side(role, 15, noTakeover).decompress(bomb(1), MiB);
      expect(whole.length).toBe(MiB);
    });

    it("512 KiB that would become 512 MiB never take more than the limit and a few chunks", () => {
      const data = bomb(512);
      const before = peakBytes();
      for (let i = 0; i < 5; i++) {
        expect(side(role, 15, noTakeover).decompress(data, MiB)).toBe("MESSAGE_TOO_BIG");
      }
      expect(peakBytes() - before).toBeLessThan(48 * MiB);
    });

    it.each([0, 1, 2, 255, 256, 257, 1000, 65_535, 65_536, 65_537, 300_000])(
      "a message of %d bytes is let through by a limit of as many, and by none lower",
      (size) => {
        for (const message of [prose(size), new Uint8Array(size), noise(size)]) {
          const data = deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
          const exact = side(role, 15, noTakeover).decompress(data, size);
          expect(exact.length).toBe(size);
          if (size === 0) continue;
          for (const maxBytes of new Set([size - 1, size >> 1, 0])) {
            expect(side(role, 15, noTakeover).decompress(data, maxBytes)).toBe("MESSAGE_TOO_BIG");
          }
        }
      },
    );
  });
});

describe("bomb › spread over final blocks (RFC 7692 §7.2.3.4)", () => {
  const final = deflateRawSync(prose(1000));
  const thrice = concat([final, final, final, Uint8Array.of(0)]);

  it("the limit is on their sum", () => {
    expect(side("server").decompress(thrice, 3000)).toEqual(concat([prose(1000), prose(1000), prose(1000)]));
    for (const maxBytes of [2999, 2001, 2000, 1999, 1000, 999, 0]) {
      expect(side("server").decompress(thrice, maxBytes)).toBe("MESSAGE_TOO_BIG");
    }
  });

  it("the limit holds when it is used up between two of them", () => {
    const data = concat([final, Uint8Array.of(3, 0), Uint8Array.of(0)]);
    expect(side("server").decompress(data, 1000)).toEqual(prose(1000));
    expect(side("server").decompress(concat([data.subarray(0, -1), final, Uint8Array.of(0)]), 1000)).toBe(
      "MESSAGE_TOO_BIG",
    );
  });

  it("zlib was set up anew, with a chunk of 64 KiB, for each of as many as there were: 60 KB held 441 MB and the process for a second", () => {
    const letter = deflateRawSync("a");
    const data = concat([...Array.from({ length: 20_000 }, () => letter), Uint8Array.of(0)]);
    const before = peakBytes();
    expect(side("server").decompress(data, MiB)).toBe("INVALID_COMPRESSED_DATA");
    expect(peakBytes() - before).toBeLessThan(16 * MiB);
  });

  it("sixteen are free, and one more for each 4 KiB of data", () => {
    const message = (count: number, stuffing: number): Uint8Array =>
      concat([
        ...Array.from({ length: count }, () => Uint8Array.of(3, 0)),
        deflateRawSync(noise(stuffing), { level: 0, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4),
      ]);
    expect(side("server").decompress(message(16, 0), 0)).toEqual(new Uint8Array(0));
    expect(side("server").decompress(message(17, 0), 0)).toBe("INVALID_COMPRESSED_DATA");
    expect(side("server").decompress(message(17, 4096), 4096)).toEqual(noise(4096));
    expect(side("server").decompress(message(18, 4096), 4096)).toBe("INVALID_COMPRESSED_DATA");
    expect(side("server").decompress(message(26, 40_960), 40_960)).toEqual(noise(40_960));
  });

  it("as many as are allowed take no chunk of 64 KiB each", () => {
    const letter = deflateRawSync("a");
    const stuffing = new Uint8Array(16 * MiB);
    const data = concat([
      ...Array.from({ length: 4000 }, () => letter),
      deflateRawSync(stuffing, { level: 0, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4),
    ]);
    const before = peakBytes();
    expect(side("server", 15, true).decompress(data, 17 * MiB).length).toBe(stuffing.length + 4000);
    expect(peakBytes() - before).toBeLessThan(130 * MiB);
  });

  it("what they leave behind is no larger than the message", () => {
    const pieces = Array.from({ length: 16 }, (_, i) => deflateRawSync(`${i}`));
    const data = concat([...pieces, noise(0), Uint8Array.of(0)]);
    const deflate = side("server", 15, true);
    const kept: unknown[] = [];
    const before = heldBytes();
    // So many that nothing else which the process holds by then counts.
    for (let i = 0; i < 4000; i++) kept.push(deflate.decompress(data, 100));
    expect((heldBytes() - before) / kept.length).toBeLessThan(400);
    expect(Buffer.from(kept[0] as Uint8Array).toString()).toBe("0123456789101112131415");
  });
});

describe("limit", () => {
  it("may be as large as a number can be: what no buffer can hold was refused by zlib, as invalid data", () => {
    const data = side("client").compress(prose(1000))!;
    for (const maxBytes of [2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 33, Number.MAX_SAFE_INTEGER, Infinity]) {
      expect(side("server").decompress(data, maxBytes)).toEqual(prose(1000));
    }
  });
});
