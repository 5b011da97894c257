import {
  acceptOffer,
  createOffer,
  type DeflateOptions,
  type Extension,
  MessageDeflate,
  resolveDeflateOptions,
  verifyAnswer,
} from "@ws/deflate";
import fc from "fast-check";
import { expect, it } from "vitest";

const bits = fc.integer({ min: 8, max: 15 });
const options: fc.Arbitrary<DeflateOptions> = fc.record(
  {
    serverNoContextTakeover: fc.boolean(),
    clientNoContextTakeover: fc.boolean(),
    serverMaxWindowBits: bits,
    clientMaxWindowBits: bits,
  },
  { requiredKeys: [] },
);
const names = fc.constantFrom(
  "server_no_context_takeover",
  "client_no_context_takeover",
  "server_max_window_bits",
  "client_max_window_bits",
  "__proto__",
);
const values = fc.oneof<fc.Arbitrary<string | true>[]>(
  fc.constant(true),
  fc.integer({ min: 6, max: 17 }).map(String),
  fc.string({ maxLength: 3 }),
);
const extensions: fc.Arbitrary<Extension> = fc.record({
  name: fc.constantFrom("permessage-deflate", "other"),
  params: fc.array(fc.tuple(names, values), { maxLength: 4 }),
});

it("negotiation › both sides come to the same agreement, which keeps the wishes of both (RFC 7692 §7.1)", () => {
  fc.assert(
    fc.property(options, options, (client, server) => {
      const clientOptions = resolveDeflateOptions("client", client);
      const serverOptions = resolveDeflateOptions("server", server);
      const accepted = acceptOffer([createOffer(clientOptions)], serverOptions);
      // Our own offer leaves a server every choice.
      if (accepted === undefined) throw new Error("Declined");
      const { answer, agreement } = accepted;
      expect(verifyAnswer(answer, clientOptions)).toEqual(agreement);
      for (const side of [clientOptions, serverOptions]) {
        expect(agreement.serverMaxWindowBits).toBeLessThanOrEqual(side.serverMaxWindowBits);
        expect(agreement.clientMaxWindowBits).toBeLessThanOrEqual(side.clientMaxWindowBits);
        expect(agreement.serverNoContextTakeover).toBe(
          side.serverNoContextTakeover || agreement.serverNoContextTakeover,
        );
        expect(agreement.clientNoContextTakeover).toBe(
          side.clientNoContextTakeover || agreement.clientNoContextTakeover,
        );
      }
    }),
    { numRuns: 2000 },
  );
});

it("negotiation › what was agreed works in both directions", () => {
  const messages = ["one fish two fish", "red fish blue fish", "", "x"].map((text) => Buffer.from(text));
  fc.assert(
    fc.property(options, options, (client, server) => {
      const clientOptions = resolveDeflateOptions("client", { ...client, thresholdBytes: 0 });
      const serverOptions = resolveDeflateOptions("server", { ...server, thresholdBytes: 0 });
      const { answer, agreement } = acceptOffer([createOffer(clientOptions)], serverOptions)!;
      const verified = verifyAnswer(answer, clientOptions);
      if (typeof verified === "string") throw new Error(verified);
      const sides = [
        new MessageDeflate("client", verified, clientOptions),
        new MessageDeflate("server", agreement, serverOptions),
      ] as const;
      for (const message of [...messages, ...messages]) {
        for (const [from, to] of [sides, sides.toReversed()] as const) {
          const data = from.compress(message);
          if (data !== undefined) expect(to.decompress(data, 100)).toEqual(new Uint8Array(message));
        }
      }
    }),
    { numRuns: 200 },
  );
});

it("acceptOffer › never throws, answers no offer but a valid one, and promises nothing it was not allowed to", () => {
  fc.assert(
    fc.property(fc.array(extensions, { maxLength: 4 }), options, (offers, server) => {
      const accepted = acceptOffer(offers, resolveDeflateOptions("server", server));
      if (accepted === undefined) return;
      const answered = new Map(accepted.answer.params);
      expect(answered.size).toBe(accepted.answer.params.length);
      const fits = offers.some(({ name, params }) => {
        const offered = new Map(params);
        const { serverMaxWindowBits, serverNoContextTakeover } = accepted.agreement;
        return (
          name === "permessage-deflate" &&
          offered.size === params.length &&
          !offered.has("__proto__") &&
          // RFC 7692 §7.1.2.2: no client_max_window_bits in the answer where none was in the offer.
          (offered.has("client_max_window_bits") || !answered.has("client_max_window_bits")) &&
          Number(offered.get("server_max_window_bits") ?? 15) >= serverMaxWindowBits &&
          (!offered.has("server_no_context_takeover") || serverNoContextTakeover)
        );
      });
      expect(fits).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

it("verifyAnswer › never throws, and agrees to nothing beyond what was offered", () => {
  fc.assert(
    fc.property(extensions, options, (answer, client) => {
      const resolved = resolveDeflateOptions("client", client);
      const agreement = verifyAnswer(answer, resolved);
      if (typeof agreement === "string") return;
      expect(agreement.serverMaxWindowBits).toBeLessThanOrEqual(resolved.serverMaxWindowBits);
      expect(agreement.clientMaxWindowBits).toBeLessThanOrEqual(resolved.clientMaxWindowBits);
      expect(agreement.serverNoContextTakeover || !resolved.serverNoContextTakeover).toBe(true);
      expect(agreement.clientNoContextTakeover || !resolved.clientNoContextTakeover).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
