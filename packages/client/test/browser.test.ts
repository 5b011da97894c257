// The browser entry, over the WebSocket class of this package in place of a browser's: it behaves as the standard says, so
// what holds over it holds there. A real browser is asked in apps/workspace/test/browser.
import { once } from "node:events";
import { setImmediate as nextTask } from "node:timers/promises";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "@ws/client";
import * as api from "@ws/client/browser";
import { type BrowserConnection, connect, ConnectError, ReconnectingConnection } from "@ws/client/browser";
import { echo, type Peer, startPeer } from "./peer.ts";
import { rawServer, response } from "./raw-server.ts";

beforeEach(() => {
  vi.stubGlobal("WebSocket", WebSocket);
  return () => void vi.unstubAllGlobals();
});

async function opened(peer: Peer, options?: api.BrowserConnectOptions): Promise<BrowserConnection> {
  const connection = await connect(peer.url, options);
  await peer.connection(peer.connections.length - 1);
  return connection;
}

describe("browser entry › connect", () => {
  it("opens a connection that says what was agreed", async () => {
    const peer = await startPeer({ headers: () => ({ "Sec-WebSocket-Protocol": "b" }) });
    const connection = await opened(peer, { protocols: ["a", "b"] });
    expect(connection).toMatchObject({ protocol: "b", extensions: "", state: "open", bufferedAmount: 0 });
    expect(await connection.close(4000, "bye")).toEqual({ code: 4000, reason: "", wasClean: true });
    expect(connection.state).toBe("closed");
    expect(await peer.connections[0]!.closed).toMatchObject({ code: 4000, reason: "bye" });
  });

  it.each([
    ["nobody there", () => Promise.resolve("ws://localhost:1/")],
    [
      "an answer that refuses",
      async () => (await rawServer((socket) => socket.end("HTTP/1.1 403 No\r\n\r\n"))).url,
    ],
  ])("rejects with NETWORK for %s", async (_what, url) => {
    const error = await connect(await url()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectError);
    expect(error).toMatchObject({ code: "NETWORK", response: undefined });
  });

  it("gives up after handshakeTimeoutMs, or when aborted", async () => {
    const server = await rawServer(() => {});
    await expect(connect(server.url, { handshakeTimeoutMs: 20 })).rejects.toMatchObject({
      code: "HANDSHAKE_TIMEOUT",
    });
    // The browser is told to stop trying.
    const [socket] = server.sockets;
    if (!socket!.closed) await once(socket!.resume(), "end");
    const reason = new Error("changed my mind");
    const controller = new AbortController();
    const connecting = connect(server.url, { signal: controller.signal });
    controller.abort(reason);
    await expect(connecting).rejects.toBe(reason);
    await expect(connect(server.url, { signal: controller.signal })).rejects.toBe(reason);
  });

  it.each([
    ["a URL with a fragment", "ws://localhost/#a", {}, "SyntaxError"],
    ["a subprotocol that is none", "ws://localhost/", { protocols: "a b" }, "SyntaxError"],
    ["a deadline of 0", "ws://localhost/", { handshakeTimeoutMs: 0 }, "RangeError"],
    [
      "a limit that is no number",
      "ws://localhost/",
      { maxUnreadBytes: "1" as unknown as number },
      "TypeError",
    ],
  ])("rejects %s", async (_what, url, options, name) => {
    await expect(connect(url, options)).rejects.toMatchObject({ name });
  });
});

