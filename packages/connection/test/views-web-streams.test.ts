import { duplexPair } from "node:stream";
import { setImmediate as nextTask } from "node:timers/promises";
import { Connection, toWebStreams, WebSocketError } from "@ws/connection";
import { record, settle, TestTransport } from "@ws/testing";
import { describe, expect, it } from "vitest";
import { growth, heldBytes, MB } from "./memory.ts";
import { open } from "./open.ts";
import { tcpPair } from "./tcp.ts";
import { BINARY, closeFrame, concat, frame, ROLES, TEXT, utf8 } from "./wire.ts";

const MIB = new Uint8Array(1024 * 1024);

async function readAll<Chunk>(readable: ReadableStream<Chunk>): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for await (const chunk of readable) chunks.push(chunk);
  return chunks;
}

describe.each(ROLES)("toWebStreams (%s)", (role) => {
  const text = (data: string): Uint8Array => frame(role, TEXT, data);

  it("readable has the messages, and closes with the connection", async () => {
    const { connection, transport } = open(role);
    const { readable, closed } = toWebStreams(connection);
    transport.arrive(
      concat(text("one"), frame(role, BINARY, "two"), text(""), closeFrame(role, 4000, "bye")),
    );
    transport.arriveEnd();
    expect(await readAll(readable)).toEqual(["one", utf8("two"), ""]);
    expect(await closed).toMatchObject({ code: 4000, reason: "bye", wasClean: true });
  });

  it("readable errors behind all that arrived when the connection did not end cleanly", async () => {
    const { connection, transport } = open(role);
    const { readable, closed } = toWebStreams(connection);
    transport.arrive(text("one"), text("two"));
    transport.arriveEnd();
    await connection.closed;
    const reader = readable.getReader();
    expect((await reader.read()).value).toBe("one");
    expect((await reader.read()).value).toBe("two");
    const failed = reader.read();
    await expect(failed).rejects.toBeInstanceOf(WebSocketError);
    await expect(failed).rejects.toMatchObject({ closeCode: 1006, reason: "" });
    expect(await closed).toMatchObject({ code: 1006 });
  });

  it("the transport is not read while nobody reads", async () => {
    const { connection, transport } = open(role);
    const { readable } = toWebStreams(connection);
    let sent = 0;
    while (!transport.isPaused()) {
      transport.arrive(text(String(sent++)));
      await settle();
      expect(sent).toBeLessThan(100);
    }
    transport.arrive(closeFrame(role, 1000));
    transport.arriveEnd();
    expect(await readAll(readable)).toEqual(Array.from({ length: sent }, (_, i) => String(i)));
  });

  it("writable sends strings as text and bytes as binary", async () => {
    const { connection, transport } = open(role);
    const writer = toWebStreams(connection).writable.getWriter();
    await writer.write("one");
    await writer.write(utf8("two"));
    await writer.write(utf8("three").buffer);
    await settle();
    expect(transport.takeFrames()).toEqual(["text one", "binary two", "binary three"]);
  });

  it.each(["close", "wait"] as const)(
    "a write resolves when more should follow (whenBufferFull: %s)",
    async (whenBufferFull) => {
      const transport = new TestTransport();
      transport.block();
      const limits = { highWaterMarkBytes: 1000, maxBufferedBytes: 2000, whenBufferFull };
      const { connection } = open(role, { transport, ...limits });
      const writer = toWebStreams(connection).writable.getWriter();
      let done = 0;
      const writes = Array.from({ length: 10 }, () => writer.write("x".repeat(600)).then(() => done++));
      await settle();
      expect(done).toBe(whenBufferFull === "close" ? 1 : 0);
      expect(connection.bufferedAmount).toBeLessThan(2000);
      transport.unblock();
      await Promise.all(writes);
      expect(connection.state).toBe("open");
    },
  );

  it("a write waits for room that others have taken, where whenBufferFull is wait", async () => {
    const transport = new TestTransport();
    transport.block();
    const limits = { highWaterMarkBytes: 500, maxBufferedBytes: 1000, whenBufferFull: "wait" } as const;
    const { connection } = open(role, { transport, ...limits });
    const writer = toWebStreams(connection).writable.getWriter();
    connection.send("x".repeat(2000));
    const written = writer.write("behind");
    await settle();
    transport.unblock();
    await written;
    expect(transport.takeFrames().at(-1)).toBe("text behind");
  });

  it("closing writable closes without a code, and resolves when the connection has ended", async () => {
    const { connection, transport } = open(role);
    const writer = toWebStreams(connection).writable.getWriter();
    void writer.write("one");
    let isClosed = false;
    const closing = writer.close().then(() => (isClosed = true));
    await settle();
    expect(transport.takeFrames()).toEqual(["text one", "close"]);
    expect(isClosed).toBe(false);
    transport.arrive(closeFrame(role, 1000));
    transport.arriveEnd();
    await closing;
    await writer.closed;
  });

  it("closing writable rejects when the connection did not end cleanly", async () => {
    const { connection, transport } = open(role);
    const writer = toWebStreams(connection).writable.getWriter();
    const closing = writer.close();
    await settle();
    transport.arriveEnd();
    await expect(closing).rejects.toMatchObject({ name: "WebSocketError", closeCode: 1006 });
  });

  it.each([
    ["without a reason", undefined, "close"],
    ["with an error", new Error("mine"), "close"],
    ["with what has the fields of a WebSocketError but is none", { closeCode: 4001 }, "close"],
    ["with a WebSocketError", new WebSocketError("", { closeCode: 4001, reason: "why" }), "close 4001 why"],
    ["with one that has a reason only", new WebSocketError("", { reason: "why" }), "close 1000 why"],
    ["with one of another connection's", new WebSocketError("", { closeCode: 1006 }), "close 1011"],
  ])("aborting writable and cancelling readable %s", async (_what, reason, close) => {
    for (const give of ["writable", "readable"] as const) {
      const { connection, transport } = open(role);
      const { writable, readable } = toWebStreams(connection);
      await (give === "writable" ? writable.abort(reason) : readable.cancel(reason));
      await settle();
      expect(transport.takeFrames()).toEqual([close]);
      // Without a reader what still comes in between was kept nevertheless, and the answer behind it was never read.
      if (give === "readable") for (let i = 0; i < 20; i++) transport.arrive(frame(role, BINARY, MIB));
      transport.arrive(closeFrame(role, 1000));
      transport.arriveEnd();
      expect((await connection.closed).wasClean).toBe(true);
    }
  });

  it("aborting does not wait for a write that the peer does not read", async () => {
    // The sink's abort comes only when the write under way has ended, which may never be.
    const transport = new TestTransport();
    transport.block();
    const { connection } = open(role, { transport, highWaterMarkBytes: 0 });
    const writer = toWebStreams(connection).writable.getWriter();
    const written = writer.write("stuck");
    written.catch(() => {});
    await settle();
    const aborted = writer.abort(new Error("mine"));
    await settle();
    expect(connection.state).toBe("closing");
    connection.terminate();
    await aborted;
    await expect(written).rejects.toMatchObject({ name: "WebSocketError", closeCode: 1006 });
  });

  it("writable errors when the connection ends, cleanly or not", async () => {
    for (const end of [closeFrame(role, 1000), new Uint8Array(0)]) {
      const { connection, transport } = open(role);
      const writer = toWebStreams(connection).writable.getWriter();
      transport.arrive(end);
      transport.arriveEnd();
      const { code } = await connection.closed;
      await expect(writer.closed).rejects.toMatchObject({ name: "WebSocketError", closeCode: code });
      await expect(writer.write("late")).rejects.toMatchObject({ closeCode: code });
    }
  });

  it("a chunk that is no message rejects with a TypeError, and the peer is told that it is over", async () => {
    const { connection, transport } = open(role);
    const writer = toWebStreams(connection).writable.getWriter();
    await expect(writer.write(5 as never)).rejects.toBeInstanceOf(TypeError);
    await settle();
    expect(transport.takeFrames()).toEqual(["close 1011"]);
  });

  it("a connection that is never read from leaves no rejection behind", async () => {
    const { connection, transport } = open(role);
    toWebStreams(connection);
    transport.destroy(new Error("reset"));
    await connection.closed;
    await nextTask();
  });

  it("throws where the messages are somebody else's", () => {
    const { connection } = open(role);
    record(connection);
    expect(() => toWebStreams(connection)).toThrow("a message listener takes them");
  });
});

