import { type MessageCompression, PreparedMessage, Protocol, type Role } from "@ws/connection";
import { settle } from "@ws/testing";
import { describe, expect, it, vi } from "vitest";
import { open } from "./open.ts";
import { describeEvents, output, outputFrames, receive } from "./session.ts";
import { BINARY, CLOSE, CONTINUATION, frame, hex, PING, readFrames, ROLES, TEXT, utf8 } from "./wire.ts";

const RSV1 = 4;

/** Turns every bit; leaves alone what begins with a dash; refuses what begins with 0x01 or is longer than allowed. */
function turning(variant?: string): MessageCompression & { compressed: number } {
  const turn = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff);
  return {
    variant,
    compressed: 0,
    compress(message) {
      this.compressed++;
      return message[0] === 0x2d ? undefined : turn(message);
    },
    decompress(data, maxBytes) {
      if (data[0] === 0x01) return "INVALID_COMPRESSED_DATA";
      return data.length > maxBytes - 5 ? "MESSAGE_TOO_BIG" : turn(data);
    },
    compressPart: turn,
    async *decompressParts(pieces) {
      for await (const piece of pieces) yield turn(piece);
    },
  };
}

describe.each(ROLES)("protocol (%s) › compression (RFC 7692 §6)", (role) => {
  const create = (compression = turning()): Protocol =>
    new Protocol({ role, maxMessageBytes: 100, compression });
  const turned = (text: string): Uint8Array => utf8(text).map((byte) => byte ^ 0xff);

  it("sends compressed messages with RSV1, others without", () => {
    const protocol = create();
    protocol.send("hello");
    protocol.send("- not");
    protocol.send("no", false);
    protocol.sendControl(PING, "ping");
    const frames = readFrames(output(protocol)).map(({ rsv, opcode, payload }) => [rsv, opcode, payload]);
    expect(frames).toEqual([
      [RSV1, TEXT, turned("hello")],
      [0, TEXT, utf8("- not")],
      [0, TEXT, utf8("no")],
      [0, PING, utf8("ping")],
    ]);
  });

  it("sends compressed bytes as whole binary messages (RFC 7692 §6.1)", () => {
    const protocol = create();
    protocol.send(hex("00 01"));
    const whole = { fin: true, rsv: RSV1, opcode: BINARY, masked: role === "client", payload: hex("ff fe") };
    expect(readFrames(output(protocol))).toEqual([whole]);
  });

  it("receives compressed messages, whole and in fragments, beside plain ones", () => {
    const rsv = RSV1;
    const frames = [
      frame(role, TEXT, turned("hello"), { rsv }),
      frame(role, BINARY, turned("x"), { rsv, fin: false }),
      frame(role, CONTINUATION, turned("y")),
      frame(role, TEXT, "plain"),
      frame(role, TEXT, "", { rsv }),
    ];
    const events = receive(create(), ...frames);
    expect(describeEvents(events)).toEqual(["message hello", "message <7879>", "message plain", "message "]);
  });

  it.each([
    [
      "RSV1 on a control frame",
      (reader: Role) => [frame(reader, PING, "", { rsv: 4 })],
      "RESERVED_BITS",
      "1002 Cannot accept RSV1 on control frame 9",
    ],
    [
      "RSV1 on a continuation",
      (reader: Role) => [
        frame(reader, TEXT, "", { fin: false }),
        frame(reader, CONTINUATION, "", { rsv: 4 }),
      ],
      "RESERVED_BITS",
      "1002 Cannot accept RSV1 on a continuation",
    ],
    [
      "RSV2",
      (reader: Role) => [frame(reader, TEXT, "", { rsv: 2 })],
      "RESERVED_BITS",
      "1002 Cannot accept reserved bits 2: no extension uses them",
    ],
    [
      "RSV1 and RSV3",
      (reader: Role) => [frame(reader, TEXT, "", { rsv: 5 })],
      "RESERVED_BITS",
      "1002 Cannot accept reserved bits 1: no extension uses them",
    ],
    [
      "data that cannot be decompressed",
      (reader: Role) => [frame(reader, TEXT, hex("01"), { rsv: 4 })],
      "INVALID_COMPRESSED_DATA",
      "1007 Cannot decompress the message: it is not whole DEFLATE data",
    ],
    [
      "text that is no UTF-8 in the end",
      (reader: Role) => [frame(reader, TEXT, hex("00"), { rsv: 4 })],
      "INVALID_UTF8",
      "1007 Cannot accept the text message: it is not UTF-8",
    ],
    [
      "text that ends in a character",
      (reader: Role) => [frame(reader, TEXT, hex("1d"), { rsv: 4 })],
      "INVALID_UTF8",
      "1007 Cannot accept the text message: it is not UTF-8",
    ],
    [
      "what is too much in the end",
      (reader: Role) => [frame(reader, BINARY, "x".repeat(98), { rsv: 4 })],
      "MESSAGE_TOO_BIG",
      "1009 Cannot accept a message of more bytes than that: maxMessageBytes is 100",
    ],
    [
      "what is too much on the wire",
      (reader: Role) => [frame(reader, BINARY, "", { rsv: 4, length: 172 })],
      "MESSAGE_TOO_BIG",
      "1009 Cannot accept a message of 172 bytes: maxMessageBytes is 100",
    ],
  ] as const)("refuses %s, and says why", (_title, frames, code, reason) => {
    const protocol = create();
    const events = receive(protocol, ...frames(role), frame(role, TEXT, "never seen"));
    expect(describeEvents(events)).toEqual([`error ${code}`]);
    expect(outputFrames(protocol)).toEqual([`close ${reason}`]);
  });

  it("refuses a stray continuation after a compressed message", () => {
    const frames = [frame(role, TEXT, turned("a"), { rsv: RSV1 }), frame(role, CONTINUATION, "b")];
    expect(describeEvents(receive(create(), ...frames))).toEqual([
      "message a",
      "error UNEXPECTED_CONTINUATION",
    ]);
  });

  it("sends close frames plain", () => {
    const protocol = create();
    protocol.close(1000);
    expect(readFrames(output(protocol))[0]).toMatchObject({ rsv: 0, opcode: CLOSE });
  });

  it("sends prepared messages, compressed or not", () => {
    for (const compression of [turning(), turning("same")]) {
      const protocol = create(compression);
      for (const text of ["hello", "- not"]) {
        const prepared = new PreparedMessage(text);
        protocol.send(prepared);
        protocol.send(prepared, false);
      }
      const masked = role === "client";
      const shape = { fin: true, opcode: TEXT, masked };
      const plain = { ...shape, rsv: 0, payload: utf8("- not") };
      expect(readFrames(output(protocol))).toEqual([
        { ...shape, rsv: RSV1, payload: turned("hello") },
        { ...shape, rsv: 0, payload: utf8("hello") },
        plain,
        plain,
      ]);
    }
  });
});

