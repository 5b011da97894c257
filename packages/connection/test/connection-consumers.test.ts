import { duplexPair } from "node:stream";
import { Connection, type Message } from "@ws/connection";
import { record, settle, TestTransport } from "@ws/testing";
import { describe, expect, it } from "vitest";
import { open } from "./open.ts";
import { closeFrame, concat, frame, PING, ROLES, TEXT } from "./wire.ts";

describe.each(ROLES)("connection (%s) › consumers", (role) => {
  const texts = (...data: string[]): Uint8Array => concat(...data.map((item) => frame(role, TEXT, item)));
  const numbers = (count: number, from = 0): string[] =>
    Array.from({ length: count }, (_, i) => String(from + i));

  it("a listener gets the messages of the head first, then those of the transport", async () => {
    const { connection, transport } = open(role, { head: texts("1", "2") });
    transport.arrive(texts("3"));
    const { messages } = record(connection);
    await settle();
    transport.arrive(texts("4"));
    expect(messages).toEqual(["1", "2", "3", "4"]);
  });

  it("gets a message that is half in the head and half in the transport", async () => {
    const bytes = texts("whole");
    const { connection, transport } = open(role, { head: Uint8Array.from(bytes.subarray(0, 5)) });
    const { messages } = record(connection);
    transport.arrive(bytes.subarray(5));
    await settle();
    expect(messages).toEqual(["whole"]);
  });

  it("events never come before the constructor's caller could listen", async () => {
    const { connection } = open(role, {
      head: concat(texts("1"), frame(role, PING, "p"), closeFrame(role, 1000)),
    });
    const { events } = record(connection);
    expect(events).toEqual([]);
    await settle();
    expect(events).toEqual(["message 1", "ping <70>"]);
    connection.terminate();
    await connection.closed;
    expect(events.at(-1)).toBe("close 1000");
  });

  it("nothing is lost to an await before the first listener", async () => {
    const { connection, transport } = open(role, { head: texts("1") });
    await settle();
    transport.arrive(texts("2", "3"));
    await settle();
    const { messages } = record(connection);
    expect(messages).toEqual([]);
    transport.arrive(texts("4"));
    await settle();
    expect(messages).toEqual(["1", "2", "3", "4"]);
  });

  it.each(["on", "addListener", "once", "prependListener", "prependOnceListener"] as const)(
    "what waits is delivered to a listener added by %s",
    async (method) => {
      const { connection, transport } = open(role);
      transport.arrive(texts("1", "2"));
      await settle();
      const messages: Message[] = [];
      connection[method]("message", (message) => void messages.push(message));
      await settle();
      expect(messages).toEqual(method.toLowerCase().includes("once") ? ["1"] : ["1", "2"]);
    },
  );

  it("once takes one message each, the others wait", async () => {
    const { connection, transport } = open(role);
    transport.arrive(texts("1", "2", "3"));
    const taken: Message[] = [];
    for (let i = 0; i < 3; i++) {
      await settle();
      connection.once("message", (data) => void taken.push(data));
      await settle();
      expect(taken).toHaveLength(i + 1);
    }
    expect(taken).toEqual(["1", "2", "3"]);
  });

  it("for await gets all messages in order, and ends with the connection", async () => {
    const { connection, transport } = open(role, { head: texts("1") });
    transport.arrive(texts("2", "3"), closeFrame(role, 1000));
    transport.arriveEnd();
    const messages: Message[] = [];
    for await (const message of connection) messages.push(message);
    expect(messages).toEqual(["1", "2", "3"]);
    expect(await connection.closed).toMatchObject({ code: 1000, wasClean: true });
  });

  it("for await waits for messages that come later", async () => {
    const { connection, transport } = open(role);
    const taken: Message[] = [];
    const loop = (async () => {
      for await (const message of connection) taken.push(message);
    })();
    for (const message of ["1", "2", "3"]) {
      await settle();
      transport.arrive(texts(message));
      await settle();
      expect(taken.at(-1)).toBe(message);
    }
    connection.terminate();
    await loop;
  });

  it("for await gets empty messages too", async () => {
    const { connection, transport } = open(role);
    transport.arrive(texts("", ""), closeFrame(role));
    transport.arriveEnd();
    const messages: Message[] = [];
    for await (const message of connection) messages.push(message);
    expect(messages).toEqual(["", ""]);
  });

  it("leaving the loop leaves the connection open; a second loop goes on where it ended", async () => {
    const { connection, transport } = open(role);
    transport.arrive(texts("1", "2", "3"));
    const first: Message[] = [];
    for await (const message of connection) {
      first.push(message);
      if (first.length === 2) break;
    }
    expect(connection.state).toBe("open");
    transport.arrive(texts("4"));
    await settle();
    const second: Message[] = [];
    for await (const message of connection) {
      second.push(message);
      if (second.length === 2) break;
    }
    expect([first, second]).toEqual([
      ["1", "2"],
      ["3", "4"],
    ]);
  });

  it("an iterator that was given up leaves its message to the next", async () => {
    // A read that was pending when its iterator returned swallowed the next message.
    const { connection, transport } = open(role);
    const givenUp = connection[Symbol.asyncIterator]();
    const pending = givenUp.next();
    await givenUp.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
    transport.arrive(texts("1"));
    await settle();
    expect(await connection[Symbol.asyncIterator]().next()).toEqual({ done: false, value: "1" });
    expect(await givenUp.next()).toEqual({ done: true, value: undefined });
  });

  it("an iterator that is given up leaves the reads of others alone", async () => {
    const { connection, transport } = open(role);
    const [givenUp, other] = [connection[Symbol.asyncIterator](), connection[Symbol.asyncIterator]()];
    const reads = [givenUp.next(), other.next()];
    await givenUp.return?.();
    transport.arrive(texts("1"));
    expect(await Promise.all(reads)).toEqual([
      { done: true, value: undefined },
      { done: false, value: "1" },
    ]);
  });

  it("reads that were asked for at once are answered in order", async () => {
    const { connection, transport } = open(role);
    const iterator = connection[Symbol.asyncIterator]();
    const reads = [iterator.next(), iterator.next(), iterator.next()];
    transport.arrive(texts("1", "2", "3"));
    expect((await Promise.all(reads)).map(({ value }) => value)).toEqual(["1", "2", "3"]);
  });

  it("an iterator is iterable itself, and stays ended", async () => {
    const { connection } = open(role);
    const iterator = connection[Symbol.asyncIterator]();
    expect(iterator[Symbol.asyncIterator]()).toBe(iterator);
    connection.terminate();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it("iterating beside a listener is refused", () => {
    const { connection } = open(role);
    connection.on("message", () => {});
    expect(() => connection[Symbol.asyncIterator]()).toThrow(
      new Error("Cannot iterate over the messages: a message listener takes them"),
    );
  });

  it("from a loop to a listener and back, nothing is lost", async () => {
    const { connection, transport } = open(role);
    transport.arrive(texts("1", "2", "3"));
    const taken: Message[] = [];
    for await (const message of connection) {
      taken.push(message);
      break;
    }
    const listener = (data: Message): void => void taken.push(data);
    connection.on("message", listener);
    transport.arrive(texts("4"));
    await settle();
    connection.off("message", listener);
    transport.arrive(texts("5", "6"));
    for await (const message of connection) {
      taken.push(message);
      if (message === "6") break;
    }
    expect(taken).toEqual(["1", "2", "3", "4", "5", "6"]);
  });

  it("pause keeps messages back, resume delivers them in order", async () => {
    const { connection, transport } = open(role);
    const { messages } = record(connection);
    await settle();
    connection.pause();
    transport.arrive(texts("1", "2"));
    await settle();
    expect(messages).toEqual([]);
    connection.resume();
    transport.arrive(texts("3"));
    await settle();
    expect(messages).toEqual(["1", "2", "3"]);
  });

  it("pause inside a listener holds from the next message on", async () => {
    const { connection, transport } = open(role);
    const { messages } = record(connection);
    connection.once("message", () => connection.pause());
    await settle();
    transport.arrive(texts("1", "2", "3"));
    await settle();
    expect(messages).toEqual(["1"]);
    connection.once("message", () => connection.pause());
    connection.resume();
    await settle();
    expect(messages).toEqual(["1", "2"]);
  });

  it("pings are answered while messages are paused", async () => {
    const { connection, transport } = open(role);
    connection.pause();
    await settle();
    transport.arrive(texts("1"), frame(role, PING, "p"));
    expect(transport.takeFrames()).toEqual(["pong p"]);
  });

  it("a paused loop neither gets nor loses messages, even when the connection ends", async () => {
    // A reader that waited while paused was told "done" at the end although messages were left.
    const { connection, transport } = open(role);
    const iterator = connection[Symbol.asyncIterator]();
    connection.pause();
    const read = iterator.next();
    transport.arrive(texts("1", "2"), closeFrame(role, 1000));
    transport.arriveEnd();
    await connection.closed;
    const late = iterator.next();
    connection.resume();
    expect([await read, await late, await iterator.next()]).toEqual([
      { done: false, value: "1" },
      { done: false, value: "2" },
      { done: true, value: undefined },
    ]);
  });

  it("waiting messages can still be taken after the end", async () => {
    const { connection, transport } = open(role);
    transport.arrive(texts("1", "2"), closeFrame(role, 1000));
    transport.arriveEnd();
    await connection.closed;
    const messages: Message[] = [];
    for await (const message of connection) {
      messages.push(message);
      break;
    }
    connection.on("message", (data) => void messages.push(data));
    await settle();
    expect(messages).toEqual(["1", "2"]);
  });

  it("with nobody there 16 messages wait, then the transport is not read, and a consumer sets it going", async () => {
    const { connection, transport } = open(role);
    await settle();
    for (const number of numbers(15)) transport.arrive(texts(number));
    expect(transport.isPaused()).toBe(false);
    transport.arrive(texts("15"));
    expect(transport.isPaused()).toBe(true);
    for (const number of numbers(100, 16)) transport.arrive(texts(number));
    expect(transport.readableLength).toBeGreaterThan(0);

    const { messages } = record(connection);
    await settle();
    expect(messages).toEqual(numbers(116));
    expect(transport.isPaused()).toBe(false);
    expect(transport.readableLength).toBe(0);
  });

  it("many messages in one chunk: 16 wait, the rest stays unparsed, all arrive in order", async () => {
    const { connection, transport } = open(role);
    await settle();
    transport.arrive(texts(...numbers(200)));
    expect(transport.isPaused()).toBe(true);
    const taken: Message[] = [];
    for await (const message of connection) {
      taken.push(message);
      if (taken.length === 100) break;
    }
    const { messages } = record(connection);
    transport.arrive(texts("200"));
    await settle();
    expect([...taken, ...messages]).toEqual(numbers(201));
  });

  it("a stalled transport is read again when 4 messages are left", async () => {
    const { connection, transport } = open(role);
    await settle();
    transport.arrive(texts(...numbers(16)));
    const iterator = connection[Symbol.asyncIterator]();
    for (let i = 0; i < 11; i++) await iterator.next();
    await settle();
    expect(transport.isPaused()).toBe(true);
    await iterator.next();
    await settle();
    expect(transport.isPaused()).toBe(false);
  });

  it("bytes fill the inbox as well: maxMessageBytes, however few messages", async () => {
    const { connection, transport } = open(role, { maxMessageBytes: 100 });
    await settle();
    transport.arrive(texts("x".repeat(60)));
    expect(transport.isPaused()).toBe(false);
    transport.arrive(texts("y".repeat(60)));
    expect(transport.isPaused()).toBe(true);
    const { messages } = record(connection);
    await settle();
    expect(messages).toHaveLength(2);
    expect(transport.isPaused()).toBe(false);
  });

  it("the largest messages keep their order", async () => {
    // A message that filled the inbox alone was overtaken by the one behind it in the same chunk.
    const { connection, transport } = open(role, { maxMessageBytes: 4 });
    await settle();
    transport.arrive(texts("1111", "2222", "3333", "4444"));
    const { messages } = record(connection);
    await settle();
    expect(messages).toEqual(["1111", "2222", "3333", "4444"]);
  });

  it("maxMessageBytes 0 still reads", async () => {
    // An empty inbox counted as full when its limit was 0, and nothing was ever read.
    const { connection, transport } = open(role, { maxMessageBytes: 0 });
    const { events } = record(connection);
    await settle();
    transport.arrive(texts(""), frame(role, PING));
    expect(events).toEqual(["message ", "ping <>"]);
  });

  it("a slow loop stalls the peer instead of filling memory", async () => {
    const { connection, transport } = open(role);
    const iterator = connection[Symbol.asyncIterator]();
    await settle();
    let sent = 0;
    while (transport.arrive(texts(`${sent}${"x".repeat(1000)}`))) sent++;
    expect(sent).toBeLessThan(16 + transport.readableHighWaterMark / 1000 + 1);
    for (let i = 0; i <= sent; i++) expect((await iterator.next()).value).toMatch(new RegExp(`^${i}x`));
  });

  it("a transport that was paused before is set going", async () => {
    // A Duplex that somebody had paused was never read: adding a data listener does not undo pause().
    const transport = new TestTransport();
    transport.pause();
    const { messages } = record(open(role, { transport }).connection);
    transport.arrive(texts("1"));
    await settle();
    expect(messages).toEqual(["1"]);
  });
});

it("connection › closes from within its own loop while messages wait (it stalled until the close deadline)", async () => {
  const [left, right] = duplexPair();
  const server = new Connection(left, { role: "server" });
  const client = new Connection(right, { role: "client" });
  for (let i = 0; i < 100; i++) client.send(`${i}`);
  const received: unknown[] = [];
  for await (const message of server) {
    received.push(message);
    if (received.length === 1)
      expect(await server.close()).toEqual({ code: 1000, reason: "", wasClean: true });
  }
  expect(received).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
});

it("connection › closes after a loop was left while messages wait", async () => {
  const [left, right] = duplexPair();
  const server = new Connection(left, { role: "server" });
  const client = new Connection(right, { role: "client" });
  for (let i = 0; i < 10; i++) client.send("x".repeat(1024 * 1024));
  for await (const _ of server) break;
  expect(await server.close()).toEqual({ code: 1000, reason: "", wasClean: true });
});

it("connection › gives a late listener the many last messages of a closing connection (each moved the whole queue)", async () => {
  const [left, right] = duplexPair();
  const server = new Connection(left, { role: "server" });
  server.pause();
  const closed = server.close();
  const count = 60_000;
  const chunk = concat(...Array.from({ length: 1000 }, () => frame("server", TEXT, "x")));
  for (let i = 0; i < count / 1000; i++) right.write(chunk.slice());
  right.resume();
  await settle();
  let received = 0;
  server.on("message", () => received++);
  server.resume();
  await settle();
  expect(received).toBe(count);
  server.terminate();
  await closed;
});
