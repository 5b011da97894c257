import { PreparedMessage } from "@ws/connection";
import { describe, expect, it } from "vitest";
import { createProtocol, describeEvents, output, outputFrames, receive } from "./session.ts";
import { BINARY, byteByByte, concat, frame, hex, readFrames, ROLES, TEXT, utf8 } from "./wire.ts";

describe.each(ROLES)("protocol (%s) › messages", (role) => {
  it("receives text as a string (RFC 6455 §5.6)", () => {
    const events = receive(createProtocol(role), frame(role, TEXT, "Grüße, 🌍"));
    expect(events).toEqual([{ type: "message", data: "Grüße, 🌍" }]);
  });

  it("receives binary as bytes (RFC 6455 §5.6)", () => {
    const events = receive(createProtocol(role), frame(role, BINARY, hex("00 ff 80")));
    expect(events).toEqual([{ type: "message", data: hex("00 ff 80") }]);
  });

  it("receives empty messages of either kind", () => {
    const events = receive(createProtocol(role), frame(role, TEXT), frame(role, BINARY));
    expect(events).toEqual([
      { type: "message", data: "" },
      { type: "message", data: new Uint8Array(0) },
    ]);
  });

  it("keeps a byte order mark at the start of a text", () => {
    const events = receive(createProtocol(role), frame(role, TEXT, "\uFEFFa"));
    expect(events).toEqual([{ type: "message", data: "\uFEFFa" }]);
  });

  it("hands out plain Uint8Arrays, whatever the chunk was", () => {
    const protocol = createProtocol(role);
    protocol.receive(Buffer.from(frame(role, BINARY, "abc")));
    const event = protocol.next();
    expect(event?.type === "message" && Object.getPrototypeOf(event.data)).toBe(Uint8Array.prototype);
  });

  it("receives several messages of one chunk, in order, one per call", () => {
    const protocol = createProtocol(role);
    protocol.receive(concat(frame(role, TEXT, "1"), frame(role, TEXT, "2"), frame(role, TEXT, "3")));
    const events = [protocol.next()!, protocol.next()!, protocol.next()!];
    expect(describeEvents(events)).toEqual(["message 1", "message 2", "message 3"]);
    expect(protocol.next()).toBeUndefined();
  });

  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 70_000])(
    "receives %i bytes, whole and in pieces",
    (length) => {
      const data = Uint8Array.from({ length }, (_, i) => (i * 31) & 0xff);
      const bytes = frame(role, BINARY, data);
      const pieces = [
        bytes.subarray(0, 1),
        bytes.subarray(1, 9),
        bytes.subarray(9, 5000),
        bytes.subarray(5000),
      ];
      expect(receive(createProtocol(role), bytes)).toEqual([{ type: "message", data }]);
      expect(receive(createProtocol(role), ...pieces)).toEqual([{ type: "message", data }]);
    },
  );

  it("receives a message byte by byte", () => {
    const events = receive(createProtocol(role), ...byteByByte(frame(role, TEXT, "Grüße, 🌍")));
    expect(describeEvents(events)).toEqual(["message Grüße, 🌍"]);
  });

  it("answers a message with nothing of its own", () => {
    const protocol = createProtocol(role);
    receive(protocol, frame(role, TEXT, "hello"));
    expect(output(protocol)).toHaveLength(0);
  });

  it("sends a string as text and bytes as binary, each in one final frame (RFC 6455 §5.6)", () => {
    const protocol = createProtocol(role);
    protocol.send("Grüße");
    protocol.send(hex("00 ff"));
    protocol.send("");
    protocol.send(new Uint8Array(0));
    const base = { fin: true, rsv: 0, masked: role === "client" };
    expect(readFrames(output(protocol))).toEqual([
      { ...base, opcode: TEXT, payload: utf8("Grüße") },
      { ...base, opcode: BINARY, payload: hex("00 ff") },
      { ...base, opcode: TEXT, payload: hex("") },
      { ...base, opcode: BINARY, payload: hex("") },
    ]);
  });

  it("sends prepared messages as any other, and as often as wanted", () => {
    const [first, second] = [createProtocol(role), createProtocol(role)];
    const prepared = new PreparedMessage("to everybody");
    for (const protocol of [first, second, first]) protocol.send(prepared);
    first.send(new PreparedMessage(hex("01")));
    expect(outputFrames(first)).toEqual(["text to everybody", "text to everybody", "binary \x01"]);
    expect(outputFrames(second)).toEqual(["text to everybody"]);
  });

  it("does not write to the bytes that it sends (RFC 6455 §5.3)", () => {
    const protocol = createProtocol(role);
    const small = utf8("abc");
    const large = new Uint8Array(100_000).fill(7);
    protocol.send(small);
    protocol.send(large);
    output(protocol);
    expect(small).toEqual(utf8("abc"));
    expect(large.every((byte) => byte === 7)).toBe(true);
  });
});

describe("prepared message › encoding", () => {
  it("is done once: every server sends the same bytes", () => {
    const prepared = new PreparedMessage("x".repeat(20_000));
    expect(prepared.frame).toBe(prepared.frame);
    const [first, second] = [createProtocol("server"), createProtocol("server")];
    first.send(prepared);
    second.send(prepared);
    expect(first.output.take()[0]).toBe(prepared.frame);
    expect(second.output.take()[0]).toBe(prepared.frame);
  });

  it("is masked anew by every client (RFC 6455 §5.3)", () => {
    const protocol = createProtocol("client");
    const prepared = new PreparedMessage("x".repeat(64));
    protocol.send(prepared);
    const first = output(protocol);
    protocol.send(prepared);
    expect(output(protocol)).not.toEqual(first);
  });
});
