// A message whose compressed bytes come in pieces: it becomes what it would become as a whole, piece by piece.
import { deflateRawSync } from "node:zlib";
import { DecompressError } from "@ws/deflate";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, expectSame, noise, prose, ROLES, sequences, side, WINDOW_BITS } from "./messages.ts";
import { collect, cut, cuts, slices } from "./parts.ts";
import { deflateAsPeer, peerDeflater } from "./peer.ts";

const compressed = (message: Uint8Array): Uint8Array => side("client").compressPart(message, true);

describe.each(ROLES)("decompressParts › as %s", (role) => {
  describe.each(WINDOW_BITS)("window of 2^%d", (bits) => {
    it("reads what a stream with a memory writes, cut anywhere (RFC 7692 §6.2, §7.2.2)", async () => {
      await fc.assert(
        fc.asyncProperty(sequences(bits, 5), cuts, async (messages, at) => {
          const deflate = side(role, bits);
          const stream = peerDeflater(bits);
          for (const message of messages) {
            const parts = cut(await deflateAsPeer(stream, message), at);
            expectSame(await collect(deflate.decompressParts(parts, message.length)), message);
          }
          stream.close();
        }),
        { numRuns: 5 },
      );
    });
  });

  it("reads a message octet by octet, with and without a memory", async () => {
    for (const noTakeover of [true, false]) {
      const deflate = side(role, 15, noTakeover);
      for (const message of [prose(3000), noise(300), new Uint8Array(0), new Uint8Array(100_000)]) {
        const octets = slices(compressed(message), 1);
        expectSame(await collect(deflate.decompressParts(octets)), message);
      }
    }
  });
});

describe("decompressParts", () => {
  it("takes no part before the one before it is used up, and none before it is asked", async () => {
    const log: string[] = [];
    function* source(): Generator<Uint8Array> {
      for (const part of slices(compressed(prose(200_000)), 10_000)) {
        log.push("taken");
        yield part;
        // It is ours again.
        part.fill(0xff);
      }
    }
    const chunks: Uint8Array[] = [];
    const iterator = side("server").decompressParts(source());
    expect(log).toEqual([]);
    for await (const chunk of iterator) {
      log.push("chunk");
      chunks.push(chunk.slice());
      chunk.fill(0xff);
    }
    expectSame(concat(chunks), prose(200_000));
    expect(log.slice(0, 4)).toEqual(["taken", "chunk", "taken", "chunk"]);
  });

  it("takes any source: asynchronous, and with parts of no bytes", async () => {
    const data = compressed(prose(1000));
    async function* source(): AsyncGenerator<Uint8Array> {
      for (const part of [data.slice(0, 0), data.slice(0, 5), data.slice(5, 5), data.slice(5)]) {
        yield await Promise.resolve(part);
      }
    }
    expectSame(await collect(side("server").decompressParts(source())), prose(1000));
  });

  it("yields chunks of 64 KiB at most, and none that is empty", async () => {
    const message = concat([noise(10), new Uint8Array(1_000_000), prose(100_000)]);
    let size = 0;
    for await (const { length } of side("server").decompressParts(slices(compressed(message), 999))) {
      expect(length).toBeGreaterThan(0);
      expect(length).toBeLessThanOrEqual(64 * 1024);
      size += length;
    }
    expect(size).toBe(message.length);
  });

  it("an empty message has an octet, and yields nothing (RFC 7692 §7.2.3.6)", async () => {
    expect(await collect(side("server").decompressParts([Uint8Array.of(0)]))).toEqual(new Uint8Array(0));
    for (const parts of [[], [new Uint8Array(0)]]) {
      expect(await collect(side("server").decompressParts(parts))).toBe("INVALID_COMPRESSED_DATA");
    }
  });

  it("passes on what the source fails with, and ends it", async () => {
    const failure = new Error("The connection is gone");
    const iterator = side("server").decompressParts(
      (async function* () {
        yield compressed(prose(1000)).slice(0, 100);
        await Promise.reject(failure);
      })(),
    );
    await expect(collect(iterator)).rejects.toBe(failure);
  });

  it.each(["return", "failure"])("ends the source that it needs no more: %s", async (why) => {
    let hasEnded = false;
    function* source(): Generator<Uint8Array> {
      try {
        yield deflateRawSync(noise(1000), { level: 0, finishFlush: 2 });
        for (;;) yield noise(1000);
      } finally {
        hasEnded = true;
      }
    }
    const iterator = side("server").decompressParts(source());
    expect((await iterator.next()).value).toEqual(noise(1000));
    if (why === "return") await iterator.return();
    else expect(await collect(iterator)).toBe("INVALID_COMPRESSED_DATA");
    expect(hasEnded).toBe(true);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });
});

