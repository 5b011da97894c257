import { getEventListeners } from "node:events";
import { Readable } from "node:stream";
import type { Connection, MessageLike, Role, StreamOptions, StreamSource } from "@ws/connection";
import { settle, TestTransport } from "@ws/testing";
import { describe, expect, it, vi } from "vitest";
import { deflate } from "./deflate.ts";
import { open } from "./open.ts";
import { BINARY, closeFrame, frame, PING, readFrames, ROLES, utf8 } from "./wire.ts";

const MIB = 1024 * 1024;

/** A source in the hands of a test. */
class Source implements AsyncIterable<MessageLike> {
  pulls = 0;
  returns = 0;
  #chunks: (MessageLike | Error | undefined)[] = [];
  #wake: (() => void) | undefined;

  /** The next chunk, an error, or the end. */
  push(...chunks: (MessageLike | Error | undefined)[]): void {
    this.#chunks.push(...chunks);
    this.#wake?.();
  }

  [Symbol.asyncIterator](): AsyncIterator<MessageLike> {
    return {
      next: async () => {
        this.pulls++;
        while (this.#chunks.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
        const chunk = this.#chunks.shift();
        if (chunk instanceof Error) throw chunk;
        return chunk === undefined ? { done: true, value: undefined } : { done: false, value: chunk };
      },
      return: async () => {
        this.returns++;
        return { done: true, value: undefined };
      },
    };
  }
}

async function* generate(...chunks: MessageLike[]): AsyncGenerator<MessageLike> {
  for (const chunk of chunks) yield chunk;
}

const blocked = (): TestTransport => {
  const transport = new TestTransport();
  transport.block();
  return transport;
};

/** What the stream came to: `sent`, or its error. */
async function outcome(sending: Promise<void>): Promise<unknown> {
  return sending.then(
    () => "sent",
    (error: unknown) => error,
  );
}

async function sendAll(role: Role, source: StreamSource, options?: StreamOptions): Promise<string[]> {
  const { connection, transport } = open(role);
  await connection.sendStream(source, options);
  connection.terminate();
  return transport.takeFrames();
}

describe.each(ROLES)("connection (%s) › sendStream › sources", (role) => {
  it.each([
    ["an async generator", () => generate("a", "b")],
    ["an array", () => ["a", "b"]],
    ["a set", () => new Set(["a", "b"])],
    ["a ReadableStream", () => ReadableStream.from(["a", "b"])],
    ["a Node stream", () => Readable.from(["a", "b"])],
  ] as [string, () => StreamSource][])("takes the chunks of %s (RFC 6455 §5.4)", async (_title, create) => {
    expect(await sendAll(role, create())).toEqual(["text… a", "more… b", "more"]);
  });

  it("sends bytes as binary, of any view", async () => {
    const source = [utf8("a"), utf8("b").buffer, new DataView(utf8("c").buffer)];
    expect(await sendAll(role, source)).toEqual(["binary… a", "more… b", "more… c", "more"]);
  });

  it.each([
    ["no chunks", [], {}, ["binary"]],
    ["no chunks of text", [], { type: "text" }, ["text"]],
    ["empty chunks", ["", "", ""], {}, ["text"]],
    ["empty chunks among others", [utf8(""), utf8("a"), utf8("")], {}, ["binary… a", "more"]],
  ] as [string, MessageLike[], StreamOptions, string[]][])("of %s sends a whole message", async (...row) => {
    const [, source, options, frames] = row;
    expect(await sendAll(role, source, options)).toEqual(frames);
  });

  it("cuts chunks that are larger than a fragment, and no character", async () => {
    const { connection, transport } = open(role);
    await connection.sendStream([`x${"😀".repeat(MIB)}`]);
    const frames = readFrames(transport.takeWritten());
    expect(frames.length).toBe(4);
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    expect(frames.map(({ payload }) => decoder.decode(payload)).join("")).toBe(`x${"😀".repeat(MIB)}`);
  });

  it.each([
    ["a string", "text"],
    ["bytes", utf8("x")],
    ["a number", 5],
    ["null", null],
    ["undefined", undefined],
    ["an object", {}],
  ])("refuses %s as a source", async (_title, source) => {
    const { connection, transport } = open(role);
    await expect(connection.sendStream(source as never)).rejects.toThrow(TypeError);
    await settle();
    expect(transport.takeFrames()).toEqual([]);
    expect(connection.state).toBe("open");
  });

  it("refuses another type than text and binary, and leaves the source alone", async () => {
    // A ReadableStream stayed locked.
    const source = ReadableStream.from(["a"]);
    const sending = open(role).connection.sendStream(source, { type: "blob" as never });
    await expect(sending).rejects.toThrow('Cannot send a message of type blob: it is "text" or "binary"');
    expect(source.locked).toBe(false);
  });

  it("refuses a ReadableStream that somebody else reads", async () => {
    const source = ReadableStream.from(["a"]);
    source.getReader();
    await expect(open(role).connection.sendStream(source)).rejects.toThrow(TypeError);
  });
});

describe.each(ROLES)("connection (%s) › sendStream › text", (role) => {
  it("joins characters that strings were cut through", async () => {
    const [high, low] = ["\ud83d", "\ude00"];
    expect(await sendAll(role, [`a${high}`, low, high, "", `${low}b`])).toEqual([
      "text… a",
      "more… 😀",
      "more… 😀b",
      "more",
    ]);
  });

  it("sends half a character as a whole message does: as U+FFFD", async () => {
    expect(await sendAll(role, ["a\ud83d"])).toEqual(["text… a", "more �"]);
    expect(await sendAll(role, ["a\ud83d", "b"])).toEqual(["text… a", "more… �b", "more"]);
  });

  it("takes UTF-8 that was cut anywhere", async () => {
    const { connection, transport } = open(role);
    const text = "aä€😀";
    await connection.sendStream(
      Array.from(utf8(text), (byte) => Uint8Array.of(byte)),
      { type: "text" },
    );
    const frames = readFrames(transport.takeWritten());
    expect(frames[0]!.opcode).toBe(1);
    expect(Buffer.concat(frames.map(({ payload }) => payload)).toString()).toBe(text);
  });

  it.each([
    ["bytes that are not UTF-8", [utf8("ok"), Uint8Array.of(0xff)], "text"],
    ["bytes that end amid a character", [utf8("ok"), Uint8Array.of(0xc3)], "text"],
    ["a string amid a character of bytes", ["ok", Uint8Array.of(0xc3), "x"], "text"],
    ["bytes behind half a character of a string", ["ok\ud83d", utf8("x")], "text"],
    ["a string in a binary message", [utf8("ok"), "x"], undefined],
    ["a number", ["ok", 5], undefined],
    ["undefined", ["ok", undefined], undefined],
  ] as [string, MessageLike[], "text" | undefined][])("refuses %s", async (_title, source, type) => {
    const { connection, transport } = open(role);
    const sending = connection.sendStream(source, type && { type });
    await expect(sending).rejects.toThrow(TypeError);
    await settle();
    // Something has left, so nothing but the end can follow.
    const frames = transport.takeFrames();
    expect(frames.at(-1)).toBe("close 1011 A message was given up");
    expect(frames.slice(0, -1).every((sent) => sent.includes("…"))).toBe(true);
    connection.terminate();
  });
});

describe.each(ROLES)("connection (%s) › sendStream › backpressure", (role) => {
  it("pulls nothing while the peer does not read", async () => {
    const { connection, transport } = open(role, { transport: blocked() });
    const source = new Source();
    source.push(...Array.from({ length: 100 }, () => new Uint8Array(10_000)), undefined);
    const sending = connection.sendStream(source);
    await settle();
    expect(source.pulls).toBeLessThan(8);
    expect(connection.bufferedAmount).toBeLessThan(80_000);
    for (let i = 0; source.pulls < 100; i++) {
      expect(i).toBeLessThan(200);
      transport.unblockOnce();
      await new Promise<void>((resolve) => setImmediate(resolve));
      expect(connection.bufferedAmount).toBeLessThan(80_000);
    }
    transport.unblock();
    await sending;
    connection.terminate();
  });

  it("goes on although much waits behind it", async () => {
    // What waited behind a stream counted as what the stream had to wait for: neither ever left.
    const { connection, transport } = open(role, { transport: blocked() });
    await settle();
    const sending = connection.sendStream(Array.from({ length: 20 }, () => new Uint8Array(10_000)));
    await settle();
    for (let i = 0; i < 20; i++) connection.send(new Uint8Array(10_000));
    transport.unblock();
    await sending;
    await settle();
    const frames = readFrames(transport.takeWritten());
    expect(frames).toHaveLength(41);
    expect(frames.slice(21).every(({ opcode, fin }) => opcode === BINARY && fin)).toBe(true);
    connection.terminate();
  });

  it("works where no byte may be buffered", async () => {
    const { connection, transport } = open(role, { highWaterMarkBytes: 0, maxBufferedBytes: 0 });
    await connection.sendStream(["a", "b", "c"]);
    expect(transport.takeFrames()).toEqual(["text… a", "more… b", "more… c", "more"]);
  });

  it("tells of no drain that nobody was promised", async () => {
    const { connection } = open(role, { highWaterMarkBytes: 1000 });
    const drained = vi.fn<() => void>();
    connection.on("drain", drained);
    await connection.sendStream(Array.from({ length: 10 }, () => new Uint8Array(500)));
    await settle();
    expect(drained).not.toHaveBeenCalled();
  });

  it("resolves only when all of it reached the transport", async () => {
    const { connection, transport } = open(role, { transport: blocked() });
    let isDone = false;
    const sending = connection.sendStream(["a"]).then(() => (isDone = true));
    await settle();
    expect(isDone).toBe(false);
    transport.unblock();
    await sending;
    expect(transport.takeFrames()).toEqual(["text… a", "more"]);
  });
});

describe.each(ROLES)("connection (%s) › sendStream › order", (role) => {
  it("messages leave in the order of their calls; control frames go between the fragments", async () => {
    const { connection, transport } = open(role);
    const [one, two] = [new Source(), new Source()];
    connection.send("before");
    const first = connection.sendStream(one);
    connection.send("between");
    const second = connection.sendStream(two);
    connection.send("behind");
    two.push("B", undefined);
    one.push("A1");
    await settle();
    expect(transport.takeFrames()).toEqual(["text before", "text… A1"]);
    expect(two.pulls).toBe(0);
    connection.ping("p");
    transport.arrive(frame(role, PING, "q"));
    one.push("A2", undefined);
    await Promise.all([first, second]);
    await settle();
    expect(transport.takeFrames()).toEqual([
      "ping p",
      "pong q",
      "more… A2",
      "more",
      "text between",
      "text… B",
      "more",
      "text behind",
    ]);
    connection.terminate();
  });

  it("a message behind a stream counts as buffered, and its callback waits for it", async () => {
    const { connection } = open(role);
    const source = new Source();
    const sending = connection.sendStream(source);
    await settle();
    const callback = vi.fn<() => void>();
    connection.send("x".repeat(1000), callback);
    await settle();
    expect(connection.bufferedAmount).toBe(1000);
    expect(callback).not.toHaveBeenCalled();
    source.push(undefined);
    await sending;
    await settle();
    expect(callback).toHaveBeenCalledOnce();
    connection.terminate();
  });

  it("empty messages cannot pile up behind a stream", async () => {
    // Each counted as nothing, so that no limit ever stopped them.
    const { connection } = open(role, { maxBufferedBytes: 100_000, whenBufferFull: "drop" });
    void outcome(connection.sendStream(new Source()));
    await settle();
    let refused = 0;
    for (let i = 0; i < 1000; i++) connection.send("", (error) => error && refused++);
    await settle();
    expect(refused).toBeGreaterThan(500);
    connection.terminate();
  });

  it("a hundred thousand messages behind a stream take no quadratic time", async () => {
    const { connection, transport } = open(role, { maxBufferedBytes: 1e9 });
    const source = new Source();
    const sending = connection.sendStream(source);
    await settle();
    for (let i = 0; i < 100_000; i++) connection.send("x");
    const start = performance.now();
    source.push(undefined);
    await sending;
    await settle();
    expect(performance.now() - start).toBeLessThan(2000);
    expect(transport.takeWritten()).toHaveLength(
      (role === "server" ? 3 : 7) * 100_000 + (role === "server" ? 2 : 6),
    );
    connection.terminate();
  });
});

describe.each(ROLES)("connection (%s) › sendStream › giving up", (role) => {
  const reason = new Error("changed my mind");

  it("aborted at the call: nothing leaves, the source is told", async () => {
    const { connection, transport } = open(role);
    const cancel = vi.fn<(reason: unknown) => void>();
    const source = new ReadableStream({ cancel });
    expect(await outcome(connection.sendStream(source, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(cancel).toHaveBeenCalledExactlyOnceWith(reason);
    connection.send("next");
    await settle();
    expect(transport.takeFrames()).toEqual(["text next"]);
  });

  it("aborted before its turn: the messages around it leave", async () => {
    const { connection, transport } = open(role);
    const [one, two] = [new Source(), new Source()];
    const aborting = new AbortController();
    const first = connection.sendStream(one);
    const second = outcome(connection.sendStream(two, { signal: aborting.signal }));
    connection.send("behind");
    await settle();
    aborting.abort(reason);
    expect(await second).toBe(reason);
    expect([two.pulls, two.returns]).toEqual([0, 1]);
    one.push("A", undefined);
    await first;
    await settle();
    expect(transport.takeFrames()).toEqual(["text… A", "more", "text behind"]);
    expect(getEventListeners(aborting.signal, "abort")).toEqual([]);
    connection.terminate();
  });

  it("aborted before anything left, while the source is pending: the connection stays open", async () => {
    const { connection, transport } = open(role);
    const source = new Source();
    const aborting = new AbortController();
    const sending = outcome(connection.sendStream(source, { signal: aborting.signal }));
    connection.send("behind");
    await settle();
    expect(source.pulls).toBe(1);
    aborting.abort(reason);
    expect(await sending).toBe(reason);
    await settle();
    expect(source.returns).toBe(1);
    expect(transport.takeFrames()).toEqual(["text behind"]);
    expect(connection.state).toBe("open");
  });

  it("aborted between chunks: the connection closes with 1011, and what waits is told", async () => {
    const { connection, transport } = open(role);
    const source = new Source();
    const aborting = new AbortController();
    const sending = outcome(connection.sendStream(source, { signal: aborting.signal }));
    const behind = vi.fn<(error?: Error | null) => void>();
    connection.send("behind", behind);
    source.push("A");
    await settle();
    aborting.abort(reason);
    expect(await sending).toBe(reason);
    await settle();
    expect(transport.takeFrames()).toEqual(["text… A", "close 1011 A message was given up"]);
    expect(behind).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "CONNECTION_CLOSED" }));
    connection.terminate();
  });

  it("whoever is told of that and sends again puts nothing between the fragments and the close frame", async () => {
    // The callback of a message behind ran before the connection was closed, and what it sent was a protocol error.
    const { connection, transport } = open(role);
    const source = new Source();
    const sending = outcome(connection.sendStream(source));
    connection.send("behind", () => void connection.send("again"));
    source.push("A", reason);
    expect(await sending).toBe(reason);
    await settle();
    expect(transport.takeFrames()).toEqual(["text… A", "close 1011 A message was given up"]);
    connection.terminate();
  });

  it("aborted when all was handed over: too late, it is sent", async () => {
    const { connection, transport } = open(role, { transport: blocked() });
    const aborting = new AbortController();
    const sending = outcome(connection.sendStream(["A"], { signal: aborting.signal }));
    await settle();
    aborting.abort(reason);
    transport.unblock();
    expect(await sending).toBe("sent");
    expect(connection.state).toBe("open");
  });

  it("listens to no signal any longer than it takes", async () => {
    const { signal } = new AbortController();
    const { connection } = open(role);
    const sending = connection.sendStream(["A"], { signal });
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    await sending;
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it.each([
    ["before anything left", [reason], ["text behind"], "open"],
    ["afterwards", ["A", reason], ["text… A", "close 1011 A message was given up"], "closing"],
  ] as [string, (MessageLike | Error)[], string[], string][])(
    "the source throws %s",
    async (_title, chunks, frames, state) => {
      const { connection, transport } = open(role);
      const source = new Source();
      source.push(...chunks);
      const sending = outcome(connection.sendStream(source));
      connection.send("behind");
      expect(await sending).toBe(reason);
      await settle();
      expect(transport.takeFrames()).toEqual(frames);
      expect(connection.state).toBe(state);
      // It is over by itself.
      expect(source.returns).toBe(0);
      connection.terminate();
    },
  );

  it("close gives it up; what was accepted whole behind it leaves, where nothing of it had", async () => {
    const { connection, transport } = open(role);
    const [one, two] = [new Source(), new Source()];
    const first = outcome(connection.sendStream(one));
    connection.send("behind");
    const second = outcome(connection.sendStream(two));
    connection.send("last");
    await settle();
    void connection.close(1000, "enough");
    expect(await first).toMatchObject({ code: "CONNECTION_CLOSED" });
    expect(await second).toMatchObject({ code: "CONNECTION_CLOSED" });
    await settle();
    expect(transport.takeFrames()).toEqual(["text behind", "text last", "close 1000 enough"]);
    expect([one.returns, two.returns]).toEqual([1, 1]);
    await expect(connection.sendStream(["late"])).rejects.toThrow("the connection is closing");
    connection.terminate();
  });

  it("close amid its fragments: the close frame has the code of the caller", async () => {
    const { connection, transport } = open(role);
    const source = new Source();
    const sending = outcome(connection.sendStream(source));
    source.push("A");
    await settle();
    void connection.close(4000, "enough");
    expect(await sending).toMatchObject({ code: "CONNECTION_CLOSED" });
    await settle();
    expect(transport.takeFrames()).toEqual(["text… A", "close 4000 enough"]);
    connection.terminate();
  });

  it.each([
    ["the peer's close", (transport) => transport.arrive(closeFrame(role, 1000))],
    ["the end of the connection", (transport) => transport.destroy()],
  ] as [string, (transport: TestTransport) => unknown][])(
    "%s gives up all of them, waiting for a chunk or for room",
    async (_title, act) => {
      for (const isBlocked of [false, true]) {
        const { connection, transport } = open(role, isBlocked ? { transport: blocked() } : {});
        const source = new Source();
        if (isBlocked) source.push(new Uint8Array(100_000));
        const [waiting, unstarted] = [outcome(connection.sendStream(source)), new Source()];
        const behind = outcome(connection.sendStream(unstarted));
        await settle();
        act(transport);
        expect(await waiting).toMatchObject({ code: "CONNECTION_CLOSED" });
        expect(await behind).toMatchObject({ code: "CONNECTION_CLOSED" });
        await settle();
        expect([source.returns, unstarted.returns]).toEqual([1, 1]);
        connection.terminate();
      }
    },
  );

  it("cancels a ReadableStream even while it is pending", async () => {
    // Its iterator heard of it only once the next chunk had come, which might be never.
    const { connection } = open(role);
    const cancel = vi.fn<(reason: unknown) => void>();
    const aborting = new AbortController();
    const sending = outcome(
      connection.sendStream(new ReadableStream({ cancel }), { signal: aborting.signal }),
    );
    await settle();
    aborting.abort(reason);
    expect(await sending).toBe(reason);
    expect(cancel).toHaveBeenCalledExactlyOnceWith(reason);
  });

  it.each(["before its turn", "while it is pending"])("destroys a Node stream: %s", async (when) => {
    const { connection } = open(role);
    const source = new Readable({ read() {} });
    const aborting = new AbortController();
    if (when === "before its turn") void outcome(connection.sendStream(new Source()));
    const sending = outcome(connection.sendStream(source, { signal: aborting.signal }));
    await settle();
    aborting.abort(reason);
    expect(await sending).toBe(reason);
    expect(source.destroyed).toBe(true);
    connection.terminate();
  });

  it("what a source says to being left is nobody's business", async () => {
    const { connection } = open(role);
    const unhandled = vi.fn<() => void>();
    process.on("unhandledRejection", unhandled);
    const never = (): Promise<never> => new Promise(() => {});
    const sources = [
      { [Symbol.asyncIterator]: (): unknown => ({ next: never }) },
      {
        [Symbol.asyncIterator]: (): unknown => ({
          next: never,
          return: () => Promise.reject(new Error("no")),
        }),
      },
      {
        [Symbol.iterator]: (): unknown => ({
          next: (): IteratorResult<number> => ({ done: false, value: 5 }),
          return: (): never => {
            throw new Error("return");
          },
        }),
      },
    ];
    for (const source of sources) {
      const sending = outcome(connection.sendStream(source as never, { signal: AbortSignal.abort(reason) }));
      expect(await sending).toBe(reason);
    }
    await new Promise<void>((resolve) => setImmediate(resolve));
    process.removeListener("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe.each(ROLES)("connection (%s) › sendStream › compression", (role) => {
  it("compresses it in the window of the messages around it (RFC 7692 §7.2.1)", async () => {
    const { compression, peer } = deflate(role);
    const { connection, transport } = open(role, { compression });
    const words = Array.from({ length: 200 }, (_, i) => `word number ${i}; `);
    connection.send(words.join(""));
    await connection.sendStream(words);
    connection.send(words.join(""));
    await connection.sendStream(["plain"], { compress: false });
    const frames = readFrames(transport.takeWritten());
    expect(frames.map(({ rsv }) => rsv)).toEqual([4, 4, ...Array.from({ length: 200 }, () => 0), 4, 0, 0]);
    const messages = [frames.slice(0, 1), frames.slice(1, 202), frames.slice(202, 203)].map((message) => {
      const data = peer.decompress(Buffer.concat(message.map(({ payload }) => payload)), MIB) as Uint8Array;
      return Buffer.from(data).toString();
    });
    expect(messages).toEqual([words.join(""), words.join(""), words.join("")]);
    const { messageBytes, wireBytes } = connection.getStats().compressionSent;
    expect(messageBytes).toBe(3 * words.join("").length);
    expect(wireBytes).toBe(frames.slice(0, 203).reduce((sum, { payload }) => sum + payload.length, 0));
  });

  it("lets everything else have its turn, whatever it compresses to", async () => {
    // A source that never waits, of what compresses to next to nothing, held up the process until its end.
    const { compression } = deflate(role, { takeover: false });
    const { connection } = open(role, { compression });
    let turns = 0;
    const count = (): void => {
      turns++;
      counting = setImmediate(count);
    };
    let counting = setImmediate(count);
    const chunk = new Uint8Array(64 * 1024);
    await connection.sendStream(Array.from({ length: 128 }, () => chunk));
    expect(turns).toBeGreaterThanOrEqual(31);
    turns = 0;
    await connection.sendStream(Array.from({ length: 5000 }, () => new Uint8Array(0)));
    expect(turns).toBeGreaterThanOrEqual(4);
    clearImmediate(counting);
  });

  it("an empty one is one empty compressed message", async () => {
    const { compression, peer } = deflate(role);
    const { connection, transport } = open(role, { compression });
    await connection.sendStream([]);
    const [only] = readFrames(transport.takeWritten());
    expect(only).toMatchObject({ fin: true, rsv: 4, opcode: BINARY });
    expect(peer.decompress(only!.payload, 10)).toHaveLength(0);
  });
});

it("connection › sendStream takes what TypeScript calls a stream of text or bytes", () => {
  const check = (connection: Connection): void => {
    void connection.sendStream(new ReadableStream<Uint8Array>());
    void connection.sendStream(new ReadableStream<string>());
    void connection.sendStream(Readable.from([]));
    void connection.sendStream(["a"]);
    void connection.sendStream(generate("a"));
  };
  expect(check).toBeTypeOf("function");
});
