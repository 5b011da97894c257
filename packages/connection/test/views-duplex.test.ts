import { once } from "node:events";
import { type Duplex, duplexPair, Readable, Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as nextTask } from "node:timers/promises";
import { Connection, toDuplex, WebSocketError } from "@ws/connection";
import { record, settle, TestTransport } from "@ws/testing";
import { describe, expect, it } from "vitest";
import { growth, heldBytes, MB } from "./memory.ts";
import { open } from "./open.ts";
import { tcpPair } from "./tcp.ts";
import { BINARY, closeFrame, concat, frame, ROLES, TEXT, utf8 } from "./wire.ts";

function pair(): { server: Connection; client: Connection } {
  const [left, right] = duplexPair();
  return {
    server: new Connection(left, { role: "server" }),
    client: new Connection(right, { role: "client" }),
  };
}

const nowhere = (): Writable =>
  new Writable({ objectMode: true, write: (_chunk, _encoding, done) => done() });

const MIB = new Uint8Array(1024 * 1024);

/** The error that a stream ends with. */
async function failure(stream: Duplex): Promise<Error> {
  const [error] = (await once(stream, "error")) as [Error];
  return error;
}

describe.each(ROLES)("toDuplex (%s)", (role) => {
  const text = (data: string): Uint8Array => frame(role, TEXT, data);

  it("in object mode a chunk is a message, and strings stay strings", async () => {
    const { connection, transport } = open(role);
    transport.arrive(concat(text("one"), frame(role, BINARY, "two"), text(""), closeFrame(role, 1000)));
    transport.arriveEnd();
    const chunks = await toDuplex(connection, { objectMode: true }).toArray();
    expect(chunks).toEqual(["one", utf8("two"), ""]);
  });

  it("otherwise it is a stream of bytes", async () => {
    const { connection, transport } = open(role);
    transport.arrive(concat(text("é"), frame(role, BINARY, "two"), closeFrame(role, 1000)));
    transport.arriveEnd();
    const chunks = (await toDuplex(connection).toArray()) as Uint8Array[];
    expect(chunks.every((chunk) => chunk instanceof Uint8Array)).toBe(true);
    expect(Buffer.concat(chunks).toString()).toBe("étwo");
  });

  it("an empty message does not stop a stream of bytes", async () => {
    // Node takes an empty chunk for none, and did not ask for another one.
    const { connection, transport } = open(role);
    transport.arrive(concat(text(""), text(""), text("end"), closeFrame(role, 1000)));
    transport.arriveEnd();
    expect(String(await toDuplex(connection).toArray())).toBe("end");
  });

  it("each write is a message: binary, and text for strings in object mode", async () => {
    const { connection, transport } = open(role);
    const bytes = toDuplex(connection);
    bytes.write("one");
    await settle();
    const objects = toDuplex(connection, { objectMode: true });
    objects.write("two");
    objects.write(utf8("three"));
    await settle();
    expect(transport.takeFrames()).toEqual(["binary one", "text two", "binary three"]);
  });

  it("writes that wait for the one before them leave together", async () => {
    const { connection, transport } = open(role);
    const stream = toDuplex(connection, { objectMode: true });
    for (const word of ["one", "two", "three", "four"]) stream.write(word);
    await settle();
    expect(transport.writes).toHaveLength(2);
    expect(transport.takeFrames()).toEqual(["text one", "text two", "text three", "text four"]);
  });

  it("a write is done when its bytes reached the transport", async () => {
    const transport = new TestTransport();
    transport.block();
    const { connection } = open(role, { transport });
    const stream = toDuplex(connection);
    let isDone = false;
    stream.write("one", () => (isDone = true));
    await settle();
    expect(isDone).toBe(false);
    transport.unblock();
    await settle();
    expect(isDone).toBe(true);
  });

  it("what a writer piled up does not overrun maxBufferedBytes", async () => {
    // All that Node had kept meanwhile was handed over at once, which closed the connection with 1013.
    const transport = new TestTransport();
    transport.block();
    const { connection } = open(role, { transport, highWaterMarkBytes: 1000, maxBufferedBytes: 3000 });
    const stream = toDuplex(connection);
    const written = Array.from(
      { length: 20 },
      () =>
        new Promise<void>((resolve, reject) => {
          stream.write("x".repeat(900), (error) => (error ? reject(error) : resolve()));
        }),
    );
    await settle();
    expect(connection.bufferedAmount).toBeLessThan(3000);
    transport.unblock();
    await Promise.all(written);
    expect(connection.state).toBe("open");
  });

  it("the transport is not read while nobody reads the stream", async () => {
    const { connection, transport } = open(role);
    const stream = toDuplex(connection, { objectMode: true });
    let sent = 0;
    while (!transport.isPaused()) {
      transport.arrive(text(String(sent++)));
      await settle();
      expect(sent).toBeLessThan(100);
    }
    transport.arrive(closeFrame(role, 1000));
    transport.arriveEnd();
    expect(await stream.toArray()).toEqual(Array.from({ length: sent }, (_, i) => String(i)));
  });

  it("end closes with 1000 behind all that was written, and waits for the end of the connection", async () => {
    const { connection, transport } = open(role);
    const stream = toDuplex(connection);
    stream.write("one");
    stream.end("two");
    stream.resume();
    await settle();
    expect(transport.takeFrames()).toEqual(["binary one", "binary two", "close 1000"]);
    expect(stream.writableFinished).toBe(false);
    transport.arrive(text("late"), closeFrame(role, 1000));
    transport.arriveEnd();
    await once(stream, "close");
    expect(stream.writableFinished).toBe(true);
    expect(stream.errored).toBeNull();
  });

  it.each([1000, 1001, undefined])("the peer's close with %s ends it", async (code) => {
    const { connection, transport } = open(role);
    const stream = toDuplex(connection);
    transport.arrive(closeFrame(role, code));
    transport.arriveEnd();
    stream.resume();
    await once(stream, "close");
    expect(stream.errored).toBeNull();
    expect(stream.readableEnded).toBe(true);
    expect(stream.writableFinished).toBe(true);
  });

  it.each([
    [
      "another code",
      1011,
      "broken",
      (transport: TestTransport) => {
        transport.arrive(closeFrame(role, 1011, "broken"));
        transport.arriveEnd();
      },
    ],
    ["no close frame", 1006, "", (transport: TestTransport) => transport.arriveEnd()],
    [
      "an error of the transport",
      1006,
      "",
      (transport: TestTransport) => transport.destroy(new Error("reset")),
    ],
  ])("%s destroys it, behind all that arrived", async (_what, closeCode, reason, end) => {
    const { connection, transport } = open(role);
    const stream = toDuplex(connection, { objectMode: true });
    transport.arrive(text("one"), text("two"));
    await settle();
    end(transport);
    await connection.closed;
    const chunks: unknown[] = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    const error = await failure(stream);
    expect(chunks).toEqual(["one", "two"]);
    expect(error).toBeInstanceOf(WebSocketError);
    expect(error).toMatchObject({ name: "WebSocketError", closeCode, reason });
    expect(error.cause).toBe((await connection.closed).error);
  });

  it("nothing that arrived before a bad end is lost to a reader that takes its time", async () => {
    const { connection, transport } = open(role);
    const stream = toDuplex(connection);
    transport.arrive(text("one"), text("two"), text("three"));
    transport.arriveEnd();
    await connection.closed;
    const chunks: string[] = [];
    const reading = (async () => {
      for await (const chunk of stream) {
        chunks.push(String(chunk));
        await nextTask();
      }
    })();
    await expect(reading).rejects.toMatchObject({ closeCode: 1006 });
    expect(chunks).toEqual(["one", "two", "three"]);
  });

  it("nor what lies in the stream and has not been taken", async () => {
    const { connection, transport } = open(role);
    const stream = toDuplex(connection);
    transport.arrive(text("one"));
    const failed = failure(stream);
    await once(stream, "readable");
    transport.arriveEnd();
    await connection.closed;
    await settle();
    expect(stream.destroyed).toBe(false);
    expect(String(stream.read())).toBe("one");
    expect(stream.read()).toBeNull();
    expect(await failed).toMatchObject({ closeCode: 1006 });
  });

  it("nor what arrives for a waiting reader together with the end", async () => {
    const { connection, transport } = open(role);
    const stream = toDuplex(connection, { objectMode: true });
    const chunks: unknown[] = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    const failed = failure(stream);
    await settle();
    transport.arrive(concat(text("one"), text("two"), text("three")));
    transport.destroy();
    await failed;
    expect(chunks).toEqual(["one", "two", "three"]);
  });

  it("an answer to the peer's close that never left is a bad end", async () => {
    const transport = new TestTransport();
    transport.block();
    const { connection } = open(role, { transport });
    const stream = toDuplex(connection);
    const failed = failure(stream);
    transport.arrive(closeFrame(role, 1000));
    await settle();
    transport.destroy();
    expect(await failed).toMatchObject({ closeCode: 1000 });
  });

  it("end does not finish when the connection does not end well", async () => {
    const { connection, transport } = open(role);
    const stream = toDuplex(connection);
    const failed = failure(stream);
    stream.end();
    await settle();
    transport.arriveEnd();
    expect(await failed).toMatchObject({ closeCode: 1006 });
    expect(stream.writableFinished).toBe(false);
  });

  it("a bad end is told where nobody reads", async () => {
    const { connection, transport } = open(role);
    const stream = toDuplex(connection);
    const failed = failure(stream);
    transport.arriveEnd();
    expect(await failed).toMatchObject({ closeCode: 1006 });
  });

  it("a write that comes too late fails", async () => {
    const { connection, transport } = open(role);
    const stream = toDuplex(connection);
    transport.arrive(closeFrame(role, 1000));
    transport.arriveEnd();
    await connection.closed;
    const failed = failure(stream);
    stream.write("late");
    expect(await failed).toMatchObject({ code: "CONNECTION_CLOSED" });
  });

  it.each([
    ["an error", new Error("mine"), "close 1011"],
    ["a WebSocketError", new WebSocketError("mine", { closeCode: 4001, reason: "why" }), "close 4001 why"],
    ["nothing", undefined, "close 1001"],
  ])("destroyed with %s it closes the connection", async (_what, error, close) => {
    const { connection, transport } = open(role);
    const stream = toDuplex(connection);
    stream.on("error", () => {});
    stream.destroy(error);
    await settle();
    expect(transport.takeFrames()).toEqual([close]);
    // What still comes in between is nobody's: it was kept for a reader, and the answer behind it was never read.
    for (let i = 0; i < 20; i++) transport.arrive(frame(role, BINARY, MIB));
    transport.arrive(closeFrame(role, 1000));
    transport.arriveEnd();
    expect((await connection.closed).wasClean).toBe(true);
  });

  it("what is no message destroys it", async () => {
    const { connection, transport } = open(role);
    const stream = toDuplex(connection, { objectMode: true });
    stream.write(5);
    expect(await failure(stream)).toBeInstanceOf(TypeError);
    await settle();
    expect(transport.takeFrames()).toEqual(["close 1011"]);
  });

  it("throws where the messages are somebody else's", () => {
    const { connection } = open(role);
    record(connection);
    expect(() => toDuplex(connection)).toThrow("a message listener takes them");
  });
});

