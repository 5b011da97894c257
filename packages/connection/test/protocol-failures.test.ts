import { Protocol, ProtocolError, type ProtocolErrorCode, type Role } from "@ws/connection";
import { describe, expect, it } from "vitest";
import { createProtocol, describeEvents, output, outputFrames, receive } from "./session.ts";
import {
  BINARY,
  byteByByte,
  CLOSE,
  closeFrame,
  closePayload,
  concat,
  CONTINUATION,
  frame,
  hex,
  PING,
  readFrames,
  ROLES,
  TEXT,
} from "./wire.ts";

const LIMIT = 1000;

type Violation = readonly [title: string, bytes: Uint8Array, code: ProtocolErrorCode, closeCode: number];

function violations(role: Role): Violation[] {
  const masked = role === "server" ? 0x80 : 0;
  const key = role === "server" ? "00 00 00 00" : "";
  const withLength = (octets: string): Uint8Array => {
    const [first, second, ...rest] = hex(octets);
    return concat(Uint8Array.of(first!, masked | second!, ...rest), hex(key));
  };
  return [
    ...[1, 2, 4, 7].map((rsv): Violation => [
      `reserved bits ${rsv} (§5.2)`,
      frame(role, TEXT, "x", { rsv }),
      "RESERVED_BITS",
      1002,
    ]),
    ["a reserved bit on a ping (§5.2)", frame(role, PING, "", { rsv: 4 }), "RESERVED_BITS", 1002],
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): Violation => [
      `opcode ${opcode} (§5.2)`,
      frame(role, opcode),
      "RESERVED_OPCODE",
      1002,
    ]),
    ["a fragmented ping (§5.5)", frame(role, PING, "", { fin: false }), "FRAGMENTED_CONTROL", 1002],
    ["a fragmented close (§5.5)", frame(role, CLOSE, "", { fin: false }), "FRAGMENTED_CONTROL", 1002],
    ["a ping of 126 bytes (§5.5)", frame(role, PING, "x".repeat(126)), "CONTROL_TOO_LONG", 1002],
    ["a close of 126 bytes (§5.5)", frame(role, CLOSE, "x".repeat(126)), "CONTROL_TOO_LONG", 1002],
    [
      "the wrong masking (§5.1)",
      frame(role, TEXT, "x", { wrongMask: true }),
      role === "server" ? "MASK_MISSING" : "MASK_FORBIDDEN",
      1002,
    ],
    ["125 in 16 bits (§5.2)", withLength("82 7e 00 7d"), "LENGTH_NOT_MINIMAL", 1002],
    ["65535 in 64 bits (§5.2)", withLength("82 7f 00 00 00 00 00 00 ff ff"), "LENGTH_NOT_MINIMAL", 1002],
    ["2^63 bytes (§5.2)", withLength("82 7f 80 00 00 00 00 00 00 00"), "LENGTH_OVERFLOW", 1002],
    ["2^64 − 1 bytes (§5.2)", withLength("82 7f ff ff ff ff ff ff ff ff"), "LENGTH_OVERFLOW", 1002],
    ["2^63 − 1 bytes (§10.4)", withLength("82 7f 7f ff ff ff ff ff ff ff"), "MESSAGE_TOO_BIG", 1009],
    ["2^53 bytes (§10.4)", withLength("82 7f 00 20 00 00 00 00 00 00"), "MESSAGE_TOO_BIG", 1009],
    ["too many bytes (§10.4)", frame(role, BINARY, "x".repeat(LIMIT + 1)), "MESSAGE_TOO_BIG", 1009],
    ["a continuation of nothing (§5.4)", frame(role, CONTINUATION, "x"), "UNEXPECTED_CONTINUATION", 1002],
    [
      "a message in a message (§5.4)",
      concat(frame(role, TEXT, "", { fin: false }), frame(role, TEXT)),
      "UNFINISHED_MESSAGE",
      1002,
    ],
    ["a close payload of one byte (§5.5.1)", frame(role, CLOSE, "x"), "CLOSE_PAYLOAD_TRUNCATED", 1002],
    ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map((code): Violation => [
      `close code ${code} (§7.4)`,
      closeFrame(role, code),
      "INVALID_CLOSE_CODE",
      1002,
    ]),
    [
      "a close reason that is no UTF-8 (§8.1)",
      frame(role, CLOSE, closePayload(1000, hex("ff"))),
      "INVALID_UTF8",
      1007,
    ],
    [
      "a close reason that breaks off in a character (§8.1)",
      frame(role, CLOSE, closePayload(1000, hex("e2 82"))),
      "INVALID_UTF8",
      1007,
    ],
    ["text that is no UTF-8 (§8.1)", frame(role, TEXT, hex("61 ff")), "INVALID_UTF8", 1007],
  ];
}

