// Whole messages and messages in parts, one after another in each direction, share what they may refer to. Against a
// peer with zlib's streams, which cannot tell them apart.
import { MessageDeflate, resolveDeflateOptions } from "@ws/deflate";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, expectSame, prose, ROLES, sequences, side, WINDOW_BITS } from "./messages.ts";
import { collect, compressParts, cut, cuts } from "./parts.ts";
import { deflateAsPeer, inflateAsPeer, peerDeflater, peerInflater } from "./peer.ts";

const ways = fc.record({
  outInParts: fc.boolean(),
  outCuts: cuts,
  inInParts: fc.boolean(),
  inCuts: cuts,
});
type Way = typeof ways extends fc.Arbitrary<infer T> ? T : never;

/** The compressed message; `undefined` where it is sent as it is. */
function compress(deflate: MessageDeflate, message: Uint8Array, way: Way): Uint8Array | undefined {
  if (!way.outInParts) return deflate.compress(message);
  return concat(compressParts(deflate, cut(message, way.outCuts)));
}

async function decompress(
  deflate: MessageDeflate,
  data: Uint8Array,
  maxBytes: number,
  way: Way,
): Promise<Uint8Array | string> {
  if (!way.inInParts) return deflate.decompress(data, maxBytes);
  return collect(deflate.decompressParts(cut(data, way.inCuts), maxBytes));
}

const TAKEOVERS = [
  { serverNoContextTakeover: false, clientNoContextTakeover: false },
  { serverNoContextTakeover: true, clientNoContextTakeover: false },
  { serverNoContextTakeover: false, clientNoContextTakeover: true },
  { serverNoContextTakeover: true, clientNoContextTakeover: true },
];

describe.each(ROLES)("messages whole and in parts › as %s", (role) => {
  describe.each(TAKEOVERS)("%o", (takeover) => {
    it.each(WINDOW_BITS)("window of 2^%d (RFC 7692 §7.1.1, §7.2)", async (bits) => {
      const agreed = { ...takeover, serverMaxWindowBits: bits, clientMaxWindowBits: bits };
      const [outForgets, inForgets] =
        role === "server"
          ? [takeover.serverNoContextTakeover, takeover.clientNoContextTakeover]
          : [takeover.clientNoContextTakeover, takeover.serverNoContextTakeover];
      const options = resolveDeflateOptions(role, { thresholdBytes: 0 });
      await fc.assert(
        fc.asyncProperty(
          sequences(bits, 6),
          fc.array(ways, { minLength: 6, maxLength: 6 }),
          async (messages, plan) => {
            const deflate = new MessageDeflate(role, agreed, options);
            const deflater = peerDeflater(bits);
            const inflater = peerInflater(bits);
            for (const [i, message] of messages.entries()) {
              const data = compress(deflate, message, plan[i]!);
              if (data !== undefined) expectSame(await inflateAsPeer(inflater, data), message);
              if (outForgets) inflater.reset();

              const arrived = await deflateAsPeer(deflater, message);
              expectSame(await decompress(deflate, arrived, message.length, plan[i]!), message);
              if (inForgets) deflater.reset();
            }
            deflater.close();
            inflater.close();
          },
        ),
        { numRuns: 5 },
      );
    });
  });
});

describe("messages whole and in parts › between two of ours", () => {
  it.each([true, false])("no context takeover: %s", async (noTakeover) => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...WINDOW_BITS),
        sequences(12, 8),
        fc.array(ways, { minLength: 8, maxLength: 8 }),
        async (bits, messages, plan) => {
          const from = side("client", bits, noTakeover);
          const to = side("server", bits, noTakeover);
          for (const [i, message] of messages.entries()) {
            const data = compress(from, message, plan[i]!);
            if (data === undefined) continue;
            expectSame(await decompress(to, data, message.length, plan[i]!), message);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it("messages in parts in both directions at once do not disturb each other", async () => {
    const server = side("server");
    const client = side("client");
    const message = prose(100_000);
    const [there, back] = [cut(message, [0.1, 0.5]), cut(message, [0.3, 0.6, 0.9])];
    const up = client.decompressParts(
      (function* () {
        for (const [i, part] of there.entries()) yield server.compressPart(part, i === there.length - 1);
      })(),
    );
    const down = server.decompressParts(
      (function* () {
        for (const [i, part] of back.entries()) yield client.compressPart(part, i === back.length - 1);
      })(),
    );
    const received = await Promise.all([collect(up), collect(down)]);
    for (const each of received) expectSame(each, message);
    expect(client.decompress(server.compress(message)!, message.length)).toEqual(message);
    expect(server.decompress(client.compress(message)!, message.length)).toEqual(message);
  });
});
