// The examples of RFC 7692 §7.2.3, octet for octet.
import { describe, expect, it } from "vitest";
import { inspect } from "./inspect.ts";
import { ROLES, side } from "./messages.ts";

function hex(text: string): Uint8Array {
  return Uint8Array.from(text.split(" "), (octet) => Number.parseInt(octet, 16));
}

const HELLO = hex("48 65 6c 6c 6f");
const EXAMPLES = [
  ["one compressed block (RFC 7692 §7.2.3.1)", "f2 48 cd c9 c9 07 00"],
  ["a block with no compression (RFC 7692 §7.2.3.3)", "00 05 00 fa ff 48 65 6c 6c 6f 00"],
  ["a block with BFINAL set to 1 (RFC 7692 §7.2.3.4)", "f3 48 cd c9 c9 07 00 00"],
  ["two blocks in one message (RFC 7692 §7.2.3.5)", "f2 48 05 00 00 00 ff ff ca c9 c9 07 00"],
] as const;

describe.each(ROLES)("decompress › as %s", (role) => {
  it.each(EXAMPLES)("%s", (_, data) => {
    for (const noContextTakeover of [true, false]) {
      expect(side(role, 15, noContextTakeover).decompress(hex(data), 5)).toEqual(HELLO);
    }
  });

  it("shares the sliding window between messages (RFC 7692 §7.2.3.2)", () => {
    const deflate = side(role);
    expect(deflate.decompress(hex("f2 48 cd c9 c9 07 00"), 5)).toEqual(HELLO);
    expect(deflate.decompress(hex("f2 00 11 00 00"), 5)).toEqual(HELLO);
    expect(deflate.decompress(hex("f2 00 11 00 00"), 5)).toEqual(HELLO);
  });

  it("refuses the second of them where the window was to be forgotten (RFC 7692 §7.1.1)", () => {
    const deflate = side(role, 15, true);
    expect(deflate.decompress(hex("f2 48 cd c9 c9 07 00"), 5)).toEqual(HELLO);
    expect(deflate.decompress(hex("f2 00 11 00 00"), 5)).toBe("INVALID_COMPRESSED_DATA");
  });

  it.each(EXAMPLES)("shares the window behind %s", (_, data) => {
    const deflate = side(role);
    expect(deflate.decompress(hex(data), 5)).toEqual(HELLO);
    expect(deflate.decompress(hex("f2 00 11 00 00"), 5)).toEqual(HELLO);
  });

  it("makes an empty message of an empty block (RFC 7692 §7.2.3.6)", () => {
    expect(side(role).decompress(hex("00"), 0)).toEqual(new Uint8Array(0));
    expect(side(role).decompress(hex("02 00"), 0)).toEqual(new Uint8Array(0));
  });

  it("lets blocks behind a final one refer to those before it (RFC 7692 §7.2.3.4)", () => {
    for (const noContextTakeover of [true, false]) {
      const data = hex("f3 48 cd c9 c9 07 00 f3 00 11 00 f2 00 11 00 00");
      const deflate = side(role, 15, noContextTakeover);
      expect(deflate.decompress(data, 15)).toEqual(Uint8Array.of(...HELLO, ...HELLO, ...HELLO));
    }
  });
});

describe("compress", () => {
  it("leaves Hello as it is: seven octets are not fewer than five (RFC 7692 §7.2.3.1)", () => {
    expect(side("server").compress(HELLO)).toBeUndefined();
  });

  it("makes of what gets smaller the RFC's octets for Hello and a reference back, without the four of the flush (RFC 7692 §7.2.1)", () => {
    const deflate = side("server");
    const thrice = Uint8Array.of(...HELLO, ...HELLO, ...HELLO);
    expect(deflate.compress(thrice)).toEqual(hex("f2 48 cd c9 c9 f7 80 13 00 00"));
    // And again: a reference to all of it, 15 octets back.
    expect(deflate.compress(thrice)).toEqual(hex("42 23 00 00"));
  });
});

describe("inspect", () => {
  it.each(EXAMPLES)("agrees with the RFC on %s", (_, data) => {
    expect(inspect(hex(data)).bytes).toEqual(HELLO);
  });

  it("sees how far back data refers", () => {
    expect(inspect(hex("f2 00 11 00 00"), HELLO)).toEqual({ bytes: HELLO, furthest: 5 });
    expect(() => inspect(hex("f2 00 11 00 00"), HELLO.slice(2))).toThrow("before its beginning");
  });
});
