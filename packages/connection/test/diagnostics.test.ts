import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import { Connection } from "@ws/connection";
import { settle, TestTransport } from "@ws/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { catchUncaught, open } from "./open.ts";
import { BINARY, closeFrame, CONTINUATION, frame, hex, PING, ROLES, TEXT, utf8 } from "./wire.ts";

const NAMES = [
  "ws:connection:open",
  "ws:connection:close",
  "ws:frame:received",
  "ws:frame:sent",
  "ws:message:received",
  "ws:message:sent",
  "ws:transport:received",
  "ws:transport:sent",
  "ws:queue:stalled",
  "ws:queue:resumed",
  "ws:queue:backed-up",
  "ws:queue:drained",
  "ws:limit:exceeded",
] as const;

type Payload = Record<string, unknown>;
let subscriptions: [string, (message: unknown) => void][] = [];

function listen(name: string, listener: (payload: Payload) => void): void {
  const subscriber = (message: unknown): void => listener(message as Payload);
  subscriptions.push([name, subscriber]);
  subscribe(name, subscriber);
}

/** What is published under the names, in order, without the connection. */
function hear(...names: string[]): [string, Payload][] {
  const heard: [string, Payload][] = [];
  for (const name of names) {
    listen(name, ({ connection, ...rest }) => {
      expect(connection).toBeInstanceOf(Connection);
      heard.push([name, rest]);
    });
  }
  return heard;
}

afterEach(() => {
  for (const [name, listener] of subscriptions) unsubscribe(name, listener);
  subscriptions = [];
});

