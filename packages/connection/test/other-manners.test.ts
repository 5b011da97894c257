// What a connection does otherwise where its maker asks for it: text as bytes, pongs by hand, close frames without words,
// messages in pieces; and who hears of a closing as it begins.
import { type ClosingSign, PreparedMessage, TextBytes } from "@ws/connection";
import { describe, expect, it } from "vitest";
import { record, settle } from "@ws/testing";
import { open } from "./open.ts";
import { BINARY, closeFrame, concat, CONTINUATION, frame, hex, PING, ROLES, TEXT, utf8 } from "./wire.ts";

const BAD_UTF8 = hex("ce ba e1 bd b9 cf 83 ff");

describe.each(ROLES)("connection (%s) › text as bytes", (role) => {
  it("delivers text as its UTF-8, and binary messages as before", async () => {
    const { connection, transport } = open(role, { text: "bytes" });
    const { messages } = record(connection);
    transport.arrive(
      frame(role, TEXT, "Grüße"),
      frame(role, TEXT, "ein", { fin: false }),
      frame(role, CONTINUATION, "s"),
      frame(role, BINARY, "zwei"),
    );
    await settle();
    expect(messages.map((message) => message instanceof TextBytes)).toEqual([true, true, false]);
    expect(messages.map((message) => Buffer.from(message as Uint8Array).toString())).toEqual([
      "Grüße",
      "eins",
      "zwei",
    ]);
  });

  it.each([
    ["bytes", "close 1007 Cannot accept the text message: it is not UTF-8", 0],
    ["uncheckedBytes", undefined, 2],
  ] as const)("as %s answers text that is not UTF-8 with %s (RFC 6455 §8.1)", async (text, answer, count) => {
    const { connection, transport } = open(role, { text });
    const { messages } = record(connection);
    const half = BAD_UTF8.subarray(0, 7);
    transport.arrive(
      concat(
        frame(role, TEXT, BAD_UTF8),
        frame(role, TEXT, half, { fin: false }),
        frame(role, CONTINUATION, hex("ff")),
      ),
    );
    await settle();
    expect(messages).toHaveLength(count);
    expect(transport.takeFrames()).toEqual(answer === undefined ? [] : [answer]);
    transport.destroy();
    await connection.closed;
  });

  it("sends text that is given as bytes as text, alone and to many", async () => {
    const { connection, transport } = open(role);
    const text = TextBytes.over(utf8("Grüße"));
    connection.send(text);
    connection.send(new PreparedMessage(text));
    await settle();
    expect(transport.takeFrames()).toEqual(["text Grüße", "text Grüße"]);
  });

  it("takes no other form", () => {
    expect(() => open(role, { text: "blobs" as "bytes" })).toThrow(
      new TypeError('Cannot receive text as blobs: it must be "string", "bytes" or "uncheckedBytes"'),
    );
  });
});

describe.each(ROLES)("connection (%s) › pieces of a message", (role) => {
  it("leave as fragments, in the order of the calls, and the close frame behind them (RFC 6455 §5.4)", async () => {
    const { connection, transport } = open(role);
    const told: string[] = [];
    const callback = (name: string) => (): void => void told.push(name);
    connection.sendFragment("a", { isLast: false, callback: callback("a") });
    connection.ping("p", callback("p"));
    connection.sendFragment("b", { isLast: false, callback: callback("b") });
    connection.sendFragment("c", { isLast: true, callback: callback("c") });
    connection.send("whole");
    void connection.close();
    await settle();
    expect(transport.takeFrames()).toEqual([
      "text… a",
      "ping p",
      "more… b",
      "more c",
      "text whole",
      "close 1000",
    ]);
    expect(told).toEqual(["a", "p", "b", "c"]);
    transport.destroy();
    await connection.closed;
  });

  it("wait behind a message that is under way", async () => {
    const { connection, transport } = open(role);
    transport.block();
    connection.send(new Uint8Array(3 * 1024 * 1024));
    connection.sendFragment("a", { isLast: false });
    connection.sendFragment("b", { isLast: true });
    connection.send("after");
    for (let reads = 0; reads < 40; reads++) {
      transport.unblockOnce();
      await settle();
    }
    const frames = transport.takeFrames().map((each) => each.replaceAll("\0", "").trimEnd());
    expect(frames).toEqual(["binary…", "more…", "more", "text… a", "more b", "text after"]);
    transport.destroy();
    await connection.closed;
  });

  it("may be left without an end by a close", async () => {
    const { connection, transport } = open(role);
    connection.sendFragment("a", { isLast: false });
    void connection.close(1001);
    connection.sendFragment("late", { isLast: true });
    await settle();
    expect(transport.takeFrames()).toEqual(["text… a", "close 1001"]);
    transport.destroy();
    await connection.closed;
  });
});

describe.each(ROLES)("connection (%s) › closing as a sign", (role) => {
  it("tells of the peer's close frame as it is answered, and echoes its reason where asked to", async () => {
    const { connection, transport } = open(role, { closeReason: "echo" });
    const signs: ClosingSign[] = [];
    connection.on("closing", (sign) => {
      signs.push(sign);
      expect(connection.state).toBe("closing");
      expect(transport.takeFrames()).toEqual(["close 4000 bye"]);
    });
    transport.arrive(closeFrame(role, 4000, "bye"));
    await settle();
    expect(signs).toEqual([{ code: 4000, reason: "bye" }]);
    transport.destroy();
    await connection.closed;
  });

  it("tells of the rule that was broken, and says no word of its own where asked to", async () => {
    const { connection, transport } = open(role, { closeReason: "echo" });
    const signs: ClosingSign[] = [];
    connection.on("closing", (sign) => signs.push(sign));
    transport.arrive(frame(role, 5));
    await settle();
    expect(signs).toMatchObject([{ code: 1006, reason: "", error: { code: "RESERVED_OPCODE" } }]);
    expect(transport.takeFrames()).toEqual(["close 1002"]);
    transport.destroy();
    await connection.closed;
  });

  it("leaves pings to those who hear of them, where asked to", async () => {
    const { connection, transport } = open(role, { autoPong: false });
    connection.on("ping", (data) => connection.pong(`not ${Buffer.from(data).toString()}`));
    transport.arrive(frame(role, PING, "this"));
    await settle();
    expect(transport.takeFrames()).toEqual(["pong not this"]);
  });
});
