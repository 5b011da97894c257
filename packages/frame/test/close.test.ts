import { CloseCode, decodeClosePayload, encodeClosePayload, isWireCloseCode, ProtocolError } from "@ws/frame";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { texts } from "./arbitraries.ts";
import { toHex, utf8 } from "./wire.ts";

// Much work in few tests: seconds at most, but on a machine that does other things besides.
vi.setConfig({ testTimeout: 60_000 });

const MAY_BE_SENT = [
  1000,
  1001,
  1002,
  1003,
  1007,
  1008,
  1009,
  1010,
  1011,
  1012,
  1013,
  1014,
  ...Array.from({ length: 2000 }, (_, i) => 3000 + i),
];

function codeOf(payload: Uint8Array): string {
  try {
    decodeClosePayload(payload);
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return "none";
}

describe("close code", () => {
  it("is fit for the wire or not, each of the 65,536 (RFC 6455 §7.4)", () => {
    const fit = Array.from({ length: 65_536 }, (_, code) => code).filter((code) => isWireCloseCode(code));
    expect(fit).toEqual(MAY_BE_SENT);
  });

  it.each([-1, 999.5, 1000.5, 3000.5, 65_536, 66_536, Number.NaN, Number.POSITIVE_INFINITY])(
    "is not %s",
    (code) => {
      expect(isWireCloseCode(code)).toBe(false);
    },
  );

  it("has the numbers of the registry (RFC 6455 §7.4.1)", () => {
    expect(CloseCode).toEqual({
      normal: 1000,
      goingAway: 1001,
      protocolError: 1002,
      unsupportedData: 1003,
      noStatus: 1005,
      abnormal: 1006,
      invalidPayload: 1007,
      policyViolation: 1008,
      messageTooBig: 1009,
      mandatoryExtension: 1010,
      internalError: 1011,
      serviceRestart: 1012,
      tryAgainLater: 1013,
      badGateway: 1014,
      tlsHandshake: 1015,
    });
  });
});

describe("close payload › encode", () => {
  it("lays the code in two octets and the reason behind it (RFC 6455 §5.5.1)", () => {
    expect(toHex(encodeClosePayload(1000))).toBe("03e8");
    expect(toHex(encodeClosePayload(4999, "a€"))).toBe("138761e282ac");
  });

  it("is empty without a code (RFC 6455 §7.1.5)", () => {
    expect(encodeClosePayload()).toEqual(new Uint8Array(0));
    expect(encodeClosePayload(undefined, "")).toEqual(new Uint8Array(0));
  });

  it("refuses a reason without a code", () => {
    expect(() => encodeClosePayload(undefined, "why")).toThrow(
      new TypeError("Cannot close with a reason but no code: the code comes first"),
    );
  });

  it("refuses every other code (RFC 6455 §7.4)", () => {
    const sendable = new Set(MAY_BE_SENT);
    for (let code = 0; code <= 65_535; code++) {
      if (sendable.has(code)) expect(encodeClosePayload(code)).toHaveLength(2);
      else if (code % 97 === 0 || code < 3000) expect(() => encodeClosePayload(code)).toThrow(RangeError);
    }
    expect(() => encodeClosePayload(1005)).toThrow(
      "Cannot close with code 1005: it must be 1000–1003, 1007–1014 or 3000–4999",
    );
    expect(() => encodeClosePayload("1000" as never)).toThrow(RangeError);
  });

  it.each([
    ["a".repeat(123), 123],
    ["€".repeat(41), 123],
    ["é".repeat(61), 122],
    ["😀".repeat(30), 120],
  ])("takes %j, %i bytes (RFC 6455 §5.5)", (reason, bytes) => {
    expect(encodeClosePayload(1000, reason)).toHaveLength(2 + bytes);
  });

  it.each([
    ["a".repeat(124), 124],
    ["é".repeat(62), 124],
    [`${"€".repeat(41)}a`, 124],
    ["😀".repeat(31), 124],
  ])("refuses %j, %i bytes (RFC 6455 §5.5)", (reason, bytes) => {
    expect(() => encodeClosePayload(1000, reason)).toThrow(
      new RangeError(`Cannot close with a reason of ${bytes} bytes: a close frame has room for 123`),
    );
  });

  it("writes a lone surrogate as U+FFFD: what leaves is UTF-8 (RFC 6455 §5.5.1)", () => {
    expect(toHex(encodeClosePayload(1000, "\ud800!"))).toBe("03e8efbfbd21");
  });
});

describe("close payload › decode", () => {
  it("is 1005 where there is none (RFC 6455 §7.1.5)", () => {
    expect(decodeClosePayload(new Uint8Array(0))).toEqual({ code: 1005, reason: "" });
  });

  it.each([0, 3, 255])("refuses the single octet %i (RFC 6455 §5.5.1)", (octet) => {
    expect(codeOf(Uint8Array.of(octet))).toBe("CLOSE_PAYLOAD_TRUNCATED");
  });

  it("takes or refuses each of the 65,536 codes (RFC 6455 §7.4)", () => {
    const sendable = new Set(MAY_BE_SENT);
    for (let code = 0; code <= 65_535; code++) {
      const payload = Uint8Array.of(code >> 8, code & 0xff);
      if (sendable.has(code)) expect(decodeClosePayload(payload)).toEqual({ code, reason: "" });
      else if (codeOf(payload) !== "INVALID_CLOSE_CODE") expect(codeOf(payload)).toBe("INVALID_CLOSE_CODE");
    }
  });

  it.each(["80", "c0af", "eda080", "f4908080", "e282", "61ff"])(
    "refuses the reason %s: it is not UTF-8 (RFC 6455 §8.1)",
    (reason) => {
      expect(codeOf(Buffer.from(`03e8${reason}`, "hex"))).toBe("INVALID_UTF8");
    },
  );

  it("keeps a byte order mark in the reason", () => {
    expect(decodeClosePayload(Buffer.from("03e8efbbbf61", "hex")).reason).toBe("\ufeffa");
  });

  it("reads what encode wrote", () => {
    fc.assert(
      fc.property(fc.constantFrom(...MAY_BE_SENT), texts(30), (code, reason) => {
        const payload = encodeClosePayload(code, reason);
        expect(toHex(payload.subarray(2))).toBe(toHex(utf8(reason)));
        expect(decodeClosePayload(payload)).toEqual({ code, reason });
      }),
    );
  });

  it("turns any bytes into a payload or a protocol error", () => {
    const codes = ["none", "CLOSE_PAYLOAD_TRUNCATED", "INVALID_CLOSE_CODE", "INVALID_UTF8"];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 125 }), (payload) => {
        expect(codes).toContain(codeOf(payload));
      }),
    );
  });

  it("tells the codes and what to do about them apart", () => {
    expect(() => decodeClosePayload(Uint8Array.of(3))).toThrow(
      "Cannot read a close payload of 1 byte: a code takes 2",
    );
    expect(() => decodeClosePayload(Uint8Array.of(3, 0xee))).toThrow(
      "Cannot accept close code 1006: it must not be sent",
    );
    expect(() => decodeClosePayload(Uint8Array.of(3, 0xe8, 0xff))).toThrow(
      "Cannot read the close reason: it is not UTF-8",
    );
  });
});
