import {
  isControlOpcode,
  isKnownOpcode,
  isLastPart,
  Opcode,
  ProtocolError,
  type ProtocolErrorCode,
} from "@ws/frame";
import { describe, expect, it } from "vitest";

describe("opcode", () => {
  it("has the numbers of RFC 6455 §5.2", () => {
    expect(Opcode).toEqual({ continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 });
  });

  it("tells defined from reserved numbers (RFC 6455 §5.2)", () => {
    const known = Array.from({ length: 16 }, (_, opcode) => isKnownOpcode(opcode));
    expect(known.flatMap((yes, opcode) => (yes ? [opcode] : []))).toEqual([0, 1, 2, 8, 9, 10]);
  });

  it.each([-1, -8, 0.5, 8.5, 16, 24, 256, 2 ** 32, Number.NaN])(
    "does not know %s: no four bits",
    (opcode) => {
      expect(isKnownOpcode(opcode)).toBe(false);
    },
  );

  it("tells control from data by the highest of the four bits (RFC 6455 §5.5)", () => {
    const control = Array.from({ length: 16 }, (_, opcode) => isControlOpcode(opcode));
    expect(control).toEqual([...Array(8).fill(false), ...Array(8).fill(true)]);
  });
});

describe("isLastPart", () => {
  it.each([
    [0, 0, 0, true],
    [0, 0, 3, false],
    [0, 2, 3, false],
    [0, 3, 3, true],
    [2, 1, 3, true],
    [1, 1, 3, false],
  ])("offset %i and %i bytes of %i: %s", (payloadOffset, bytes, payloadLength, last) => {
    const payload = new Uint8Array(bytes);
    const header = { fin: false, rsv: 0, opcode: 2, masked: false, maskKey: 0 };
    expect(isLastPart({ ...header, payloadLength, payloadOffset, payload })).toBe(last);
  });
});

describe("protocol error", () => {
  const closeCodes: Record<ProtocolErrorCode, number> = {
    RESERVED_BITS: 1002,
    RESERVED_OPCODE: 1002,
    FRAGMENTED_CONTROL: 1002,
    CONTROL_TOO_LONG: 1002,
    MASK_MISSING: 1002,
    MASK_FORBIDDEN: 1002,
    LENGTH_NOT_MINIMAL: 1002,
    LENGTH_OVERFLOW: 1002,
    UNEXPECTED_CONTINUATION: 1002,
    UNFINISHED_MESSAGE: 1002,
    CLOSE_PAYLOAD_TRUNCATED: 1002,
    INVALID_CLOSE_CODE: 1002,
    INVALID_UTF8: 1007,
    INVALID_COMPRESSED_DATA: 1007,
    MESSAGE_TOO_BIG: 1009,
  };

  it.each(Object.entries(closeCodes))("%s closes with %i (RFC 6455 §7.4.1)", (code, closeCode) => {
    const error = new ProtocolError(code as ProtocolErrorCode, "why");
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "ProtocolError", message: "why", code, closeCode });
  });
});