describe("decompressParts › limit", () => {
  it.each([0, 1, 65_535, 65_536, 65_537, 300_000])(
    "a message of %d bytes is let through by a limit of as many, and by none lower",
    async (size) => {
      for (const message of [prose(size), new Uint8Array(size)]) {
        const parts = slices(compressed(message), 100);
        expectSame(await collect(side("server").decompressParts(parts, size)), message);
        for (const maxBytes of size === 0 ? [] : [size - 1, size >> 1, 0]) {
          let received = 0;
          const failure = await collect(
            (async function* () {
              for await (const chunk of side("server").decompressParts(parts, maxBytes)) {
                received += chunk.length;
                yield chunk;
              }
            })(),
          );
          expect(failure).toBe("MESSAGE_TOO_BIG");
          expect(received).toBeLessThanOrEqual(maxBytes);
        }
      }
    },
  );

  it("the error says how many there may be", async () => {
    const iterator = side("server").decompressParts([compressed(prose(1000))], 999);
    const error = await iterator.next().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DecompressError);
    expect(error).toMatchObject({ name: "DecompressError", code: "MESSAGE_TOO_BIG" });
    expect(String(error)).toContain("Cannot decompress message: it has more than the 999 bytes");
  });
});

describe("decompressParts › final blocks inside a message (RFC 7692 §7.2.3.4)", () => {
  const pieces = [prose(5000), noise(100), prose(5000, 2), new Uint8Array(0), new Uint8Array(100_000)];
  const ended = pieces.map((piece) => deflateRawSync(piece));
  const whole = concat(pieces);

  it("reads on behind them, wherever the parts are cut", async () => {
    const data = concat([...ended, Uint8Array.of(0)]);
    for (const noTakeover of [true, false]) {
      const deflate = side("server", 15, noTakeover);
      for (const parts of [[data], slices(data, 1), slices(data, 100), [...ended, Uint8Array.of(0)]]) {
        expectSame(await collect(deflate.decompressParts(parts, whole.length)), whole);
      }
    }
  });

  it("what is behind one may refer to what is before it", async () => {
    const first = noise(3000);
    const second = deflateRawSync(first, { dictionary: first, finishFlush: 2 }).subarray(0, -4);
    expect(second.length).toBeLessThan(100);
    for (const noTakeover of [true, false]) {
      const parts = [deflateRawSync(first), second];
      expectSame(
        await collect(side("server", 15, noTakeover).decompressParts(parts)),
        concat([first, first]),
      );
    }
  });

  it("nothing behind it is no message (RFC 7692 §7.2.1)", async () => {
    expect(await collect(side("server").decompressParts([deflateRawSync(prose(100))]))).toBe(
      "INVALID_COMPRESSED_DATA",
    );
  });

  it("sixteen are free, and one more for each 4 KiB that came before", async () => {
    const final = Uint8Array.of(3, 0);
    const stuffing = deflateRawSync(noise(4096), { level: 0, finishFlush: 2 });
    const message = (count: number, ...before: Uint8Array[]): Promise<Uint8Array | string> =>
      collect(
        side("server").decompressParts([
          ...before,
          ...Array.from({ length: count }, () => final),
          Uint8Array.of(0),
        ]),
      );
    expect(await message(16)).toEqual(new Uint8Array(0));
    expect(await message(17)).toBe("INVALID_COMPRESSED_DATA");
    expect(await message(17, stuffing)).toEqual(noise(4096));
    expect(await message(18, stuffing)).toBe("INVALID_COMPRESSED_DATA");
  });
});