describe("browser entry › messages", () => {
  it("delivers text as strings and binary as bytes, and loses none before somebody listens", async () => {
    const peer = await startPeer({
      onConnection: (connection) => {
        connection.send("a");
        connection.send(new Uint8Array([1, 2]));
      },
    });
    const connection = await opened(peer);
    await nextTask();
    const received: unknown[] = [];
    await new Promise<void>((resolve) => {
      connection.on("message", (data) => received.push(data) === 2 && resolve());
    });
    expect(received).toEqual(["a", new Uint8Array([1, 2])]);
    await connection.close();
  });

  it("can be iterated over, to the end", async () => {
    const peer = await startPeer({
      onConnection: (connection) => {
        for (const text of ["a", "b", "c"]) connection.send(text);
        void connection.close();
      },
    });
    const connection = await connect(peer.url);
    await connection.closed;
    const received: unknown[] = [];
    for await (const message of connection) received.push(message);
    expect(received).toEqual(["a", "b", "c"]);
    connection.on("message", () => {});
    expect(() => connection[Symbol.asyncIterator]()).toThrow("a message listener takes them");
  });

  it("hands over one message to `once`, and takes none along with an iterator that is left", async () => {
    const peer = await startPeer({ onConnection: (link) => ["a", "b", "c"].map((text) => link.send(text)) });
    const connection = await opened(peer);
    expect(await new Promise((resolve) => connection.once("message", resolve))).toBe("a");
    const iterator = connection[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ done: false, value: "b" });
    expect(await iterator.next()).toEqual({ done: false, value: "c" });
    const pending = iterator.next();
    await iterator.return!();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    peer.connections[0]!.send("d");
    for await (const message of connection) {
      expect(message).toBe("d");
      break;
    }
    await connection.close();
  });

  it("hands over very many messages that waited, in no time", async () => {
    // Each one moved all behind it: a server that sent many small ones stopped the page for seconds.
    const count = 400_000;
    const peer = await startPeer({
      maxBufferedBytes: 1024 * 1024 * 1024,
      onConnection: (link) => {
        for (let i = 0; i < count; i++) link.send("x");
        void link.close();
      },
    });
    const connection = await connect(peer.url, { maxUnreadBytes: 1024 * 1024 * 1024 });
    await connection.closed;
    let received = 0;
    const startedAt = performance.now();
    connection.on("message", () => received++);
    await nextTask();
    expect(received).toBe(count);
    // 120,000 took 1.6 s when each moved all behind it, and that grows with the square.
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  it("gives up a connection whose messages nobody takes", async () => {
    const peer = await startPeer({
      onConnection: (link) => ["x".repeat(1000), "y"].map((text) => link.send(text)),
    });
    const connection = await connect(peer.url, { maxUnreadBytes: 1000 });
    expect(await connection.closed).toMatchObject({
      code: 1006,
      wasClean: false,
      error: { name: "ConnectionError", code: "BUFFER_FULL" },
    });
  });
});

describe("browser entry › send", () => {
  it("tells when the bytes have left, and drains", async () => {
    const peer = await startPeer({ onConnection: echo });
    const connection = await opened(peer, { highWaterMarkBytes: 10 });
    expect(connection.send("small")).toBe(true);
    const drained = new Promise((resolve) =>
      connection.once("drain", () => resolve(connection.bufferedAmount)),
    );
    expect(connection.send(new Uint8Array(100))).toBe(false);
    expect(connection.send("more")).toBe(false);
    expect(await drained).toBe(0);
    await connection.sendAsync("sent");
    expect(connection.bufferedAmount).toBe(0);
    await connection.close();
  });

  it("drains after a message that was refused, also where maxBufferedBytes is the lower mark", async () => {
    // No drain followed the false, and a reconnecting client sent nothing more on a connection that was well.
    const peer = await startPeer({ onConnection: echo });
    const connection = await opened(peer, { maxBufferedBytes: 10 });
    expect(connection.send("x".repeat(100))).toBe(true);
    const drained = new Promise((resolve) => connection.once("drain", () => resolve("drained")));
    expect(connection.send("y")).toBe(false);
    expect(await drained).toBe("drained");
    await connection.close();
  });

  it("refuses what does not fit, and what comes too late", async () => {
    const peer = await startPeer();
    const connection = await opened(peer, { maxBufferedBytes: 10 });
    const first = connection.sendAsync("x".repeat(100));
    await expect(connection.sendAsync("y")).rejects.toMatchObject({ code: "BUFFER_FULL" });
    await first;
    expect(connection.state).toBe("open");
    const closed = connection.close();
    await expect(connection.sendAsync("z")).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
    await closed;
    expect(connection.send("z")).toBe(false);
  });

  it("tells of what a broken connection did not take", async () => {
    const peer = await startPeer({ onConnection: (link) => link.pause() });
    const connection = await opened(peer);
    const sent = connection.sendAsync(new Uint8Array(8 * 1024 * 1024));
    peer.connections[0]!.terminate();
    await expect(sent).rejects.toMatchObject({ name: "ConnectionError", code: "CONNECTION_CLOSED" });
  });

  it("throws for what is no message", async () => {
    const peer = await startPeer();
    const connection = await opened(peer);
    for (const data of [1, null, undefined, {}]) {
      expect(() => connection.send(data as string)).toThrow(TypeError);
    }
    await connection[Symbol.asyncDispose]();
  });
});

describe("browser entry › close", () => {
  it("refuses codes and reasons that a page must not send", async () => {
    const peer = await startPeer();
    const connection = await opened(peer);
    expect(() => connection.close(1001)).toThrow(RangeError);
    expect(() => connection.close(1000, "x".repeat(124))).toThrow(RangeError);
    expect(connection.state).toBe("open");
    await connection.close();
  });

  it("does not wait longer than closeTimeoutMs for a server that does not answer", async () => {
    const server = await rawServer((socket, key) => socket.write(response(key)));
    const connection = await connect(server.url, { closeTimeoutMs: 20 });
    expect(await connection.close()).toMatchObject({
      code: 1006,
      wasClean: false,
      error: { code: "CLOSE_TIMEOUT" },
    });
    expect(connection.state).toBe("closed");
  });

  it("leaves no timer behind", async () => {
    const server = await rawServer((socket, key) => socket.write(response(key)));
    const connection = await connect(server.url);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    connection.send("x", () => {});
    void connection.close();
    const before = vi.getTimerCount();
    connection.terminate();
    const after = vi.getTimerCount();
    vi.useRealTimers();
    expect(before - after).toBe(2);
  });

  it("ends at once when it is terminated, and tells it once", async () => {
    const peer = await startPeer();
    const connection = await opened(peer);
    const results: unknown[] = [];
    connection.on("close", (result) => results.push(result));
    connection.terminate();
    expect(connection.state).toBe("closed");
    await peer.connections[0]!.closed;
    await nextTask();
    expect(results).toEqual([{ code: 1006, reason: "", wasClean: false }]);
    expect(await connection.closed).toBe(results[0]);
  });
});

it("browser entry › the reconnecting client runs over it", async () => {
  const peer = await startPeer({ onConnection: echo });
  const client = new ReconnectingConnection({ connect, url: peer.url, baseDelayMs: 1, maxDelayMs: 5 });
  const received: unknown[] = [];
  client.on("message", (data) => received.push(data));
  const first = await client.send("a");
  expect([first.status, await first.settled]).toEqual(["queued", "delivered"]);
  while (received.length < 1) await nextTask();
  peer.connections[0]!.terminate();
  await new Promise((resolve) => client.on("statechange", ({ state }) => state === "open" && resolve(state)));
  expect((await client.send("b")).status).toBe("delivered");
  while (received.length < 2) await nextTask();
  expect(received).toEqual(["a", "b"]);
  expect(await client.close()).toMatchObject({ code: 1000, wasClean: true });
});

it("browser entry › exports", () => {
  expect(Object.keys(api).toSorted()).toEqual([
    "BrowserConnection",
    "ConnectError",
    "ConnectionError",
    "ReconnectingConnection",
    "WebSocket",
    "connect",
    "retriesByDefault",
  ]);
});