describe.each(ROLES)("diagnostics (%s)", (role) => {
  it("a connection opens and closes, and whoever hears of it may use it", async () => {
    // It was published before the connection was whole, so that any use of it threw.
    const used: unknown[] = [];
    listen("ws:connection:open", ({ connection }) => {
      const opened = connection as Connection;
      used.push(opened.state, opened.getStats().bytesReceived, opened.limits.maxMessageBytes > 0);
    });
    const heard = hear("ws:connection:open", "ws:connection:close");
    const { connection } = open(role);
    expect(heard).toEqual([["ws:connection:open", { role }]]);
    expect(used).toEqual(["open", 0, true]);
    connection.terminate();
    const result = await connection.closed;
    expect(heard[1]).toEqual(["ws:connection:close", { result }]);
    expect(heard).toHaveLength(2);
  });

  it("what came of a frame along with its header, unmasked, and the message is whole nevertheless", async () => {
    const heard = hear("ws:frame:received");
    const { connection, transport } = open(role);
    const messages: unknown[] = [];
    connection.on("message", (data) => messages.push(data));
    await settle();
    for (const opcode of [BINARY, TEXT]) {
      const bytes = frame(role, opcode, "in two parts");
      transport.arrive(bytes.slice(0, -5));
      transport.arrive(bytes.slice(-5));
    }
    expect(heard.map(([, payload]) => payload["frame"])).toMatchObject([
      { opcode: BINARY, payloadLength: 12, payload: utf8("in two ") },
      { opcode: TEXT, payloadLength: 12, payload: utf8("in two ") },
    ]);
    expect(messages).toEqual([utf8("in two parts"), "in two parts"]);
    connection.terminate();
  });

  it("frames, both ways, as they are", async () => {
    const heard = hear("ws:frame:received", "ws:frame:sent");
    const { connection, transport } = open(role);
    connection.on("message", () => {});
    await settle();
    connection.send("€");
    transport.arrive(
      frame(role, TEXT, "a", { fin: false }),
      frame(role, PING, "p"),
      frame(role, CONTINUATION, ""),
    );
    const sent = (opcode: number, payload: unknown, payloadLength: unknown): unknown => [
      "ws:frame:sent",
      { frame: { direction: "sent", opcode, fin: true, rsv: 0, payloadLength, payload } },
    ];
    const received = (opcode: number, fin: boolean, text: string): unknown => [
      "ws:frame:received",
      {
        frame: {
          direction: "received",
          opcode,
          fin,
          rsv: 0,
          payloadLength: text.length,
          payload: utf8(text),
        },
      },
    ];
    expect(heard).toEqual([
      sent(1, "€", undefined),
      received(1, false, "a"),
      received(9, true, "p"),
      sent(10, utf8("p"), 1),
      received(0, true, ""),
    ]);
    connection.terminate();
  });

  it("frames that are a short message each, as long as somebody listens", async () => {
    const { connection, transport } = open(role);
    const messages: unknown[] = [];
    const heard: unknown[] = [];
    const onFrame = (message: unknown): void => void heard.push((message as { frame: unknown }).frame);
    // In the midst of a chunk as well.
    connection.on("message", (data) => {
      messages.push(data);
      if (data === "begin") subscribe("ws:frame:received", onFrame);
      if (data === "end") unsubscribe("ws:frame:received", onFrame);
    });
    await settle();
    const texts = ["before", "begin", "text", "end", "behind"].map((text) => frame(role, TEXT, text));
    transport.arrive(Buffer.concat([...texts.slice(0, 3), frame(role, BINARY, "bytes"), ...texts.slice(3)]));
    expect(messages).toEqual(["before", "begin", "text", utf8("bytes"), "end", "behind"]);
    expect(heard).toMatchObject([
      { opcode: TEXT, payload: utf8("text") },
      { opcode: BINARY, payload: utf8("bytes") },
      { opcode: TEXT, payload: utf8("end") },
    ]);
    expect(connection.getStats()).toMatchObject({ messagesReceived: 6 });
    connection.terminate();
  });

  it("messages, both ways, prepared and streamed ones too", async () => {
    const heard = hear("ws:message:received", "ws:message:sent");
    const { connection, transport } = open(role);
    connection.on("message", () => {});
    await settle();
    connection.send("sent");
    connection.send(connection.prepare("prepared"));
    const source = ["a", "b"];
    await connection.sendStream(source);
    transport.arrive(frame(role, TEXT, "received"));
    expect(heard.map(([name, { data }]) => [name, data])).toEqual([
      ["ws:message:sent", "sent"],
      ["ws:message:sent", "prepared"],
      ["ws:message:sent", source],
      ["ws:message:received", "received"],
    ]);
    connection.removeAllListeners();
    const streams = connection.messageStreams();
    transport.arrive(frame(role, TEXT, "x"));
    const message = await streams.next();
    expect(heard.at(-1)).toEqual(["ws:message:received", { data: message.value }]);
    connection.terminate();
  });

  it("bytes, as they are on the wire", async () => {
    const heard = hear("ws:transport:received", "ws:transport:sent");
    const head = frame(role, TEXT, "head");
    const { connection, transport } = open(role, { head });
    await settle();
    transport.arrive(frame(role, PING, "p"));
    connection.send(new Uint8Array(300_000));
    await settle();
    const bytes = (name: string): Buffer =>
      Buffer.concat(
        heard.filter(([heardName]) => heardName === name).map(([, { chunk }]) => chunk as Uint8Array),
      );
    expect(bytes("ws:transport:sent").equals(transport.takeWritten())).toBe(true);
    expect(heard[0]![1]["chunk"]).toHaveLength(head.length);
    expect(bytes("ws:transport:received")).toHaveLength(head.length + frame(role, PING, "p").length);
    connection.terminate();
  });

  it("where bytes begin a frame, to whoever comes late", async () => {
    const { connection, transport } = open(role);
    connection.on("message", () => {});
    await settle();
    const [whole, other] = [frame(role, TEXT, "whole"), frame(role, TEXT, "other")];
    transport.arrive(whole.slice(0, 4));
    const heard = hear("ws:transport:received", "ws:transport:sent");
    transport.arrive(whole.slice(4));
    transport.arrive(other.slice(0, 1));
    transport.arrive(other.slice(1));
    transport.arrive(frame(role, PING, "p"));
    const starts = (name: string): unknown[] =>
      heard.filter(([heardName]) => heardName === name).map(([, { isFrameStart }]) => isFrameStart);
    expect(starts("ws:transport:received")).toEqual([false, true, false, true]);

    // More than the transport is given at once leaves in pieces that begin anywhere.
    transport.block();
    connection.send(new Uint8Array(600_000));
    await settle();
    transport.unblock();
    await settle();
    connection.send("afterwards");
    await settle();
    const sent = starts("ws:transport:sent");
    expect(sent.length).toBeGreaterThan(3);
    expect(sent.filter(Boolean)).toHaveLength(3);
    expect([sent[0], sent.at(-1)]).toEqual([true, true]);
    connection.terminate();
  });

  it("queues that fill, and those that are emptied", async () => {
    const heard = hear("ws:queue:stalled", "ws:queue:resumed", "ws:queue:backed-up", "ws:queue:drained");
    const { connection, transport } = open(role, { highWaterMarkBytes: 100 });
    await settle();
    for (let i = 0; i < 20; i++) transport.arrive(frame(role, TEXT, "x"));
    connection.on("message", () => {});
    await settle();
    transport.block();
    connection.send("x".repeat(101));
    connection.send("x");
    await settle();
    transport.unblock();
    await settle();
    expect(heard).toEqual([
      ["ws:queue:stalled", {}],
      ["ws:queue:resumed", {}],
      ["ws:queue:backed-up", {}],
      ["ws:queue:drained", {}],
    ]);
    connection.terminate();
  });

  it("limits that were exceeded, by name", async () => {
    const heard = hear("ws:limit:exceeded");
    const { connection, transport } = open(role, { maxBufferedBytes: 10, whenBufferFull: "drop" });
    transport.block();
    connection.send("x".repeat(20));
    connection.send("x");
    expect(heard).toEqual([["ws:limit:exceeded", { limit: "maxBufferedBytes", error: undefined }]]);
    connection.terminate();

    const large = open(role, { maxMessageBytes: 10 });
    await settle();
    large.transport.arrive(frame(role, TEXT, "x".repeat(11)));
    const fast = open(role, { maxMessagesPerSecond: 1 });
    await settle();
    fast.transport.arrive(frame(role, TEXT, "x"), frame(role, TEXT, "x"));
    expect(heard.slice(1).map(([, { limit, error }]) => [limit, (error as { code: string }).code])).toEqual([
      ["maxMessageBytes", "MESSAGE_TOO_BIG"],
      ["maxMessagesPerSecond", "RATE_EXCEEDED"],
    ]);
    large.connection.terminate();
    fast.connection.terminate();
  });

  it("nothing is published that nobody listens to", async () => {
    const spies = NAMES.map((name) => vi.spyOn(channel(name), "publish"));
    const { connection, transport } = open(role, {
      maxBufferedBytes: 10,
      highWaterMarkBytes: 5,
      whenBufferFull: "drop",
    });
    await settle();
    transport.block();
    for (let i = 0; i < 3; i++) connection.send("x".repeat(20));
    for (let i = 0; i < 20; i++) transport.arrive(frame(role, TEXT, "x"), frame(role, PING, ""));
    connection.on("message", () => {});
    transport.unblock();
    await settle();
    await connection.sendStream(["x"]);
    transport.arrive(hex("ff 00"));
    connection.terminate();
    await connection.closed;
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });

  it("of two directions only the one is published that somebody listens to", async () => {
    const heard = hear("ws:frame:sent");
    const spy = vi.spyOn(channel("ws:frame:received"), "publish");
    const { connection, transport } = open(role);
    await settle();
    transport.arrive(frame(role, PING, "p"));
    expect(heard).toHaveLength(1);
    expect(spy).not.toHaveBeenCalled();
    connection.terminate();
  });

  it("a subscriber that throws is reported, and costs the connection nothing", async () => {
    for (const name of NAMES) {
      listen(name, () => {
        throw new Error(name);
      });
    }
    const transport = new TestTransport();
    const messages: unknown[] = [];
    const errors = await catchUncaught(async () => {
      const { connection } = open(role, { transport, highWaterMarkBytes: 0 });
      await settle();
      for (let i = 0; i < 20; i++) transport.arrive(frame(role, TEXT, "x"));
      connection.on("message", (data) => messages.push(data));
      connection.send("x");
      await settle();
      transport.arrive(closeFrame(role, 1000));
      transport.arriveEnd();
      expect(await connection.closed).toMatchObject({ code: 1000, wasClean: true });
      await settle();
    });
    expect(messages).toHaveLength(20);
    expect(transport.takeFrames()).toEqual(["text x", "close 1000"]);
    const reported = new Set(errors.map((error) => (error as Error).message));
    expect([...reported].toSorted()).toEqual(NAMES.filter((name) => name !== "ws:limit:exceeded").toSorted());
  });
});
