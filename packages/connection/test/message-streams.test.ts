import { once } from "node:events";
import type { CloseResult, Connection, Message, MessageStream, Role } from "@ws/connection";
import { settle, type TestTransport } from "@ws/testing";
import { describe, expect, it, vi } from "vitest";
import { deflate } from "./deflate.ts";
import { open } from "./open.ts";
import {
  BINARY,
  byteByByte,
  closeFrame,
  concat,
  CONTINUATION,
  frame,
  hex,
  PING,
  ROLES,
  TEXT,
  utf8,
} from "./wire.ts";

const MIB = 1024 * 1024;
const MORE = { fin: false };
const NOBODY_READS = 64 * 1024;

async function collect(stream: AsyncIterable<Message>): Promise<Message[]> {
  const chunks: Message[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

async function next(streams: AsyncIterator<MessageStream>): Promise<MessageStream> {
  const { done, value } = await streams.next();
  if (done === true) throw new Error("There is no message");
  return value;
}

/** Ends the connection from the peer's side, and returns how. */
function end(connection: Connection, transport: TestTransport): Promise<CloseResult> {
  transport.arriveEnd();
  transport.destroy();
  return connection.closed;
}

async function openStreams(
  role: Role,
  init: Parameters<typeof open>[1] = {},
): Promise<ReturnType<typeof open> & { streams: AsyncIterableIterator<MessageStream> }> {
  const opened = open(role, init);
  await settle();
  return { ...opened, streams: opened.connection.messageStreams() };
}

describe.each(ROLES)("connection (%s) › messageStreams", (role) => {
  it("hands out each fragment, and each part of a frame, as it arrives", async () => {
    const { transport, streams } = await openStreams(role);
    transport.arrive(frame(role, BINARY, hex("01"), MORE));
    const message = await next(streams);
    expect(message.type).toBe("binary");
    const chunks = message[Symbol.asyncIterator]();
    expect(await chunks.next()).toEqual({ done: false, value: hex("01") });
    const last = frame(role, CONTINUATION, hex("02 03 04"));
    transport.arrive(last.subarray(0, -1));
    expect(await chunks.next()).toEqual({ done: false, value: hex("02 03") });
    transport.arrive(last.subarray(-1));
    expect(await chunks.next()).toEqual({ done: false, value: hex("04") });
    expect(await chunks.next()).toEqual({ done: true, value: undefined });
    expect(await chunks.next()).toEqual({ done: true, value: undefined });
  });

  it("hands out text as whole characters, wherever it was cut", async () => {
    const { transport, streams } = await openStreams(role);
    const text = "\ufeffaä€😀";
    const reading = (async () => collect(await next(streams)))();
    for (const byte of byteByByte(frame(role, TEXT, text))) {
      transport.arrive(byte);
      await settle();
    }
    expect((await reading).join("")).toBe(text);
    expect(await reading).toHaveLength(5);
  });

  it("ends each message and begins the next, empty ones too, and ends with the connection", async () => {
    const { connection, transport, streams } = await openStreams(role);
    const messages: string[] = [];
    const loop = (async () => {
      for await (const message of streams) messages.push(`${message.type} ${(await message.bytes()).length}`);
    })();
    transport.arrive(
      frame(role, TEXT, ""),
      frame(role, TEXT, "abc"),
      frame(role, BINARY, "", MORE),
      frame(role, CONTINUATION, ""),
      frame(role, BINARY, "abcd"),
    );
    await settle();
    await end(connection, transport);
    await loop;
    expect(messages).toEqual(["text 0", "text 3", "binary 0", "binary 4"]);
  });

  it("takes along what has arrived before, whole or in part", async () => {
    const { connection, transport } = open(role);
    transport.arrive(frame(role, TEXT, "whole €"), frame(role, BINARY, "x"), frame(role, TEXT, "be", MORE));
    await settle();
    const streams = connection.messageStreams();
    expect(await (await next(streams)).text()).toBe("whole €");
    expect(await (await next(streams)).bytes()).toEqual(utf8("x"));
    transport.arrive(frame(role, CONTINUATION, "gun"), frame(role, TEXT, "then"));
    expect(await (await next(streams)).text()).toBe("begun");
    expect(await (await next(streams)).text()).toBe("then");
    connection.terminate();
  });

  it("switches at the call, not at the first message that is asked for", async () => {
    const { connection } = open(role);
    connection.messageStreams();
    expect(() => connection.on("message", () => {})).toThrow(
      "Cannot listen for messages: they are taken as streams",
    );
    expect(() => connection.once("message", () => {})).toThrow(Error);
    expect(() => connection.prependListener("message", () => {})).toThrow(Error);
    expect(() => connection[Symbol.asyncIterator]()).toThrow(
      "Cannot iterate over the messages: they are taken as streams",
    );
    expect(() => connection.messageStreams()).not.toThrow();
  });

  it("is refused while somebody takes whole messages", async () => {
    // An iterator waited for ever for messages that had become streams.
    const { connection } = open(role);
    const listener = (): void => {};
    connection.on("message", listener);
    expect(() => connection.messageStreams()).toThrow(
      "Cannot take the messages as streams: a message listener takes them",
    );
    connection.off("message", listener);
    const messages = connection[Symbol.asyncIterator]();
    expect(() => connection.messageStreams()).toThrow(
      "Cannot take the messages as streams: somebody iterates over them",
    );
    await messages.return!();
    expect(() => connection.messageStreams()).not.toThrow();
  });

  it("ends at once where the connection has ended, behind what still waits", async () => {
    // It waited for ever.
    const { connection, transport } = open(role);
    transport.arrive(frame(role, TEXT, "last"));
    await settle();
    await end(connection, transport);
    const messages: string[] = [];
    for await (const message of connection.messageStreams()) messages.push(await message.text());
    expect(messages).toEqual(["last"]);
  });

  it.each(["before", "after"])("pause and resume hold and release messages; paused %s", async (when) => {
    // What was paused before the messages became streams went on.
    const { connection, transport } = open(role);
    await settle();
    if (when === "before") connection.pause();
    const streams = connection.messageStreams();
    if (when === "after") connection.pause();
    transport.arrive(frame(role, TEXT, "x"));
    const got = vi.fn<(message: MessageStream) => void>();
    const waiting = next(streams).then(got);
    await settle();
    expect(got).not.toHaveBeenCalled();
    connection.resume();
    await waiting;
    expect(got).toHaveBeenCalledOnce();
  });
});

describe.each(ROLES)("connection (%s) › messageStreams › backpressure", (role) => {
  it("the transport is left alone while nobody takes the chunks, and read again", async () => {
    const { transport, streams } = await openStreams(role);
    const piece = frame(role, CONTINUATION, new Uint8Array(8192), MORE);
    transport.arrive(frame(role, BINARY, "", MORE));
    let arrived = 0;
    while (!transport.isPaused()) {
      transport.arrive(piece);
      arrived += 8192;
    }
    expect(arrived).toBe(NOBODY_READS);
    const message = await next(streams);
    await settle();
    expect(transport.isPaused()).toBe(true);
    const chunks = message[Symbol.asyncIterator]();
    let taken = 0;
    while (taken < arrived) taken += (await chunks.next()).value!.length;
    await settle();
    expect(transport.isPaused()).toBe(false);
  });

  it("no more than a few messages wait that nobody asked for", async () => {
    const { connection, transport } = await openStreams(role);
    let arrived = 0;
    while (!transport.isPaused()) {
      transport.arrive(frame(role, BINARY, "x"));
      arrived++;
    }
    expect(arrived).toBe(16);
    connection.terminate();
  });

  it("pings between fragments are answered while the consumer takes its time", async () => {
    const { transport, streams } = await openStreams(role);
    const pings = vi.fn<() => void>();
    transport.arrive(frame(role, BINARY, "a", MORE), frame(role, PING, "1"));
    const message = await next(streams);
    transport.arrive(frame(role, PING, "2"), frame(role, CONTINUATION, "b"));
    await settle();
    expect(transport.takeFrames()).toEqual(["pong 1", "pong 2"]);
    expect(await message.bytes()).toEqual(utf8("ab"));
    expect(pings).not.toHaveBeenCalled();
  });

  it("a message far beyond maxMessageBytes passes through a little memory", async () => {
    const { connection, transport, streams } = await openStreams(role, { maxMessageBytes: 1000 });
    const piece = new Uint8Array(30_000);
    transport.arrive(frame(role, BINARY, "", { length: 100 * 30_000 }));
    let taken = 0;
    const reading = (async () => {
      for await (const chunk of await next(streams)) taken += chunk.length;
    })();
    for (let i = 0; i < 100; i++) {
      transport.arrive(piece);
      await settle();
      expect(taken).toBe((i + 1) * 30_000);
    }
    await reading;
    connection.terminate();
  });
});

describe.each(ROLES)("connection (%s) › messageStreams › a message that is not wanted", (role) => {
  const large = (): Uint8Array[] => [
    frame(role, BINARY, "", MORE),
    ...Array.from({ length: 40 }, () => frame(role, CONTINUATION, new Uint8Array(4096), MORE)),
    frame(role, CONTINUATION, ""),
    frame(role, TEXT, "next"),
  ];

  it("is dropped where the next one is asked for and nobody reads it", async () => {
    const { transport, streams } = await openStreams(role);
    transport.arrive(...large());
    const unread = await next(streams);
    expect(await (await next(streams)).text()).toBe("next");
    expect(() => unread[Symbol.asyncIterator]()).toThrow(
      "Cannot read the message: it has been read already, or cancelled",
    );
  });

  it("is dropped by whoever asks, if not in the same loop", async () => {
    // A message that a loop was left with kept every other loop waiting.
    const { connection, transport, streams } = await openStreams(role);
    transport.arrive(...large());
    for await (const message of streams) {
      expect(message.type).toBe("binary");
      break;
    }
    expect(await (await next(connection.messageStreams())).text()).toBe("next");
  });

  it.each([
    ["cancel", (message: MessageStream) => message.cancel()],
    [
      "leaving its loop",
      async (message: MessageStream) => {
        for await (const chunk of message) if (chunk !== "") break;
      },
    ],
    [
      "leaving it before its first chunk",
      (message: MessageStream) => message[Symbol.asyncIterator]().return!(),
    ],
    // A stream that was cancelled before it was read held up the connection for ever.
    ["cancelling its ReadableStream", (message: MessageStream) => message.readable().cancel()],
    [
      "cancelling its ReadableStream amid it",
      async (message: MessageStream) => {
        const reader = message.readable().getReader();
        await reader.read();
        await reader.cancel();
      },
    ],
    ["reading more of it than one wants", (message: MessageStream) => message.bytes(5000).catch(() => {})],
  ] as [string, (message: MessageStream) => unknown][])("is dropped by %s", async (_title, leave) => {
    const { transport, streams } = await openStreams(role);
    transport.arrive(...large());
    const message = await next(streams);
    await leave(message);
    expect(await (await next(streams)).text()).toBe("next");
    await expect(message.bytes()).rejects.toThrow("it has been read already, or cancelled");
  });

  it("cancel stops whoever reads it, waiting or not", async () => {
    const { transport, streams } = await openStreams(role);
    transport.arrive(frame(role, BINARY, "a", MORE));
    const message = await next(streams);
    const chunks = message[Symbol.asyncIterator]();
    await chunks.next();
    const waiting = chunks.next();
    message.cancel();
    await expect(waiting).rejects.toThrow("Cannot read the message: it was cancelled");
    await expect(chunks.next()).rejects.toThrow("it was cancelled");
    expect(await chunks.return!()).toEqual({ done: true, value: undefined });
  });

  it("is not dropped while it is read in the background", async () => {
    const { transport, streams } = await openStreams(role);
    transport.arrive(frame(role, TEXT, "first", MORE));
    const first = (await next(streams)).text();
    const second = next(streams);
    transport.arrive(frame(role, CONTINUATION, " message"), frame(role, TEXT, "second"));
    expect(await first).toBe("first message");
    expect(await (await second).text()).toBe("second");
  });

  it("cannot be read twice", async () => {
    const { transport, streams } = await openStreams(role);
    transport.arrive(frame(role, TEXT, "x"));
    const message = await next(streams);
    await message.text();
    await expect(message.text()).rejects.toThrow("Cannot read the message: it has been read already");
  });
});

describe.each(ROLES)("connection (%s) › messageStreams › all of a message", (role) => {
  it("text and bytes collect it; text is for text only", async () => {
    const { transport, streams } = await openStreams(role);
    transport.arrive(frame(role, TEXT, "€"), frame(role, TEXT, "€"), frame(role, BINARY, "x"));
    expect(await (await next(streams)).text()).toBe("€");
    expect(await (await next(streams)).bytes()).toEqual(utf8("€"));
    const binary = await next(streams);
    await expect(binary.text()).rejects.toThrow(TypeError);
    expect(await binary.bytes()).toEqual(utf8("x"));
  });

  it("readable is a web stream, pulled chunk by chunk", async () => {
    const { transport, streams } = await openStreams(role);
    transport.arrive(frame(role, TEXT, "a", MORE));
    const reader = (await next(streams)).readable().getReader();
    expect(await reader.read()).toEqual({ done: false, value: "a" });
    transport.arrive(frame(role, CONTINUATION, "b"));
    expect(await reader.read()).toEqual({ done: false, value: "b" });
    expect(await reader.read()).toEqual({ done: true, value: undefined });
  });

  it("no more than maxMessageBytes, or as many as one says, are collected", async () => {
    const { connection, transport, streams } = await openStreams(role, { maxMessageBytes: 10 });
    for (let i = 0; i < 4; i++) transport.arrive(frame(role, BINARY, "x".repeat(11)));
    const expected = "Cannot read a message of 11 bytes or more: the limit is 10";
    await expect((await next(streams)).bytes()).rejects.toThrow(expected);
    expect(await (await next(streams)).bytes(11)).toHaveLength(11);
    await expect((await next(streams)).bytes(Number.NaN)).rejects.toThrow(RangeError);
    connection.setLimits({ maxMessageBytes: 11 });
    expect(await (await next(streams)).bytes()).toHaveLength(11);
    expect(connection.state).toBe("open");
  });
});

describe.each(ROLES)("connection (%s) › messageStreams › a message that does not end well", (role) => {
  it("text that is not UTF-8 fails the connection with 1007 at once, behind the valid part (RFC 6455 §8.1)", async () => {
    const { connection, transport, streams } = await openStreams(role);
    transport.arrive(frame(role, TEXT, "valid", MORE));
    const chunks = (await next(streams))[Symbol.asyncIterator]();
    transport.arrive(frame(role, CONTINUATION, hex("ff"), MORE));
    expect(transport.takeFrames()).toEqual(["close 1007 Cannot accept the text message: it is not UTF-8"]);
    expect(await chunks.next()).toEqual({ done: false, value: "valid" });
    // The reader waited for the end of the transport, however long that took.
    await expect(chunks.next()).rejects.toThrow("Cannot read the message: the connection closed amid it");
    expect(connection.state).toBe("closing");
    connection.terminate();
  });

  it.each([
    ["the peer closes", (transport) => transport.arrive(closeFrame(role, 1001))],
    ["the transport ends", (transport) => transport.arriveEnd()],
    ["the transport breaks", (transport) => transport.destroy(new Error("ECONNRESET"))],
  ] as [string, (transport: TestTransport) => unknown][])(
    "what arrived is handed out where %s, then reading throws",
    async (_title, act) => {
      const { connection, transport, streams } = await openStreams(role);
      transport.arrive(frame(role, TEXT, "some", MORE));
      await settle();
      act(transport);
      await settle();
      const message = await next(streams);
      const chunks = message[Symbol.asyncIterator]();
      expect(await chunks.next()).toEqual({ done: false, value: "some" });
      await expect(chunks.next()).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
      connection.terminate();
      expect(await streams.next()).toEqual({ done: true, value: undefined });
    },
  );

  it("our close lets a message arrive to its end", async () => {
    const { connection, transport, streams } = await openStreams(role);
    transport.arrive(frame(role, TEXT, "be", MORE));
    const message = await next(streams);
    const closed = connection.close();
    transport.arrive(frame(role, CONTINUATION, "gun"), frame(role, TEXT, "more"), closeFrame(role, 1000));
    transport.arriveEnd();
    expect(await closed).toMatchObject({ code: 1000, wasClean: true });
    expect(await message.text()).toBe("begun");
    expect(await (await next(streams)).text()).toBe("more");
    expect((await streams.next()).done).toBe(true);
  });

  it("our close hears the answer behind much that a consumer does not take, and behind what nobody wants", async () => {
    for (const isConsumed of [true, false]) {
      const { connection, transport } = open(role);
      await settle();
      if (isConsumed) connection.messageStreams();
      else await connection.messageStreams().return!();
      transport.arrive(frame(role, BINARY, "", MORE));
      const closed = connection.close();
      for (let i = 0; i < 100; i++) transport.arrive(frame(role, CONTINUATION, new Uint8Array(60_000), MORE));
      transport.arrive(closeFrame(role, 1000));
      transport.arriveEnd();
      expect(await closed).toMatchObject({ wasClean: true });
    }
  });

  it("our close reads no more than 16 MiB for a consumer who takes nothing", async () => {
    // Each message that waited had 16 MiB of its own, and none of them counted.
    const { connection, transport } = await openStreams(role);
    void connection.close();
    const piece = frame(role, BINARY, new Uint8Array(MIB));
    let arrived = 0;
    while (!transport.isPaused() && arrived < 100) {
      transport.arrive(piece);
      arrived++;
    }
    expect(arrived).toBeLessThanOrEqual(16);
    connection.terminate();
  });
});

describe.each(ROLES)("connection (%s) › messageStreams › compression (RFC 7692 §7.2.2)", (role) => {
  const words = Array.from({ length: 2000 }, (_, i) => `word ${i * 7919}; `).join("");

  /** A message of the peer, compressed and cut into fragments of so many bytes. */
  function compressed(message: string, peer: ReturnType<typeof deflate>["peer"], size: number): Uint8Array {
    const data = peer.compressPart(utf8(message), true);
    const frames: Uint8Array[] = [];
    for (let at = 0; at < data.length; at += size) {
      const fin = at + size >= data.length;
      const opcode = at === 0 ? TEXT : CONTINUATION;
      frames.push(frame(role, opcode, data.subarray(at, at + size), { fin, rsv: at === 0 ? 4 : 0 }));
    }
    return concat(...frames);
  }

  it.each([true, false])("messages are decompressed as they are read; takeover: %s", async (takeover) => {
    const { compression, peer } = deflate(role, { takeover });
    const { connection, transport, streams } = await openStreams(role, { compression });
    const bytes = [1, 2, 3].map(() => compressed(words, peer, 300));
    transport.arrive(...bytes);
    for (let i = 0; i < 3; i++) expect(await (await next(streams)).text()).toBe(words);
    const { messageBytes, wireBytes } = connection.getStats().compressionReceived;
    expect(messageBytes).toBe(3 * words.length);
    expect(wireBytes).toBeLessThan(bytes.reduce((sum, { length }) => sum + length, 0));
    expect(wireBytes).toBeGreaterThan(0);
    connection.terminate();
  });

  it("messages keep their window, whichever is read first, and however one is left", async () => {
    // What was read first was decompressed first, with a window that lacked the message before it.
    const { compression, peer } = deflate(role);
    const { connection, transport, streams } = await openStreams(role, { compression });
    for (let i = 0; i < 6; i++) transport.arrive(compressed(`${i} ${words}`, peer, 5000));
    const first = (await next(streams)).readable();
    const second = (await next(streams)).text();
    const chunks: string[] = [];
    for await (const chunk of first) chunks.push(chunk as string);
    expect(chunks.join("")).toBe(`0 ${words}`);
    expect(await second).toBe(`1 ${words}`);
    await next(streams); // not read at all
    (await next(streams)).cancel();
    for await (const chunk of await next(streams)) if (chunk !== "") break;
    expect(await (await next(streams)).text()).toBe(`5 ${words}`);
    connection.terminate();
  });

  it("a large one that was cancelled amid its reading goes by, though its reader takes nothing any more", async () => {
    // Only the reader's next read would have gone on with it, so that the connection stood still.
    const { compression, peer } = deflate(role);
    const { connection, transport, streams } = await openStreams(role, { compression });
    const noise = Array.from({ length: 40_000 }, (_, i) =>
      ((i * 2_654_435_761) % 4_294_967_296).toString(36),
    );
    const bytes = compressed(noise.join(""), peer, 4096);
    expect(bytes.length).toBeGreaterThan(2 * NOBODY_READS);
    transport.arrive(bytes, compressed("next", peer, 100));
    const message = await next(streams);
    await message[Symbol.asyncIterator]().next();
    message.cancel();
    expect(await (await next(streams)).text()).toBe("next");
    connection.terminate();
  });

  it.each([
    ["data that is not DEFLATE", hex("ff ff ff"), "INVALID_COMPRESSED_DATA"],
    ["data that decompresses to no UTF-8", undefined, "INVALID_UTF8"],
  ] as const)("%s fails the connection with 1007", async (_title, data, code) => {
    for (const how of ["read", "cancel"]) {
      const { compression, peer } = deflate(role);
      const { connection, transport, streams } = await openStreams(role, { compression });
      transport.arrive(frame(role, TEXT, data ?? peer.compressPart(hex("41 ff 42"), true), { rsv: 4 }));
      const message = await next(streams);
      const closed = once(connection, "close");
      if (how === "cancel") message.cancel();
      else await expect(message.text()).rejects.toMatchObject({ code });
      await vi.waitFor(() => expect(transport.takeFrames().join("")).toMatch(/^close 1007 /));
      transport.arriveEnd();
      expect(await closed).toMatchObject([{ code: 1006, wasClean: false, error: { code } }]);
    }
  });

  it("the end of the connection amid one is no damage", async () => {
    const { compression, peer } = deflate(role);
    const { connection, transport, streams } = await openStreams(role, { compression });
    transport.arrive(compressed(words, peer, 300).subarray(0, 2000));
    const message = await next(streams);
    const reading = collect(message);
    await settle();
    transport.arriveEnd();
    await expect(reading).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
    connection.terminate();
    expect((await connection.closed).error).toBeUndefined();
  });

  it("nothing is decompressed any more where nobody is there to take it", async () => {
    const { compression, peer } = deflate(role);
    const { connection, transport, streams } = await openStreams(role, { compression });
    await streams.return!();
    const closed = connection.close();
    for (let i = 0; i < 9000; i++) transport.arrive(compressed("x", peer, 100));
    transport.arrive(closeFrame(role, 1000));
    transport.arriveEnd();
    expect(await closed).toMatchObject({ wasClean: true });
    expect(connection.getStats().compressionReceived.messageBytes).toBe(0);
  });
});