describe("decompressParts › damaged data", () => {
  const SAMPLES: readonly (readonly [string, Uint8Array])[] = [
    ["fixed Huffman codes", compressed(prose(40))],
    ["dynamic Huffman codes", compressed(prose(1000))],
    ["stored blocks", compressed(noise(200))],
    ["a final block inside", concat([deflateRawSync(prose(200)), compressed(prose(200, 2))])],
    ["a run", compressed(new Uint8Array(1000))],
  ];
  const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const edits = fc.array(fc.tuple(place, fc.nat(2), fc.uint8Array({ maxLength: 4 })), { maxLength: 3 });

  it.each(SAMPLES)("%s: is judged as it is where the message is there as a whole", async (_, sample) => {
    const limits = fc.constantFrom(0, 100, 2000);
    await fc.assert(
      fc.asyncProperty(edits, cuts, limits, fc.boolean(), async (list, at, maxBytes, noTakeover) => {
        let data = sample;
        for (const [where, removed, put] of list) {
          const index = Math.floor(where * data.length);
          data = concat([data.subarray(0, index), put, data.subarray(index + removed)]);
        }
        const expected = side("server", 15, noTakeover).decompress(data, maxBytes);
        const received = await collect(
          side("server", 15, noTakeover).decompressParts(cut(data, at), maxBytes),
        );
        // Which of two failures comes first may differ.
        if (typeof expected === "string") expect(received).toBeTypeOf("string");
        else expect(received).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it.each(SAMPLES)("%s: is never whole when it is cut off", async (_, sample) => {
    for (let length = 0; length < sample.length; length += Math.ceil(sample.length / 40)) {
      const data = sample.slice(0, length);
      const expected = side("server").decompress(data, 2000);
      expect(await collect(side("server").decompressParts(slices(data, 7), 2000))).toEqual(expected);
    }
  });

  it("keeps the cause", async () => {
    const error = await side("server")
      .decompressParts([Uint8Array.of(6)])
      .next()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "INVALID_COMPRESSED_DATA", cause: { code: "Z_DATA_ERROR" } });
    expect(String(error)).toContain("Cannot decompress message: its data is not DEFLATE data");
  });
});

describe("decompressParts › read to its end or not", () => {
  const messages = [prose(200_000), prose(2000, 1)] as const;

  /** The two messages as somebody sends them who refers from the second to the first. */
  function sent(noTakeover: boolean): Uint8Array[] {
    const peer = side("client", 15, noTakeover);
    return messages.map((message) => peer.compressPart(message, true));
  }

  it("what is read and thrown away is referred to all the same (RFC 7692 §7.1.1)", async () => {
    const deflate = side("server", 15, false);
    const [first, second] = sent(false);
    for await (const chunk of deflate.decompressParts([first!])) chunk.fill(0);
    expect(deflate.decompress(second!, 2000)).toEqual(messages[1]);
  });

  it.each(["return", "failure", "not begun"])(
    "with context takeover the next message would become another than was sent, so there is none: %s",
    async (why) => {
      const deflate = side("server", 15, false);
      const [first, second] = sent(false);
      const iterator = deflate.decompressParts([first!], why === "failure" ? 100_000 : undefined);
      if (why !== "not begun") {
        await iterator.next();
        if (why === "return") await iterator.return();
        else expect(await collect(iterator)).toBe("MESSAGE_TOO_BIG");
      }
      expect(() => deflate.decompress(second!, 2000)).toThrow("was not read to its end");
      expect(() => deflate.decompressParts([second!])).toThrow(
        "Cannot decompress message: the one before it",
      );
    },
  );

  it("without it the next message is its own", async () => {
    const deflate = side("server", 15, true);
    const [first, second] = sent(true);
    const iterator = deflate.decompressParts([first!]);
    await iterator.next();
    expect(deflate.decompress(second!, 2000)).toEqual(messages[1]);
    await iterator.return();
    expectSame(await collect(deflate.decompressParts([first!])), messages[0]);
  });
});
