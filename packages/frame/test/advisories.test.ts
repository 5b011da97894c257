// Mistakes that other implementations made and published, so that they are not made here.
// More of them: memory-disclosure.test.ts (CVE-2016-10518, CVE-2026-45736).
import { FrameDecoder, ProtocolError } from "@ws/frame";
import { describe, expect, it, vi } from "vitest";
import { watchAllocations } from "./allocations.ts";
import { DELIVERIES, feed, pull } from "./decoding.ts";
import { concat, hex, pattern, ROLES, wire } from "./wire.ts";

// Much work in few tests: seconds at most, but on a machine that does other things besides.
vi.setConfig({ testTimeout: 60_000 });

function codeOf(decoder: FrameDecoder, chunks: Uint8Array[]): string {
  try {
    feed(decoder, chunks);
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return "none";
}

describe.each(ROLES)("advisory › as %s", (role) => {
  it.each([
    ["ff ff ff ff ff ff ff ff", "LENGTH_OVERFLOW"],
    ["80 00 00 00 00 00 00 00", "LENGTH_OVERFLOW"],
    ["7f ff ff ff ff ff ff ff", "MESSAGE_TOO_BIG"],
    ["00 20 00 00 00 00 00 00", "MESSAGE_TOO_BIG"],
    ["00 1f ff ff ff ff ff ff", "MESSAGE_TOO_BIG"],
    ["00 00 00 01 00 00 00 00", "MESSAGE_TOO_BIG"],
  ])("CVE-2026-1528: a 64-bit length overflowed and threw out of the parser: %s", (length, code) => {
    const bytes = wire(role, { first: 0x82, length7: 127, extended: [...hex(length)] });
    for (const cut of Object.values(DELIVERIES)) {
      const sizes = watchAllocations();
      expect(codeOf(new FrameDecoder({ role }), cut(concat([bytes, pattern(100)])))).toBe(code);
      expect(sizes).toEqual([]);
    }
  });

  it.each([
    ["7f ff ff ff ff ff ff ff"],
    ["00 00 00 00 ff ff ff ff"],
    ["00 00 00 00 80 00 00 00"],
    ["00 00 00 00 7f ff ff ff"],
    ["00 1f ff ff ff ff ff ff"],
  ])("CVE-2020-27813: what had been read plus %s overflowed below the limit", (length) => {
    const decoder = new FrameDecoder({ role, maxPayloadBytes: 65_536 });
    const first = wire(role, { first: 0x02, payload: pattern(65_536) });
    expect(feed(decoder, [first])).toHaveLength(1);
    const next = wire(role, { first: 0x80, length7: 127, extended: [...hex(length)] });
    expect(codeOf(decoder, [next])).toBe("MESSAGE_TOO_BIG");
  });

  it("CVE-2022-21676, CVE-2022-41940: a crafted frame threw what nobody caught: every pair of first octets", () => {
    const documented = new Set([
      "none",
      "RESERVED_BITS",
      "RESERVED_OPCODE",
      "FRAGMENTED_CONTROL",
      "CONTROL_TOO_LONG",
      "MASK_MISSING",
      "MASK_FORBIDDEN",
      "LENGTH_NOT_MINIMAL",
      "LENGTH_OVERFLOW",
      "MESSAGE_TOO_BIG",
    ]);
    const seen = new Set<string>();
    for (let pair = 0; pair < 65_536; pair++) {
      const bytes = new Uint8Array(20).fill([0, 0x7f, 0xff][pair % 3]!);
      bytes[0] = pair >> 8;
      bytes[1] = pair & 0xff;
      seen.add(codeOf(new FrameDecoder({ role, partial: pair % 2 === 0 }), [bytes]));
    }
    expect([...seen].filter((code) => !documented.has(code))).toEqual([]);
  });

  it("CVE-2016-10542: there was no sane limit by default: 16 MiB is one", () => {
    const hundredMiB = wire(role, {
      first: 0x82,
      length7: 127,
      extended: [...hex("00 00 00 00 06 40 00 00")],
    });
    expect(codeOf(new FrameDecoder({ role }), [hundredMiB])).toBe("MESSAGE_TOO_BIG");
  });

  it("CVE-2026-48779: tiny, then empty fragments exhausted memory: the decoder keeps none of them", () => {
    const decoder = new FrameDecoder({ role });
    const sizes = watchAllocations();
    const fragments = concat([wire(role, { first: 0x01 }), wire(role, { first: 0x00, payload: pattern(1) })]);
    for (let i = 0; i < 20_000; i++) {
      decoder.push(fragments.slice());
      expect(pull(decoder).length === 2).toBe(true);
    }
    expect(sizes).toEqual([]);
  });
});