describe.each(ROLES)("connection (%s) › compression", (role) => {
  it("sends what the handshake agreed on, unless a message asks not to", async () => {
    const { connection, transport } = open(role, { compression: turning() });
    const callback = vi.fn<(error?: Error | null) => void>();
    connection.send("a");
    connection.send("b", { compress: false, callback });
    connection.send("c", {});
    await settle();
    expect(readFrames(transport.takeWritten()).map(({ rsv }) => rsv)).toEqual([RSV1, 0, RSV1]);
    expect(callback).toHaveBeenCalledOnce();
    connection.terminate();
  });
});

describe("connection › a compression that throws", () => {
  it("is reported, and does not end the receiving", async () => {
    // The flag that guards against re-entrance stayed set, and nothing was ever received again.
    const compression = turning();
    const { transport } = open("server", { compression });
    await settle();
    compression.decompress = () => {
      throw new Error("a bug");
    };
    expect(() => transport.arrive(frame("server", TEXT, "x", { rsv: RSV1 }))).toThrow("a bug");
    transport.arrive(frame("server", PING, "p"));
    expect(transport.takeFrames()).toEqual(["pong p"]);
    transport.destroy();
  });
});

describe("prepared message › compression", () => {
  it("keeps bytes and type, and shares the plain frame where compressing is not worth it", () => {
    const [bytes, text] = [new PreparedMessage(hex("00 01")), new PreparedMessage("- not")];
    expect(readFrames(bytes.compressedFrame(turning("one")))).toEqual([
      { fin: true, rsv: RSV1, opcode: BINARY, masked: false, payload: hex("ff fe") },
    ]);
    expect(text.compressedFrame(turning("one"))).toBe(text.frame);
  });

  it("is done once per variant by servers, and each time where earlier messages matter", () => {
    const send = (compression: MessageCompression): void => {
      const protocol = new Protocol({ role: "server", maxMessageBytes: 100, compression });
      protocol.send(prepared);
    };
    const prepared = new PreparedMessage("to everybody");
    const [one, other, withMemory] = [turning("one"), turning("other"), turning()];
    for (let i = 0; i < 3; i++) for (const compression of [one, other, withMemory]) send(compression);
    expect([one.compressed, other.compressed, withMemory.compressed]).toEqual([1, 1, 3]);
  });
});

it("protocol › gives data that does not compress the bytes by which it grows (it was refused just below the limit)", () => {
  const compression: MessageCompression = {
    ...turning("stored"),
    compress: (data) => data,
    decompress: (data) => data.subarray(0, 1024),
  };
  const types = [1024 + 128, 1024 + 129].map((size) => {
    const protocol = new Protocol({ role: "server", maxMessageBytes: 1024, compression });
    return receive(protocol, frame("server", BINARY, "x".repeat(size), { rsv: RSV1 })).map(
      ({ type }) => type,
    );
  });
  expect(types).toEqual([["message"], ["error"]]);
});