describe("toDuplex in a pipeline", () => {
  it("works both ways: an echo", async () => {
    const { server, client } = pair();
    const echo = toDuplex(server, { objectMode: true });
    const shout = new Transform({
      objectMode: true,
      transform: (chunk: string, _encoding, done) => done(null, chunk.toUpperCase()),
    });
    const served = pipeline(echo, shout, echo);
    const stream = toDuplex(client, { objectMode: true });
    const words = ["one", "two", "three"];
    for (const word of words) stream.write(word);
    const answers: unknown[] = [];
    for await (const answer of stream) {
      answers.push(answer);
      // Not before: an end in one direction is an end in both.
      if (answers.length === words.length) stream.end();
    }
    await served;
    expect(answers).toEqual(["ONE", "TWO", "THREE"]);
    expect(await server.closed).toMatchObject({ code: 1000, wasClean: true });
  });

  it("a source that fails closes with 1011, and the peer's pipeline fails with that", async () => {
    const { server, client } = pair();
    const received = pipeline(toDuplex(server), nowhere());
    const source = Readable.from(
      (async function* (): AsyncGenerator<string> {
        yield "one";
        throw new Error("The source broke");
      })(),
    );
    await expect(pipeline(source, toDuplex(client))).rejects.toThrow("The source broke");
    await expect(received).rejects.toMatchObject({ name: "WebSocketError", closeCode: 1011 });
  });

  it("64 MiB to a sink that is slow take bounded memory", async () => {
    const { ours, theirs } = await tcpPair();
    const server = new Connection(ours, { role: "server" });
    const client = new Connection(theirs, { role: "client" });
    const CHUNK = 64 * 1024;
    const COUNT = 1024;
    let received = 0;
    let most = 0;
    const before = await heldBytes();
    const sink = new Writable({
      write(chunk: Uint8Array, _encoding, done) {
        received += chunk.length;
        void (async () => {
          await nextTask();
          if (received % ((COUNT * CHUNK) / 8) < CHUNK) most = Math.max(most, (await heldBytes()) - before);
          done();
        })();
      },
    });
    const source = Readable.from(
      (function* (): Generator<Uint8Array> {
        for (let i = 0; i < COUNT; i++) yield new Uint8Array(CHUNK).fill(i);
      })(),
      { objectMode: false },
    );
    const grown = await growth(() =>
      Promise.all([pipeline(source, toDuplex(client)), pipeline(toDuplex(server), sink)]),
    );
    expect(received).toBe(COUNT * CHUNK);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(8 * MB);
    expect(grown).toBeLessThan(4 * MB);
  });
});

it("WebSocketError › takes what a close can have", () => {
  const error = new WebSocketError();
  expect(error).toMatchObject({ name: "WebSocketError", message: "", code: 0, closeCode: null, reason: "" });
  expect([error instanceof Error, error instanceof DOMException]).toEqual([true, true]);
  expect(new WebSocketError("m", { reason: "why" }).closeCode).toBe(1000);
  expect(new WebSocketError("m", { closeCode: 1006 }).closeCode).toBe(1006);
  expect(() => new WebSocketError("m", { closeCode: 999 })).toThrow(
    expect.objectContaining({ name: "InvalidAccessError" }),
  );
  expect(() => new WebSocketError("m", { closeCode: 1000, reason: "x".repeat(124) })).toThrow(
    expect.objectContaining({ name: "SyntaxError" }),
  );
});