describe("toWebStreams piped", () => {
  it("works both ways: an echo", async () => {
    const [left, right] = duplexPair();
    const server = toWebStreams(new Connection(left, { role: "server" }));
    const client = toWebStreams(new Connection(right, { role: "client" }));
    const shout = new TransformStream<string | Uint8Array, string>({
      transform: (chunk, controller) => controller.enqueue(String(chunk).toUpperCase()),
    });
    const served = server.readable.pipeThrough(shout).pipeTo(server.writable);
    const writer = client.writable.getWriter();
    const reader = client.readable.getReader();
    for (const word of ["one", "two"]) {
      await writer.write(word);
      expect((await reader.read()).value).toBe(word.toUpperCase());
    }
    await writer.close();
    expect((await reader.read()).done).toBe(true);
    // The peer's close has ended what it is piped into.
    await expect(served).rejects.toMatchObject({ name: "WebSocketError", closeCode: 1005 });
    expect(await server.closed).toMatchObject({ code: 1005, wasClean: true });
  });

  it("64 MiB to a sink that is slow take bounded memory", async () => {
    const { ours, theirs } = await tcpPair();
    const server = toWebStreams(new Connection(ours, { role: "server" }));
    const client = toWebStreams(new Connection(theirs, { role: "client" }));
    const CHUNK = 64 * 1024;
    const COUNT = 1024;
    let sent = 0;
    let received = 0;
    let most = 0;
    const before = await heldBytes();
    const source = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent === COUNT) controller.close();
        else controller.enqueue(new Uint8Array(CHUNK).fill(sent++));
      },
    });
    const sink = new WritableStream<string | Uint8Array>({
      async write(chunk) {
        received += chunk.length;
        await nextTask();
        if (received % ((COUNT * CHUNK) / 8) === 0) most = Math.max(most, (await heldBytes()) - before);
      },
    });
    const grown = await growth(() =>
      Promise.all([source.pipeTo(client.writable), server.readable.pipeTo(sink)]),
    );
    expect(received).toBe(COUNT * CHUNK);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(8 * MB);
    expect(grown).toBeLessThan(4 * MB);
  });
});
