// The calls: what they refuse, when, in which words; and what callbacks hear.
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { closed, connect, dial, listen, serve, socketOf, trace } from "./endpoints.ts";
import { implementations } from "./implementations.ts";

const NOT_OPEN = new Error("WebSocket is not open: readyState 0 (CONNECTING)");

/** A call that takes a callback, and what that hears. */
function told(call: (callback: (error?: Error) => void) => void): Promise<string> {
  return new Promise((resolve) => call((error) => resolve(error ? error.message : "sent")));
}

describe.each(implementations)("$name › calls", (implementation) => {
  const pair = () => connect({ server: implementation, client: implementation });

  it.each(["send", "ping", "pong"] as const)("%s throws while connecting", async (name) => {
    const { url } = await listen(implementation);
    const ws = dial(implementation, url);
    expect(() => ws[name]("x")).toThrow(NOT_OPEN);
    await once(ws, "open");
  });

  it.each(["send", "ping", "pong"] as const)("%s tells its callback when the bytes are out", async (name) => {
    const { client } = await pair();
    expect(await told((callback) => client[name]("x", callback as never))).toBe("sent");
  });

  it.each(["send", "ping", "pong"] as const)("%s tells its callback that it is too late", async (name) => {
    const { client, server } = await pair();
    client.close();
    const results: string[] = [];
    let isSync = true;
    const closing = told((callback) =>
      client[name]("x", ((error?: Error) => {
        expect(isSync).toBe(false);
        callback(error);
      }) as never),
    );
    isSync = false;
    results.push(await closing);
    await closed(client, server);
    results.push(await told((callback) => client[name]("y", callback as never)));
    client[name]("nobody asks");
    expect(results).toEqual([
      "WebSocket is not open: readyState 2 (CLOSING)",
      "WebSocket is not open: readyState 3 (CLOSED)",
    ]);
  });

  it("counts in bufferedAmount what was sent too late", async () => {
    const { client, server } = await pair();
    client.close();
    await closed(client, server);
    const before = client.bufferedAmount;
    client.send("hellö");
    client.ping(Buffer.alloc(4));
    client.send(new Blob(["abc"]) as never);
    expect(client.bufferedAmount - before).toBe(13);
  });

  it.each(["ping", "pong"] as const)("%s refuses more than 125 bytes", async (name) => {
    const { client } = await pair();
    const error = new RangeError("The data size must not be greater than 125 bytes");
    expect(() => client[name]("x".repeat(126))).toThrow(error);
    expect(() => client[name](Buffer.alloc(126))).toThrow(error);
    expect(() => client[name]("ö".repeat(63))).toThrow(error);
    client[name]("x".repeat(125));
  });

  it("refuses what is no data", async () => {
    const { client } = await pair();
    expect(() => client.send({} as never)).toThrow(TypeError);
    expect(() => client.send(true as never)).toThrow(TypeError);
    expect(() => client.send(Symbol("x") as never)).toThrow(TypeError);
    expect(client.readyState).toBe(1);
  });

  it.each([
    [[0], TypeError, "First argument must be a valid error code number"],
    [["1000"], TypeError, "First argument must be a valid error code number"],
    [[1004], TypeError, "First argument must be a valid error code number"],
    [[1005], TypeError, "First argument must be a valid error code number"],
    [[1006], TypeError, "First argument must be a valid error code number"],
    [[1015], TypeError, "First argument must be a valid error code number"],
    [[2999], TypeError, "First argument must be a valid error code number"],
    [[5000], TypeError, "First argument must be a valid error code number"],
    [[1000, "x".repeat(124)], RangeError, "The message must not be greater than 123 bytes"],
    [[1000, "ö".repeat(62)], RangeError, "The message must not be greater than 123 bytes"],
  ] as [never[], ErrorConstructor, string][])(
    "close(%j) throws, and closes nothing",
    async (args, Kind, message) => {
      const { client } = await pair();
      expect(() => client.close(...(args as []))).toThrow(new Kind(message));
      expect(client.readyState).toBe(1);
    },
  );

  it("close and terminate do nothing to what is closed", async () => {
    const { client, server } = await pair();
    client.close();
    await closed(client, server);
    const events = trace(client);
    client.close();
    client.close(99_999);
    client.terminate();
    client.pause();
    client.resume();
    expect([client.readyState, client.isPaused, events]).toEqual([3, false, []]);
  });

  it("a message that is under way when the peer is gone is not told to be sent", async () => {
    const { client, server } = await pair();
    const results: string[] = [];
    server.pause();
    for (let i = 0; i < 40; i++) {
      client.send(Buffer.alloc(1024 * 1024), (error) => results.push(error ? "failed" : "sent"));
    }
    expect(client.bufferedAmount).toBeGreaterThan(30 * 1024 * 1024);
    client.terminate();
    await closed(client);
    await new Promise((resolve) => setImmediate(resolve));
    expect(results).toHaveLength(40);
    expect(results.at(-1)).toBe("failed");
  });

  it.each([
    ["close", (ws: WebSocket) => ws.close()],
    ["terminate", (ws: WebSocket) => ws.terminate()],
  ])("%s while connecting is an error, then a close", async (_, act) => {
    const { url } = await listen(implementation);
    const ws = dial(implementation, url);
    const events = trace(ws);
    act(ws);
    expect([ws.readyState, events]).toEqual([2, []]);
    ws.send("lost", () => {});
    await closed(ws);
    expect(events).toEqual([
      "error Error - WebSocket was closed before the connection was established",
      'close 1006 ""',
    ]);
    expect([ws.readyState, ws.bufferedAmount]).toEqual([3, 4]);
  });

  it("close in the listener of upgrade is an error, too", async () => {
    const { url } = await listen(implementation);
    const ws = dial(implementation, url);
    const events = trace(ws);
    ws.on("upgrade", () => ws.terminate());
    await closed(ws);
    expect(events).toEqual([
      "upgrade IncomingMessage",
      "error Error - WebSocket was closed before the connection was established",
      'close 1006 ""',
    ]);
  });

  it("terminate while a blob is read is told to those whose data waits", async () => {
    const { client, server } = await pair();
    const results: unknown[] = [];
    const note = (error?: Error): void => void results.push([client.readyState, error?.message]);
    client.send(new Blob(["blob"]) as never, note);
    client.send("nobody asks");
    client.send("behind", note);
    client.terminate();
    await closed(server, client);
    const gone = [2, "The socket was closed while the blob was being read"];
    expect(results).toEqual([gone, gone]);
  });

  it("pause keeps messages back, and resume brings them", async () => {
    const { client, server } = await pair();
    const events = trace(client);
    client.pause();
    expect(client.isPaused).toBe(true);
    server.send("one");
    server.send("two");
    await told((callback) => server.send("three", callback as never));
    await new Promise((resolve) => setImmediate(resolve));
    expect(events).toEqual([]);
    client.resume();
    expect(client.isPaused).toBe(false);
    server.close();
    await closed(client, server);
    expect(events).toEqual([
      'message "one" false',
      'message "two" false',
      'message "three" false',
      'close 1005 ""',
    ]);
  });

  it("what was read before the end is heard before it, paused or not", async () => {
    const { client, server } = await pair();
    const events = trace(client);
    client.pause();
    server.send("one");
    server.send("two");
    await expect.poll(() => socketOf(client).readableLength).toBe(10);
    client.terminate();
    await closed(client);
    expect(events).toEqual(['message "one" false', 'message "two" false', 'close 1006 ""']);
  });

  it("one event a turn, where allowSynchronousEvents is false", async () => {
    const options = { allowSynchronousEvents: false };
    const { client, server } = await connect(
      { server: implementation, client: implementation },
      options,
      options,
    );
    const events = trace(client);
    let inThisTurn = 0;
    for (const name of ["message", "ping"] as const) {
      client.on(name, () => {
        expect(++inThisTurn).toBe(1);
        process.nextTick(() => (inThisTurn = 0));
      });
    }
    server.send("one");
    server.ping();
    server.send("two");
    server.send(Buffer.alloc(1));
    server.close();
    await closed(client, server);
    expect(events).toEqual([
      'message "one" false',
      'ping ""',
      'message "two" false',
      'message "\\u0000" true',
      'close 1005 ""',
    ]);
  });

  it("tells of a request that nobody answers in time, at the handshake", async () => {
    const { http, url } = await serve();
    http.on("upgrade", () => {});
    const ws = dial(implementation, url, [], { handshakeTimeout: 50 });
    const events = trace(ws);
    await closed(ws);
    expect(events).toEqual(["error Error - Opening handshake has timed out", 'close 1006 ""']);
  });

  it("gives up a closing that the peer does not answer, after closeTimeout", async () => {
    const { client, server } = await connect({ server: implementation, client: implementation }, {}, {
      closeTimeout: 30,
    } as never);
    socketOf(server).pause();
    client.close();
    await closed(client);
    expect(client.readyState).toBe(3);
  });
});
