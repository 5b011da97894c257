import { describe, expect, it, vi } from "vitest";
import { createProtocol, describeEvents, outputFrames, receive } from "./session.ts";
import { BINARY, byteByByte, CONTINUATION, frame, PING, ROLES, TEXT } from "./wire.ts";

const MORE = { fin: false };
const TOO_BIG = ["error MESSAGE_TOO_BIG"];

describe.each(ROLES)("protocol (%s) › maxMessageBytes (RFC 6455 §10.4)", (role) => {
  it("accepts exactly that many and refuses one more, with both numbers in the answer", () => {
    const protocol = createProtocol(role, 1000);
    expect(receive(protocol, frame(role, BINARY, "x".repeat(1000)))).toHaveLength(1);
    expect(describeEvents(receive(protocol, frame(role, BINARY, "x".repeat(1001))))).toEqual(TOO_BIG);
    expect(outputFrames(protocol)).toEqual([
      "close 1009 Cannot accept a message of 1001 bytes: maxMessageBytes is 1000",
    ]);
  });

  it.each([124, 125, 126])("holds for the shortest way a message can take: %i", (limit) => {
    const fits = frame(role, BINARY, "x".repeat(limit));
    const isTooLong = frame(role, BINARY, "x".repeat(limit + 1));
    expect(describeEvents(receive(createProtocol(role, limit), fits, isTooLong))).toEqual([
      `message <${"78".repeat(limit)}>`,
      ...TOO_BIG,
    ]);
  });

  it("may change between two messages of one chunk", () => {
    const protocol = createProtocol(role, 1000);
    protocol.receive(Buffer.concat([frame(role, TEXT, "x".repeat(11)), frame(role, TEXT, "x".repeat(11))]));
    expect(protocol.next()).toMatchObject({ type: "message" });
    protocol.maxMessageBytes = 10;
    expect(protocol.next()).toMatchObject({ type: "error", error: { code: "MESSAGE_TOO_BIG" } });
  });

  it("counts bytes, not characters", () => {
    expect(receive(createProtocol(role, 10), frame(role, TEXT, "ü".repeat(5)))).toHaveLength(1);
    expect(describeEvents(receive(createProtocol(role, 10), frame(role, TEXT, "ü".repeat(6))))).toEqual(
      TOO_BIG,
    );
  });

  it.each([
    ["one frame", [frame(role, TEXT, "as long as a limit allows ".repeat(5))]],
    ["two", [frame(role, TEXT, "as long as ", MORE), frame(role, CONTINUATION, "a limit allows")]],
  ])("a text that is too long for a string, in %s, does not throw", (_frames, frames) => {
    // Where the limit was above half a gibibyte, a peer could end the process.
    const tooLong = vi.spyOn(Buffer.prototype, "utf8Slice" as never).mockImplementation((() => {
      throw new Error("Cannot create a string longer than 0x1fffffe8 characters");
    }) as never);
    const events = receive(createProtocol(role), ...frames);
    tooLong.mockRestore();
    expect(describeEvents(events)).toEqual(TOO_BIG);
  });

  it("decides on the header, before a byte of payload", () => {
    const header = frame(role, BINARY, "", { length: 1001 });
    const protocol = createProtocol(role, 1000);
    expect(receive(protocol, header.subarray(0, -1))).toEqual([]);
    expect(describeEvents(receive(protocol, header.subarray(-1)))).toEqual(TOO_BIG);
  });

  it("sums up fragments: exactly the limit is accepted", () => {
    const frames = [
      frame(role, BINARY, "xxxx", MORE),
      frame(role, CONTINUATION, "xxx", MORE),
      frame(role, CONTINUATION, "xxx"),
    ];
    expect(receive(createProtocol(role, 10), ...frames)).toHaveLength(1);
    expect(describeEvents(receive(createProtocol(role, 9), ...frames))).toEqual(TOO_BIG);
  });

  it("refuses a fragment by its header when the sum will be too large", () => {
    const protocol = createProtocol(role, 1000);
    receive(protocol, frame(role, BINARY, "x".repeat(999), MORE));
    const events = receive(protocol, frame(role, CONTINUATION, "", { ...MORE, length: 2 }));
    expect(describeEvents(events)).toEqual(TOO_BIG);
  });

  it("counts anew with every message", () => {
    const protocol = createProtocol(role, 10);
    const message = frame(role, BINARY, "x".repeat(10));
    const parts = [frame(role, BINARY, "x".repeat(5), MORE), frame(role, CONTINUATION, "x".repeat(5))];
    expect(receive(protocol, message, message, ...parts, ...parts, message)).toHaveLength(5);
  });

  it("does not count control frames between fragments", () => {
    const frames = [
      frame(role, BINARY, "x".repeat(10), MORE),
      frame(role, PING, "x".repeat(125)),
      frame(role, CONTINUATION),
    ];
    expect(describeEvents(receive(createProtocol(role, 10), ...frames)).at(-1)).toMatch(/^message/);
  });

  it("0 lets only empty messages through", () => {
    const protocol = createProtocol(role, 0);
    const frames = [frame(role, TEXT), frame(role, TEXT, "", MORE), frame(role, CONTINUATION)];
    expect(describeEvents(receive(protocol, ...frames))).toEqual(["message ", "message "]);
    expect(describeEvents(receive(protocol, frame(role, TEXT, "x")))).toEqual(TOO_BIG);
  });

  it("holds byte by byte", () => {
    const fits = byteByByte(frame(role, BINARY, "x".repeat(200)));
    const tooLong = byteByByte(frame(role, BINARY, "x".repeat(201)));
    expect(receive(createProtocol(role, 200), ...fits)).toHaveLength(1);
    expect(describeEvents(receive(createProtocol(role, 200), ...tooLong))).toEqual(TOO_BIG);
  });
});
