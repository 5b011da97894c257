import { describe, expect, it } from "vitest";
import { createProtocol, describeEvents, outputFrames, receive } from "./session.ts";
import { BINARY, byteByByte, concat, CONTINUATION, frame, hex, PING, PONG, ROLES, TEXT } from "./wire.ts";

const MORE = { fin: false };

describe.each(ROLES)("protocol (%s) › fragments", (role) => {
  const begin = (payload: string): Uint8Array => frame(role, TEXT, payload, MORE);
  const more = (payload: string): Uint8Array => frame(role, CONTINUATION, payload, MORE);
  const last = (payload: string): Uint8Array => frame(role, CONTINUATION, payload);

  it.each([
    ["two", [begin("Hel"), last("lo")], "Hello"],
    ["many", [begin("H"), more("e"), more("l"), more("l"), last("o")], "Hello"],
    ["empty ones", [begin(""), more(""), last("")], ""],
    ["an empty one at the start", [begin(""), last("Hello")], "Hello"],
    ["an empty one in the middle", [begin("Hel"), more(""), last("lo")], "Hello"],
    ["an empty one at the end", [begin("Hello"), last("")], "Hello"],
    ["large ones", [begin("a".repeat(9000)), last("b".repeat(9000))], "a".repeat(9000) + "b".repeat(9000)],
  ] as const)("joins %s into one message (RFC 6455 §5.4)", (_title, frames, message) => {
    for (const chunks of [frames, [concat(...frames)], byteByByte(concat(...frames))]) {
      expect(receive(createProtocol(role), ...chunks)).toEqual([{ type: "message", data: message }]);
    }
  });

  it("joins binary ones into bytes", () => {
    const frames = [frame(role, BINARY, hex("01 ff"), MORE), frame(role, CONTINUATION, hex("02"))];
    expect(receive(createProtocol(role), ...frames)).toEqual([{ type: "message", data: hex("01 ff 02") }]);
  });

  it("joins characters that fragments cut apart (RFC 6455 §5.6)", () => {
    const frames = [
      frame(role, TEXT, hex("f0 9f"), MORE),
      frame(role, CONTINUATION, hex("8c"), MORE),
      frame(role, CONTINUATION, hex("8d")),
    ];
    expect(describeEvents(receive(createProtocol(role), ...frames))).toEqual(["message 🌍"]);
  });

  it("lets control frames pass between them (RFC 6455 §5.4)", () => {
    const protocol = createProtocol(role);
    const frames = [
      begin("a"),
      frame(role, PING, "1"),
      more("b"),
      frame(role, PONG, "2"),
      frame(role, PING, "3"),
    ];
    const events = receive(protocol, concat(...frames, last("c")));
    expect(describeEvents(events)).toEqual(["ping <31>", "pong <32>", "ping <33>", "message abc"]);
    expect(outputFrames(protocol)).toEqual(["pong 1", "pong 3"]);
  });

  it("begins a new message after the last one", () => {
    const events = receive(
      createProtocol(role),
      begin("a"),
      last("b"),
      begin("c"),
      last("d"),
      frame(role, TEXT, "e"),
    );
    expect(describeEvents(events)).toEqual(["message ab", "message cd", "message e"]);
  });

  it("accepts as many as a peer likes within the limit", () => {
    const fragments = Array.from({ length: 10_000 }, () => more("x".repeat(10)));
    const events = receive(createProtocol(role, 100_000), concat(begin(""), ...fragments, last("")));
    expect(events).toEqual([{ type: "message", data: "x".repeat(100_000) }]);
  });

  it.each([
    ["a continuation of nothing", [last("x")], "UNEXPECTED_CONTINUATION"],
    ["an unfinished continuation of nothing", [more("x")], "UNEXPECTED_CONTINUATION"],
    ["a continuation after a whole message", [frame(role, TEXT, "x"), last("x")], "UNEXPECTED_CONTINUATION"],
    ["a continuation after the last one", [begin("x"), last("x"), last("x")], "UNEXPECTED_CONTINUATION"],
    ["an empty continuation of nothing", [last("")], "UNEXPECTED_CONTINUATION"],
    [
      "a continuation of an empty message that ended",
      [begin(""), last(""), more("")],
      "UNEXPECTED_CONTINUATION",
    ],
    ["a text inside a message", [begin("x"), frame(role, TEXT, "x")], "UNFINISHED_MESSAGE"],
    ["a binary inside a message", [begin("x"), frame(role, BINARY, "x")], "UNFINISHED_MESSAGE"],
    ["another beginning inside a message", [begin("x"), begin("x")], "UNFINISHED_MESSAGE"],
    ["a beginning after an empty beginning", [begin(""), begin("")], "UNFINISHED_MESSAGE"],
  ] as const)("refuses %s (RFC 6455 §5.4)", (_title, frames, code) => {
    for (const chunks of [frames, [concat(...frames)], byteByByte(concat(...frames))]) {
      const protocol = createProtocol(role);
      const events = receive(protocol, ...chunks, frame(role, TEXT, "never seen"));
      expect(describeEvents(events).at(-1)).toBe(`error ${code}`);
      expect(outputFrames(protocol)).toEqual([expect.stringMatching(/^close 1002 Cannot accept /)]);
    }
  });

  it("refuses the wrong frame by its header, before its payload", () => {
    const protocol = createProtocol(role);
    const header = frame(role, CONTINUATION, "", { length: 100_000 });
    expect(describeEvents(receive(protocol, header))).toEqual(["error UNEXPECTED_CONTINUATION"]);
  });
});