describe.each(ROLES)("protocol (%s) › failure (RFC 6455 §7.1.7)", (role) => {
  const tail = concat(
    frame(role, TEXT, "never seen"),
    frame(role, PING, "never answered"),
    closeFrame(role, 1000),
  );

  describe.each(violations(role))("by %s", (_title, bytes, code, closeCode) => {
    const feeds: [string, Uint8Array[]][] = [
      ["whole", [bytes]],
      ["byte by byte", byteByByte(bytes)],
      ["with data behind it", [concat(bytes, tail)]],
      ["byte by byte, with data behind it", byteByByte(concat(bytes, tail))],
    ];
    it.each(feeds)("is one event and one close frame: %s", (_feed, chunks) => {
      const protocol = createProtocol(role, LIMIT);
      const before = frame(role, TEXT, "before");
      const events = receive(protocol, before, ...chunks, tail);
      expect(describeEvents(events)).toEqual(["message before", `error ${code}`]);
      const event = events[1];
      expect(event?.type === "error" && event.error).toBeInstanceOf(ProtocolError);

      const frames = readFrames(output(protocol));
      expect(frames).toHaveLength(1);
      expect(frames[0]).toMatchObject({ fin: true, rsv: 0, opcode: CLOSE, masked: role === "client" });
      const payload = Buffer.from(frames[0]!.payload);
      expect(payload.readUInt16BE(0)).toBe(closeCode);
      expect(payload.toString("utf8", 2)).toBe(event?.type === "error" && event.error.message);
      expect(payload.length).toBeLessThanOrEqual(125);
    });
  });

  it("ends everything: nothing is received or sent, and the transport ends", () => {
    const protocol = createProtocol(role);
    receive(protocol, frame(role, TEXT, "x", { rsv: 1 }));
    output(protocol);
    expect(protocol.state).toBe("closing");
    expect(protocol.maySend).toBe(false);
    expect(protocol.mayReceive).toBe(false);
    expect(protocol.mustEndTransport).toBe(true);
    protocol.close(1000);
    protocol.sendControl(PING, "");
    expect(output(protocol)).toHaveLength(0);
  });

  it("has the result 1006, not clean, with the error (RFC 6455 §7.1.5)", () => {
    const protocol = createProtocol(role);
    receive(protocol, frame(role, TEXT, "x", { rsv: 1 }));
    protocol.receiveEnd();
    expect(protocol.state).toBe("closed");
    expect(protocol.result).toMatchObject({ code: 1006, reason: "", wasClean: false });
    expect(protocol.result.error).toMatchObject({ code: "RESERVED_BITS", closeCode: 1002 });
  });

  it("after our close frame sends no second one", () => {
    const protocol = createProtocol(role);
    protocol.close(1000);
    expect(describeEvents(receive(protocol, frame(role, 3)))).toEqual(["error RESERVED_OPCODE"]);
    expect(outputFrames(protocol)).toEqual(["close 1000"]);
    expect(protocol.mustEndTransport).toBe(true);
    expect(protocol.result.wasClean).toBe(false);
  });

  it("leaves what came before it whole", () => {
    const protocol = createProtocol(role);
    const events = receive(
      protocol,
      concat(frame(role, PING, "1"), frame(role, TEXT, "a"), frame(role, 3), tail),
    );
    expect(describeEvents(events)).toEqual(["ping <31>", "message a", "error RESERVED_OPCODE"]);
    expect(outputFrames(protocol)).toEqual(["pong 1", expect.stringMatching(/^close 1002/)]);
  });
});

describe("protocol › options", () => {
  it("refuses a role that is none: it would neither mask nor demand masks", () => {
    for (const role of ["sever", "", undefined, null, 1]) {
      expect(() => new Protocol({ role: role as never, maxMessageBytes: 1 })).toThrow(
        new TypeError(`Cannot take the role ${role}: it must be "server" or "client"`),
      );
    }
  });

  it("has a limit even where none is given: 1 MiB", () => {
    const protocol = new Protocol({ role: "client" } as never);
    expect(receive(protocol, frame("client", BINARY, "", { length: 1024 * 1024 }))).toEqual([]);
    const events = receive(
      new Protocol({ role: "client" } as never),
      frame("client", BINARY, "", { length: 1024 * 1024 + 1 }),
    );
    expect(describeEvents(events)).toEqual(["error MESSAGE_TOO_BIG"]);
  });

  it("refuses a limit that is none: every comparison with it would be false", () => {
    for (const limit of [-1, 1.5, Number.NaN, Infinity]) {
      expect(() => new Protocol({ role: "server", maxMessageBytes: limit })).toThrow(RangeError);
    }
    for (const limit of [null, "1"]) {
      expect(() => new Protocol({ role: "server", maxMessageBytes: limit as never })).toThrow(TypeError);
    }
  });
});
