// Mistakes that other implementations made and published, so that they are not made here.
import { constants, deflateRawSync } from "node:zlib";
import {
  acceptOffer,
  createOffer,
  type Extension,
  MessageDeflate,
  resolveDeflateOptions,
  verifyAnswer,
} from "@ws/deflate";
import { describe, expect, it } from "vitest";
import { peakBytes } from "./memory.ts";
import { concat, ROLES, side } from "./messages.ts";
import { collect } from "./parts.ts";

const server = resolveDeflateOptions("server", {});
const client = resolveDeflateOptions("client", {});

function offer(name: string, value: string | true): Extension {
  return { name: "permessage-deflate", params: [[name, value]] };
}

describe("advisory", () => {
  it.each(["server_max_window_bits", "client_max_window_bits"])(
    "CVE-2026-2229: a window of 1000 bits was agreed to, and zlib threw a RangeError that nobody caught: %s",
    (name) => {
      for (const value of ["1000", "16", "7", "0", "-15", "4294967311", "1e1", "NaN"]) {
        expect(acceptOffer([offer(name, value)], server)).toBeUndefined();
        expect(verifyAnswer(offer(name, value), client)).toBeTypeOf("string");
      }
      // And every window that can be agreed to is one that zlib takes.
      for (let bits = 8; bits <= 15; bits++) {
        const accepted = acceptOffer([offer(name, String(bits))], server)!;
        const agreed = verifyAnswer(offer(name, String(bits)), client);
        if (typeof agreed === "string") throw new Error(agreed);
        for (const role of ROLES) {
          for (const agreement of [accepted.agreement, agreed]) {
            const deflate = new MessageDeflate(role, agreement, server);
            expect(deflate.compress(new Uint8Array(2000))).toBeInstanceOf(Uint8Array);
            expect(deflate.decompress(Uint8Array.of(0), 0)).toEqual(new Uint8Array(0));
          }
        }
      }
    },
  );

  it("CVE-2026-1526: messages were inflated without a bound: 256 KiB became 256 MiB before anybody looked", () => {
    const mebibyte = deflateRawSync(new Uint8Array(1024 * 1024), { finishFlush: constants.Z_FULL_FLUSH });
    const bomb = concat([...Array.from({ length: 256 }, () => mebibyte), Uint8Array.of(0)]);
    const before = peakBytes();
    for (const role of ROLES) expect(side(role).decompress(bomb, 1024 * 1024)).toBe("MESSAGE_TOO_BIG");
    expect(peakBytes() - before).toBeLessThan(32 * 1024 * 1024);
  });

  it("CVE-2026-1526: nor is a message that comes in parts: 256 KiB in fragments of 1 KiB stop at the limit", async () => {
    const mebibyte = deflateRawSync(new Uint8Array(1024 * 1024), { finishFlush: constants.Z_FULL_FLUSH });
    const before = peakBytes();
    for (const role of ROLES) {
      let taken = 0;
      const fragments = (function* () {
        for (; taken < 256; taken++) yield mebibyte;
        yield Uint8Array.of(0);
      })();
      const limit = 1024 * 1024;
      expect(await collect(side(role).decompressParts(fragments, limit))).toBe("MESSAGE_TOO_BIG");
      expect(taken).toBe(1);
    }
    expect(peakBytes() - before).toBeLessThan(32 * 1024 * 1024);
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "__defineGetter__"])(
    "GHSA-5v72-xg48-5rpm: names of extensions and parameters hit the prototype, and crashed: %s",
    (name) => {
      for (const value of [true, "", "10", "__proto__"] as const) {
        expect(acceptOffer([offer(name, value)], server)).toBeUndefined();
        expect(verifyAnswer(offer(name, value), client)).toBeTypeOf("string");
      }
      expect(acceptOffer([{ name, params: [] }], server)).toBeUndefined();
      expect(acceptOffer([{ name, params: [] }, createOffer(client)], server)).toBeDefined();
      expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    },
  );
});
