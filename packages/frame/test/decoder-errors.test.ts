import { FrameDecoder, ProtocolError, type Role } from "@ws/frame";
import { describe, expect, it } from "vitest";
import { DELIVERIES, feed, MODES, pull } from "./decoding.ts";
import { INVALID, type InvalidVector, titled } from "./vectors.ts";
import { concat, hex, ROLES, utf8, wire } from "./wire.ts";

function decoderFor(role: Role, partial: boolean, vector: InvalidVector): FrameDecoder {
  const { reservedBits = 0, maxPayloadBytes } = vector;
  return new FrameDecoder({
    role,
    partial,
    reservedBits,
    ...(maxPayloadBytes !== undefined && { maxPayloadBytes }),
  });
}

function errorOf(action: () => unknown): ProtocolError {
  try {
    action();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown");
}

function headerBytes(role: Role, vector: InvalidVector): number {
  return wire(role, vector).length - (vector.payload?.length ?? 0);
}

describe.each(ROLES)("decoder › as %s", (role) => {
  describe.each(MODES)("%s", (_, partial) => {
    it.each(titled(INVALID))("%s", (__, vector) => {
      const closeCode = vector.code === "MESSAGE_TOO_BIG" ? 1009 : 1002;
      const bytes = wire(role, vector);
      const valid = wire(role, { first: 0x81, payload: utf8("Hi") });

      for (const cut of Object.values(DELIVERIES)) {
        for (const behind of [new Uint8Array(0), valid]) {
          const decoder = decoderFor(role, partial, vector);
          const error = errorOf(() => feed(decoder, cut(concat([bytes, behind]))));
          expect(error).toMatchObject({ name: "ProtocolError", code: vector.code, closeCode });
          expect(errorOf(() => decoder.next())).toBe(error);
          decoder.push(valid.slice());
          expect(errorOf(() => decoder.next())).toBe(error);
        }
      }
    });

    it.each(titled(INVALID))("%s, on its header and not later", (__, vector) => {
      const decoder = decoderFor(role, partial, vector);
      const bytes = wire(role, vector);
      const enough = vector.early ? 2 : headerBytes(role, vector);
      for (let at = 0; at < enough - 1; at++) {
        decoder.push(bytes.slice(at, at + 1));
        expect(decoder.next()).toBeUndefined();
      }
      decoder.push(bytes.slice(enough - 1, enough));
      expect(errorOf(() => decoder.next()).code).toBe(vector.code);
    });

    it.each(titled(INVALID))("%s, after the frames before it", (__, vector) => {
      // With a limit of no bytes at all, only a control frame may come before.
      const before = wire(role, { first: 0x89, payload: utf8("ok") });
      const decoder = decoderFor(role, partial, vector);
      decoder.push(concat([before, before, wire(role, vector)]));
      expect(decoder.next()?.payload).toEqual(utf8("ok"));
      expect(decoder.next()?.payload).toEqual(utf8("ok"));
      expect(errorOf(() => decoder.next()).code).toBe(vector.code);
    });

    it("names the offending values", () => {
      const message = (frame: Parameters<typeof wire>[1], maxPayloadBytes = 1000): string =>
        errorOf(() => feed(new FrameDecoder({ role, partial, maxPayloadBytes }), [wire(role, frame)]))
          .message;
      expect(message({ first: 0xd1 })).toBe("Cannot accept reserved bits 5: no extension uses them");
      expect(message({ first: 0x8b })).toBe("Cannot accept opcode 11: it is reserved");
      expect(message({ first: 0x09 })).toBe("Cannot accept control frame 9 without FIN");
      expect(message({ first: 0x88, length7: 126 })).toBe(
        "Cannot accept control frame 8 of more than 125 bytes",
      );
      expect(message({ first: 0x82, length7: 126, extended: [4, 0] })).toBe(
        "Cannot accept a frame of 1024 bytes: maxPayloadBytes is 1000",
      );
      expect(message({ first: 0x82, length7: 126, extended: [0, 9] })).toBe(
        "Cannot accept length 9 in 16 bits: 7 suffice",
      );
      expect(message({ first: 0x82, length7: 127, extended: [0, 0, 0, 0, 0, 0, 1, 9] })).toBe(
        "Cannot accept length 265 in 64 bits: 16 suffice",
      );
      expect(message({ first: 0x82, length7: 127, extended: [0x80, 0, 0, 0, 0, 0, 0, 0] })).toBe(
        "Cannot accept a length of 2^63 or more",
      );
    });
  });
});

describe.each(MODES)("decoder › masking › %s", (_, partial) => {
  const masked = hex("81 85 37 fa 21 3d 7f 9f 4d 51 58");
  const unmasked = hex("81 05 48 65 6c 6c 6f");
  const emptyMasked = hex("82 80 00 00 00 00");
  const emptyUnmasked = hex("82 00");

  it.each([
    { reader: "server" as const, wrong: [unmasked, emptyUnmasked], code: "MASK_MISSING" },
    { reader: "client" as const, wrong: [masked, emptyMasked], code: "MASK_FORBIDDEN" },
  ])("refuses what a $reader must not get: $code (RFC 6455 §5.1)", ({ reader, wrong, code }) => {
    for (const bytes of wrong) {
      for (const cut of Object.values(DELIVERIES)) {
        const decoder = new FrameDecoder({ role: reader, partial });
        const error = errorOf(() => feed(decoder, cut(bytes)));
        expect(error).toMatchObject({ code, closeCode: 1002 });
        expect(errorOf(() => decoder.next())).toBe(error);
      }
      const decoder = new FrameDecoder({ role: reader, partial });
      decoder.push(bytes.slice(0, 1));
      expect(decoder.next()).toBeUndefined();
      decoder.push(bytes.slice(1, 2));
      expect(errorOf(() => decoder.next())).toMatchObject({
        code,
        message:
          reader === "server"
            ? "Cannot accept an unmasked frame from a client"
            : "Cannot accept a masked frame from a server",
      });
    }
  });
});

describe("decoder › options", () => {
  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("refuses maxPayloadBytes %s", (limit) => {
    expect(() => new FrameDecoder({ role: "server", maxPayloadBytes: limit })).toThrow(
      new RangeError(`Cannot limit payloads to ${limit}: maxPayloadBytes is a whole number from 0`),
    );
  });

  it.each([-1, 8, 0.5, Number.NaN])("refuses reservedBits %s", (reservedBits) => {
    expect(() => new FrameDecoder({ role: "server", reservedBits })).toThrow(
      new RangeError(`Cannot allow reserved bits ${reservedBits}: they are a number from 0 to 7`),
    );
  });

  it.each([0, 7])("takes reservedBits %i", (reservedBits) => {
    expect(pull(new FrameDecoder({ role: "server", reservedBits }))).toEqual([]);
  });
});
