import { describe, expect, it } from "vitest";
import { createProtocol, describeEvents, output, outputFrames, receive } from "./session.ts";
import { closeFrame, concat, frame, hex, PING, PONG, readFrames, ROLES, TEXT, utf8 } from "./wire.ts";

const LONGEST = "x".repeat(125);

describe.each(ROLES)("protocol (%s) › pings and pongs", (role) => {
  const ping = (payload: string | Uint8Array): Uint8Array => frame(role, PING, payload);

  it.each(["", "a", LONGEST])("answers ping %j with the same payload (RFC 6455 §5.5.3)", (payload) => {
    const protocol = createProtocol(role);
    expect(receive(protocol, ping(payload))).toEqual([{ type: "ping", data: utf8(payload) }]);
    expect(readFrames(output(protocol))).toEqual([
      { fin: true, rsv: 0, opcode: PONG, masked: role === "client", payload: utf8(payload) },
    ]);
  });

  it("answers bytes that are no text", () => {
    const protocol = createProtocol(role);
    receive(protocol, ping(hex("ff 00 80")));
    expect(readFrames(output(protocol))[0]?.payload).toEqual(hex("ff 00 80"));
  });

  it("answers ten pings with ten pongs, in order (RFC 6455 §5.5.2)", () => {
    const protocol = createProtocol(role);
    const numbers = Array.from({ length: 10 }, (_, i) => String(i));
    receive(protocol, concat(...numbers.map(ping)));
    expect(outputFrames(protocol)).toEqual(numbers.map((i) => `pong ${i}`));
  });

  it("answers only the newest while pongs are held (RFC 6455 §5.5.3)", () => {
    const protocol = createProtocol(role);
    protocol.holdPongs(true);
    const events = receive(protocol, concat(ping("1"), ping("2"), ping("3")));
    expect(describeEvents(events)).toEqual(["ping <31>", "ping <32>", "ping <33>"]);
    expect(outputFrames(protocol)).toEqual([]);
    protocol.holdPongs(false);
    expect(outputFrames(protocol)).toEqual(["pong 3"]);
    protocol.holdPongs(false);
    expect(outputFrames(protocol)).toEqual([]);
  });

  it("keeps a held pong's payload when the chunk it came in changes", () => {
    const protocol = createProtocol(role);
    protocol.holdPongs(true);
    const chunk = ping("kept");
    protocol.receive(chunk);
    protocol.next();
    chunk.fill(0);
    protocol.holdPongs(false);
    expect(outputFrames(protocol)).toEqual(["pong kept"]);
  });

  it("answers each again once they are held no more", () => {
    const protocol = createProtocol(role);
    protocol.holdPongs(true);
    protocol.holdPongs(false);
    receive(protocol, ping("1"), ping("2"));
    expect(outputFrames(protocol)).toEqual(["pong 1", "pong 2"]);
  });

  it("owes no pong any more once the peer has closed (RFC 6455 §5.5.2)", () => {
    const protocol = createProtocol(role);
    protocol.holdPongs(true);
    receive(protocol, ping("1"), closeFrame(role, 1000));
    protocol.holdPongs(false);
    expect(outputFrames(protocol)).toEqual(["close 1000"]);
  });

  it("still answers after our close frame (RFC 6455 §5.5.2)", () => {
    const protocol = createProtocol(role);
    protocol.close(1000);
    expect(describeEvents(receive(protocol, ping("1")))).toEqual(["ping <31>"]);
    expect(outputFrames(protocol)).toEqual(["close 1000", "pong 1"]);
  });

  it("answers nothing after the peer's close frame (RFC 6455 §5.5.2)", () => {
    const protocol = createProtocol(role);
    expect(describeEvents(receive(protocol, closeFrame(role, 1000), ping("1")))).toEqual(["close 1000"]);
    expect(outputFrames(protocol)).toEqual(["close 1000"]);
  });

  it("takes pongs, asked for or not, and answers none (RFC 6455 §5.5.3)", () => {
    const protocol = createProtocol(role);
    expect(describeEvents(receive(protocol, frame(role, PONG, "?")))).toEqual(["pong <3f>"]);
    expect(outputFrames(protocol)).toEqual([]);
  });

  it("sends pings and unsolicited pongs, as text or bytes", () => {
    const protocol = createProtocol(role);
    protocol.sendControl(PING, "a");
    protocol.sendControl(PONG, utf8("b"));
    protocol.sendControl(PING, "");
    expect(outputFrames(protocol)).toEqual(["ping a", "pong b", "ping"]);
  });

  it("sends 125 bytes and refuses 126, counted as UTF-8 (RFC 6455 §5.5)", () => {
    const protocol = createProtocol(role);
    protocol.sendControl(PING, LONGEST);
    protocol.sendControl(PING, new Uint8Array(125));
    expect(readFrames(output(protocol))).toHaveLength(2);
    for (const tooLong of [`${LONGEST}x`, "ü".repeat(63), new Uint8Array(126)]) {
      expect(() => protocol.sendControl(PING, tooLong)).toThrow(
        new RangeError("Cannot send a control frame of 126 bytes: it has room for 125"),
      );
    }
    expect(output(protocol)).toHaveLength(0);
  });

  it("sends none after our close frame", () => {
    const protocol = createProtocol(role);
    protocol.close();
    protocol.sendControl(PING, "");
    expect(outputFrames(protocol)).toEqual(["close"]);
  });

  it("takes a ping inside the payload of no message apart from the messages around it", () => {
    const protocol = createProtocol(role);
    const events = receive(protocol, concat(frame(role, TEXT, "a"), ping(""), frame(role, TEXT, "b")));
    expect(describeEvents(events)).toEqual(["message a", "ping <>", "message b"]);
  });
});
