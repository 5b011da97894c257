import { describe, expect, it } from "vitest";
import { createProtocol, describeEvents, outputFrames, receive } from "./session.ts";
import { BINARY, byteByByte, CONTINUATION, frame, hex, ROLES, TEXT } from "./wire.ts";

const MORE = { fin: false };

describe.each(ROLES)("protocol (%s) › UTF-8 (RFC 6455 §8.1)", (role) => {
  it.each([
    ["a lone continuation octet", "80"],
    ["an octet that is never used", "ff"],
    ["an overlong slash", "c0 af"],
    ["an overlong NUL in three", "e0 80 80"],
    ["a surrogate", "ed a0 80"],
    ["a character past U+10FFFF", "f4 90 80 80"],
    ["a character that breaks off in another", "e2 82 61"],
    ["text that ends inside a character", "61 e2 82"],
  ])("refuses %s, whole, byte by byte and in fragments", (_title, octets) => {
    const bytes = hex(octets);
    const inFragments = byteByByte(bytes).map((byte, i) =>
      frame(role, i === 0 ? TEXT : CONTINUATION, byte, { fin: i === bytes.length - 1 }),
    );
    const whole = frame(role, TEXT, bytes);
    for (const chunks of [[whole], byteByByte(whole), inFragments]) {
      const protocol = createProtocol(role);
      expect(describeEvents(receive(protocol, ...chunks))).toEqual(["error INVALID_UTF8"]);
      expect(outputFrames(protocol)).toEqual([expect.stringMatching(/^close 1007/)]);
    }
  });

  it("fails inside a frame as soon as the octet is there that proves it", () => {
    const protocol = createProtocol(role);
    const bytes = frame(role, TEXT, hex("61 62 ff 63 64 65"));
    const start = bytes.length - 6;
    expect(receive(protocol, bytes.subarray(0, start + 2))).toEqual([]);
    const events = receive(protocol, bytes.subarray(start + 2, start + 3));
    expect(describeEvents(events)).toEqual(["error INVALID_UTF8"]);
  });

  it("fails inside a frame at the second octet of a surrogate, without the third", () => {
    const bytes = frame(role, TEXT, hex("ed a0 80"));
    const events = receive(createProtocol(role), bytes.subarray(0, -1));
    expect(describeEvents(events)).toEqual(["error INVALID_UTF8"]);
  });

  it("fails inside a message, before its next fragment", () => {
    const events = receive(createProtocol(role), frame(role, TEXT, hex("ce ba ff"), MORE));
    expect(describeEvents(events)).toEqual(["error INVALID_UTF8"]);
  });

  it("fails where the message ends inside a character, not where a fragment does", () => {
    const protocol = createProtocol(role);
    expect(receive(protocol, frame(role, TEXT, hex("e2 82"), MORE))).toEqual([]);
    expect(describeEvents(receive(protocol, frame(role, CONTINUATION)))).toEqual(["error INVALID_UTF8"]);
  });

  it("starts anew with every message", () => {
    const protocol = createProtocol(role);
    const frames = [
      frame(role, TEXT, hex("e2 82"), MORE),
      frame(role, CONTINUATION, hex("ac")),
      frame(role, TEXT, "b"),
    ];
    expect(describeEvents(receive(protocol, ...frames))).toEqual(["message €", "message b"]);
  });

  it("asks nothing of binary messages", () => {
    const frames = [frame(role, BINARY, hex("ff"), MORE), frame(role, CONTINUATION, hex("c0"))];
    expect(describeEvents(receive(createProtocol(role), ...frames))).toEqual(["message <ffc0>"]);
  });
});
