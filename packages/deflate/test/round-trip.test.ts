import { MessageDeflate, resolveDeflateOptions } from "@ws/deflate";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspect } from "./inspect.ts";
import {
  agreement,
  concat,
  expectSame,
  noise,
  prose,
  ROLES,
  sequences,
  side,
  WINDOW_BITS,
} from "./messages.ts";

const OTHER = { client: "server", server: "client" } as const;

describe.each(ROLES)("round trip › from %s", (role) => {
  describe.each(WINDOW_BITS)("window of 2^%d", (bits) => {
    it.each([false, true])("no context takeover: %s › any messages arrive as they were", (noTakeover) => {
      fc.assert(
        fc.property(sequences(bits), fc.integer({ min: 1, max: 9 }), (messages, level) => {
          const from = side(role, bits, noTakeover, { level, memLevel: level });
          const to = side(OTHER[role], bits, noTakeover);
          for (const message of messages) {
            const data = from.compress(message);
            if (data === undefined) continue;
            expect(data.length).toBeLessThan(message.length);
            expectSame(to.decompress(data, message.length), message);
          }
        }),
        { numRuns: 12 },
      );
    });
  });
});

describe.each(WINDOW_BITS)("compress › window of 2^%d", (bits) => {
  it.each([false, true])(
    "no context takeover: %s › refers back no further than agreed, to nothing that was not sent compressed (RFC 7692 §7.1.2)",
    (noTakeover) => {
      fc.assert(
        fc.property(sequences(Math.min(bits, 12), 5), fc.integer({ min: 1, max: 9 }), (messages, level) => {
          const deflate = side("server", bits, noTakeover, { level });
          let history = new Uint8Array(0);
          for (const message of messages) {
            const data = deflate.compress(message);
            if (data === undefined) continue;
            const { bytes, furthest } = inspect(data, history);
            expectSame(bytes, message);
            expect(furthest).toBeLessThanOrEqual(2 ** bits);
            if (!noTakeover) history = concat([history, message]);
          }
        }),
        { numRuns: 8 },
      );
    },
  );

  it("uses the window that it has: what is repeated within it costs next to nothing, behind it all (RFC 7692 §7.2.1)", () => {
    // zlib keeps 262 bytes of the window to itself, and does 2^8 as 2^9. More than 2^13 is not used between messages.
    const reach = 2 ** Math.min(Math.max(bits, 9), 13) - 262;
    const secret = noise(100);
    for (const [between, isCheap] of [
      [reach - 100, true],
      [2 ** Math.min(bits, 13) - 99, false],
    ] as const) {
      const deflate = side("client", bits);
      // Noise alone would be left as it is, and not be remembered.
      expect(deflate.compress(Uint8Array.of(...new Uint8Array(500), ...secret))).toBeDefined();
      let filler = between;
      for (; filler > 0; filler -= 50) {
        expect(deflate.compress(new Uint8Array(Math.min(filler, 50)))?.length ?? 0).toBeLessThan(12);
      }
      const again = deflate.compress(Uint8Array.of(...secret, ...new Uint8Array(50)))!;
      if (isCheap) expect(again.length).toBeLessThan(20);
      else expect(again.length).toBeGreaterThan(100);
    }
  });
});

describe("round trip", () => {
  it("goes both ways over one connection, each direction by its own parameters (RFC 7692 §7.1)", () => {
    const uneven = {
      serverMaxWindowBits: 9,
      clientMaxWindowBits: 14,
      serverNoContextTakeover: true,
      clientNoContextTakeover: false,
    };
    const [client, server] = ROLES.map(
      (role) => new MessageDeflate(role, uneven, resolveDeflateOptions(role, { thresholdBytes: 0 })),
    ) as [MessageDeflate, MessageDeflate];
    const message = prose(5000);
    const sizes = { down: [] as number[], up: [] as number[] };
    for (let i = 0; i < 3; i++) {
      const down = server.compress(message)!;
      expect(client.decompress(down, 5000)).toEqual(message);
      const up = client.compress(message)!;
      expect(server.decompress(up, 5000)).toEqual(message);
      sizes.down.push(down.length);
      sizes.up.push(up.length);
    }
    expect(new Set(sizes.down).size).toBe(1);
    expect(sizes.up[1]).toBeLessThan(sizes.up[0]! / 3);
    expect(server.variant).toBeDefined();
    expect(client.variant).toBeUndefined();
  });

  it("stays in step over messages that were too small, too large or incompressible to be compressed", () => {
    const options = { thresholdBytes: 100, maxCompressedBytes: 4000 };
    const from = side("client", 10, false, options);
    const to = side("server", 10, false, options);
    const skipped = [prose(99), noise(1500), prose(4001), new Uint8Array(0)];
    for (let i = 0; i < 20; i++) {
      for (const message of skipped) expect(from.compress(message)).toBeUndefined();
      const message = prose(100 + i * 195, i % 3);
      expect(to.decompress(from.compress(message)!, 4000)).toEqual(message);
    }
  });

  it("does not touch the message, and takes one that is a view", () => {
    const buffer = new Uint8Array(3000).fill(0xee);
    const message = buffer.subarray(500, 2500);
    message.set(prose(2000));
    const before = buffer.slice();
    const data = side("client").compress(message)!;
    expect(buffer).toEqual(before);
    const padded = Uint8Array.of(1, 2, 3, ...data, 4, 5, 6);
    const copy = padded.slice();
    expect(side("server").decompress(padded.subarray(3, -3), 2000)).toEqual(prose(2000));
    expect(padded).toEqual(copy);
  });

  it("owns what it returned: later messages do not change it, nor does changing it disturb them", () => {
    const from = side("client");
    const to = side("server");
    const results: Uint8Array[] = [];
    for (let i = 0; i < 50; i++) {
      const data = from.compress(prose(1000, i))!;
      const copy = data.slice();
      results.push(to.decompress(data, 1000) as Uint8Array);
      expect(data).toEqual(copy);
      data.fill(0);
    }
    results.forEach((result, i) => expect(result).toEqual(prose(1000, i)));
    for (const result of results) result.fill(0);
    expect(to.decompress(from.compress(prose(1000, 7))!, 1000)).toEqual(prose(1000, 7));
  });

  it("takes a Buffer as well", () => {
    const text = "a text that repeats itself, a text that repeats itself";
    const data = side("client", 15, true).compress(Buffer.from(text))!;
    expect(Buffer.from(side("server").decompress(Buffer.from(data), 100) as Uint8Array).toString()).toBe(
      text,
    );
  });

  it("a message of the largest size that is compressed takes part in the window, the whole of it but its tail does not", () => {
    const from = side("client", 15);
    const to = side("server", 15);
    const big = prose(1024 * 1024);
    expectSame(to.decompress(from.compress(big)!, big.length), big);
    const tail = big.slice(-2000);
    const data = from.compress(tail)!;
    expect(data.length).toBeLessThan(150);
    expect(to.decompress(data, 2000)).toEqual(tail);
  });

  it("compresses without a memory as if each message were the first (RFC 7692 §7.1.1)", () => {
    expect(agreement(15, true).serverNoContextTakeover).toBe(true);
    const deflate = side("server", 15, true);
    const first = deflate.compress(prose(2000))!;
    for (let i = 0; i < 5; i++) deflate.compress(prose(3000, i));
    expect(deflate.compress(prose(2000))).toEqual(first);
  });
});
