// What the WebSockets standard and its web platform tests ask of the class, against a server of ours and against servers
// that misbehave. apps/workspace/test/browser holds it beside a browser's own.
// oxlint-disable unicorn/prefer-add-event-listener -- the attributes are under test.
import { setImmediate as nextTask } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { CloseEvent, type Connection, type Message, WebSocket } from "@ws/client";
import { echo, type Peer, startPeer } from "./peer.ts";
import { rawServer, response } from "./raw-server.ts";

/** A URL nobody listens at: sockets that never get there. */
const NOWHERE = "ws://localhost:1/";

function nameOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof DOMException ? error.name : `not a DOMException: ${String(error)}`;
  }
  return "nothing thrown";
}

/** The next event of that type. */
function next<Type extends "open" | "message" | "error" | "close">(
  socket: WebSocket,
  type: Type,
): Promise<{ open: Event; message: MessageEvent; error: Event; close: CloseEvent }[Type]> {
  return new Promise((resolve) => {
    socket.addEventListener(type, (event) => resolve(event as never), { once: true });
  });
}

/** Everything that happens to a socket, in order, with the state it had then. */
function record(socket: WebSocket): string[] {
  const seen: string[] = [];
  for (const type of ["open", "message", "error", "close"] as const) {
    socket.addEventListener(type, () => seen.push(`${type} ${socket.readyState}`));
  }
  return seen;
}

async function opened(peer: Peer, protocols?: string[]): Promise<[WebSocket, Connection]> {
  const socket = new WebSocket(peer.url, protocols);
  const [connection] = await Promise.all([peer.connection(peer.connections.length), next(socket, "open")]);
  return [socket, connection];
}

describe("WebSocket › constructor (WebSockets standard §3.1)", () => {
  it.each([
    ["a space in the host", "ws://foo bar.com/"],
    ["another scheme", "ftp://localhost/"],
    ["a scheme without a host", "mailto:example@example.org"],
    ["about:blank", "about:blank"],
    ["a fragment", "ws://localhost/#test"],
    ["an empty fragment", "ws://localhost/#"],
    ["a relative URL", "/echo"],
    ["nothing", ""],
  ])("throws a SyntaxError for %s", (_what, url) => {
    expect(nameOf(() => new WebSocket(url))).toBe("SyntaxError");
  });

  it("throws a TypeError without a URL", () => {
    expect(() => Reflect.construct(WebSocket, [])).toThrow(TypeError);
  });

  it("ignores a third argument that is no object, and what comes behind it", async () => {
    const socket = Reflect.construct(WebSocket, [NOWHERE, [], "", "more"]) as WebSocket;
    await new Promise((resolve) => socket.addEventListener("close", resolve));
  });

  it.each([
    ["http:", "http://localhost:1/a?b", "ws://localhost:1/a?b"],
    ["https:", "https://localhost:1/", "wss://localhost:1/"],
    ["default ports", "wss://localhost:443/x", "wss://localhost/x"],
    ["no path", "ws://LOCALHOST:1", "ws://localhost:1/"],
    ["characters to be escaped", "ws://localhost:1/a b?€", "ws://localhost:1/a%20b?%E2%82%AC"],
    ["a URL object", new URL("ws://localhost:1/u"), "ws://localhost:1/u"],
  ])("normalises %s", async (_what, url, expected) => {
    const socket = new WebSocket(url);
    expect(socket.url).toBe(expected);
    socket.close();
    await next(socket, "close");
  });

  it.each([
    ["an empty string", ""],
    ["an empty element", ["a", ""]],
    ["a space", "a b"],
    ["a separator", "a,b"],
    ["what is not ASCII", "chät"],
    ["a control character", "a\u0000"],
    ["the same twice", ["chat", "chat"]],
    ["the same twice in another case", ["chat", "Chat"]],
    ["an object that is no sequence", {} as string],
  ])("throws a SyntaxError for subprotocols with %s", (_what, protocols) => {
    expect(nameOf(() => new WebSocket(NOWHERE, protocols))).toBe("SyntaxError");
  });

  it.each([
    ["a header with a line break", { headers: { "X-Y": "a\r\nInjected: yes" } }, TypeError],
    ["a deadline of 0", { handshakeTimeoutMs: 0 }, RangeError],
    ["an option that is none", { followRedirects: true }, TypeError],
  ])("throws for Node's options with %s", (_what, options, expected) => {
    expect(() => new WebSocket(NOWHERE, [], options as object)).toThrow(expected);
  });

  it("offers the subprotocols in order and takes the one the server chose", async () => {
    const peer = await startPeer({ headers: () => ({ "Sec-WebSocket-Protocol": "b" }) });
    const [socket, connection] = await opened(peer, ["a", "b"]);
    expect(peer.requests[0]).toContain("Sec-WebSocket-Protocol: a, b\r\n");
    expect([socket.protocol, socket.extensions]).toEqual(["b", ""]);
    connection.terminate();
  });

  it("fails when it offered subprotocols and the server chose none", async () => {
    const peer = await startPeer();
    const socket = new WebSocket(peer.url, "chat");
    const seen = record(socket);
    expect(await next(socket, "close")).toMatchObject({ code: 1006, wasClean: false });
    expect(seen).toEqual(["error 3", "close 3"]);
    expect(socket.protocol).toBe("");
  });

  it("tells nothing of a server that chose none, not even how that closed", async () => {
    // The close frame shared a segment with the answer, and its code came through.
    const peer = await startPeer({ onConnection: (connection) => void connection.close(4000, "bye") });
    const socket = new WebSocket(peer.url, "chat");
    expect(await next(socket, "close")).toMatchObject({ code: 1006, reason: "", wasClean: false });
  });

  it("passes Node's options on", async () => {
    const peer = await startPeer();
    const socket = new WebSocket(peer.url, [], { headers: { Cookie: "a=b" }, origin: "https://example.org" });
    await next(socket, "open");
    expect(peer.requests[0]).toContain("Cookie: a=b\r\n");
    expect(peer.requests[0]).toContain("Origin: https://example.org\r\n");
    socket.close();
    await next(socket, "close");
  });
});

describe("WebSocket › interface", () => {
  it("has its constants on class and prototype, for good", () => {
    for (const target of [WebSocket, WebSocket.prototype]) {
      expect([target.CONNECTING, target.OPEN, target.CLOSING, target.CLOSED]).toEqual([0, 1, 2, 3]);
      expect(() => Object.assign(target, { OPEN: 5 })).toThrow(TypeError);
      expect(() => Object.defineProperty(target, "OPEN", { get: () => 5 })).toThrow(TypeError);
    }
    expect(Object.prototype.toString.call(WebSocket.prototype)).toBe("[object WebSocket]");
  });

  it("shows its attributes and methods to those who enumerate, and lets them be replaced", async () => {
    const socket = new WebSocket(NOWHERE);
    const names: string[] = [];
    for (const name in socket) names.push(name);
    expect(names).toEqual(
      expect.arrayContaining(["url", "readyState", "onopen", "binaryType", "send", "close", "CLOSED"]),
    );
    expect(names).not.toContain("constructor");
    const closed = next(socket, "close");
    socket.close();
    Object.assign(socket, { close: 5 });
    expect(socket).toHaveProperty("close", 5);
    await closed;
  });

  it("takes as binaryType what is one, and ignores the rest", async () => {
    const socket = new WebSocket(NOWHERE);
    expect(socket.binaryType).toBe("blob");
    socket.binaryType = "arraybuffer";
    socket.binaryType = "nodebuffer" as "blob";
    expect(socket.binaryType).toBe("arraybuffer");
    socket.close();
    await next(socket, "close");
  });
});

describe("WebSocket › events", () => {
  it("fires open, messages and close in order, each after its change of state", async () => {
    const peer = await startPeer({
      onConnection: (connection) => {
        connection.send("a");
        connection.send("b");
        void connection.close(4000, "bye");
      },
    });
    const socket = new WebSocket(peer.url);
    const seen = record(socket);
    expect(socket.readyState).toBe(0);
    const event = await next(socket, "close");
    expect(seen).toEqual(["open 1", "message 1", "message 1", "close 3"]);
    expect(event).toBeInstanceOf(CloseEvent);
    expect(event).toMatchObject({
      code: 4000,
      reason: "bye",
      wasClean: true,
      bubbles: false,
      cancelable: false,
    });
    expect(Object.prototype.toString.call(event)).toBe("[object CloseEvent]");
    expect(new CloseEvent("close", { bubbles: true, cancelable: true })).toMatchObject({
      bubbles: true,
      cancelable: true,
    });
  });

  it("is CLOSING from the server's close frame on", async () => {
    // A server that does not end TCP: the state can be seen.
    const server = await rawServer((socket, key) => {
      socket.write(response(key));
      socket.write(Buffer.from([0x81, 1, 0x61, 0x88, 2, 0x03, 0xe8]));
    });
    const socket = new WebSocket(server.url);
    socket.onmessage = () => expect(socket.readyState).toBe(1);
    await next(socket, "message");
    await nextTask();
    expect(socket.readyState).toBe(2);
    socket.close();
    server.sockets[0]!.end();
    expect(await next(socket, "close")).toMatchObject({ code: 1000, wasClean: true });
  });

  it("runs each in a task of its own: what a listener awaits is there before the next message", async () => {
    const peer = await startPeer({
      onConnection: (connection) => ["a", "b", "c"].map((text) => connection.send(text)),
    });
    const socket = new WebSocket(peer.url);
    const seen: unknown[] = [];
    socket.onmessage = async ({ data }) => {
      for (let i = 0; i < 20; i++) await Promise.resolve();
      seen.push(data);
    };
    const received: unknown[] = [];
    while (received.length < 3) received.push((await next(socket, "message")).data);
    expect(received).toEqual(["a", "b", "c"]);
    await nextTask();
    expect(seen).toEqual(["a", "b", "c"]);
    socket.close();
    await next(socket, "close");
  });

  it("tells the origin of messages, and their data by type", async () => {
    const peer = await startPeer({ onConnection: echo });
    const [socket] = await opened(peer);
    socket.send("text");
    const text = await next(socket, "message");
    expect(text).toBeInstanceOf(MessageEvent);
    expect([text.data, text.origin]).toEqual(["text", new URL(peer.url).origin]);

    socket.send(new Uint8Array([1, 2, 3]));
    const blob = (await next(socket, "message")).data as Blob;
    expect(blob).toBeInstanceOf(Blob);
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));

    socket.binaryType = "arraybuffer";
    socket.send(new Uint8Array([4, 5]));
    const buffer = (await next(socket, "message")).data as ArrayBuffer;
    expect(buffer).toBeInstanceOf(ArrayBuffer);
    expect(new Uint8Array(buffer)).toEqual(new Uint8Array([4, 5]));
    socket.close();
    await next(socket, "close");
  });

  it("delivers no message after close() was called", async () => {
    const peer = await startPeer({
      onConnection: (connection) => ["a", "b"].map((text) => connection.send(text)),
    });
    const socket = new WebSocket(peer.url);
    const seen = record(socket);
    socket.onmessage = () => socket.close();
    await next(socket, "close");
    expect(seen).toEqual(["open 1", "message 1", "close 3"]);
  });

  it.each([
    ["the network", () => Promise.resolve(NOWHERE)],
    [
      "an answer that is no handshake",
      async () => (await rawServer((socket) => socket.end("HTTP/1.1 403 No\r\n\r\n"))).url,
    ],
    ["a server that leaves at once", async () => (await rawServer((socket) => socket.destroy())).url],
    [
      "a frame against the protocol",
      async () =>
        (
          await rawServer((socket, key) =>
            socket.end(Buffer.concat([Buffer.from(response(key)), Buffer.from([0xff, 0])])),
          )
        ).url,
    ],
    [
      "a connection that is lost (RFC 6455 §7.2.1)",
      async () => (await rawServer((socket, key) => socket.end(response(key)))).url,
    ],
  ])("fires a plain error and then close 1006 for %s", async (_what, url) => {
    const socket = new WebSocket(await url());
    const [error, close] = await Promise.all([next(socket, "error"), next(socket, "close")]);
    expect(error.constructor).toBe(Event);
    expect(Object.keys(error)).toEqual([]);
    expect(close).toMatchObject({ code: 1006, reason: "", wasClean: false });
    expect(socket.readyState).toBe(3);
  });
});

describe("WebSocket › event handler attributes (HTML standard §8.1.8.1)", () => {
  it.each(["onopen", "onmessage", "onerror", "onclose"] as const)(
    "%s holds a function, an object or null",
    async (name) => {
      const socket = new WebSocket(NOWHERE);
      expect(socket[name]).toBeNull();
      const handler = (): void => {};
      socket[name] = handler;
      expect(socket[name]).toBe(handler);
      for (const nothing of [";", 5, undefined, null]) {
        socket[name] = handler;
        socket[name] = nothing as never;
        expect(socket[name]).toBeNull();
      }
      const object = { handleEvent: () => expect.unreachable() } as never;
      socket[name] = object;
      expect(socket[name]).toBe(object);
      socket.dispatchEvent(new Event(name.slice(2)));
      socket[name] = null;
      socket.close();
      await next(socket, "close");
    },
  );

  it("keep their place among the listeners while they are replaced, and lose it when they are null", async () => {
    const socket = new WebSocket(NOWHERE);
    const seen: string[] = [];
    const dispatch = (): string[] => {
      socket.dispatchEvent(new Event("message"));
      return seen.splice(0);
    };
    socket.onmessage = () => seen.push("first");
    socket.addEventListener("message", () => seen.push("listener"));
    socket.onmessage = function () {
      expect(this).toBe(socket);
      seen.push("second");
    };
    expect(dispatch()).toEqual(["second", "listener"]);
    socket.onmessage = null;
    expect(dispatch()).toEqual(["listener"]);
    socket.onmessage = () => seen.push("third");
    expect(dispatch()).toEqual(["listener", "third"]);
    socket.close();
    await next(socket, "close");
  });

  it("stand beside listeners with handleEvent, once and signal", async () => {
    const socket = new WebSocket(NOWHERE);
    const seen: string[] = [];
    const controller = new AbortController();
    socket.addEventListener("open", { handleEvent: ({ type }) => seen.push(`object ${type}`) });
    socket.addEventListener("open", () => seen.push("once"), { once: true });
    socket.addEventListener("open", () => seen.push("signal"), { signal: controller.signal });
    const removed = (): void => expect.unreachable();
    socket.addEventListener("open", removed);
    socket.removeEventListener("open", removed);
    socket.dispatchEvent(new Event("open"));
    controller.abort();
    socket.dispatchEvent(new Event("open"));
    expect(seen).toEqual(["object open", "once", "signal", "object open"]);
    socket.close();
    await next(socket, "close");
  });
});

describe("WebSocket › send", () => {
  it("throws an InvalidStateError while connecting, and a TypeError without an argument", async () => {
    const socket = new WebSocket(NOWHERE);
    expect(nameOf(() => socket.send("x"))).toBe("InvalidStateError");
    expect(() => (socket as unknown as { send: () => void }).send()).toThrow(TypeError);
    expect(socket.bufferedAmount).toBe(0);
    socket.close();
    await next(socket, "close");
  });

  it("converts what it is given as Web IDL does", async () => {
    const received: unknown[] = [];
    const peer = await startPeer({
      onConnection: (connection) => connection.on("message", (data) => received.push(data)),
    });
    const [socket, connection] = await opened(peer);
    const bytes = new Uint8Array([0, 1, 2, 3, 4, 5]);
    for (const data of ["text", "a\ud800b", "", null, 12, { toString: () => "object" }])
      socket.send(data as string);
    socket.send(bytes.buffer);
    socket.send(bytes.subarray(2, 4));
    socket.send(new DataView(bytes.buffer, 4));
    socket.send(new Uint16Array(0));
    socket.close();
    await Promise.all([connection.closed, next(socket, "close")]);
    expect(received).toEqual([
      "text",
      "a\ufffdb",
      "",
      "null",
      "12",
      "object",
      bytes,
      new Uint8Array([2, 3]),
      new Uint8Array([4, 5]),
      new Uint8Array(0),
    ]);
  });

  it("sends bytes as they were at the call, however many", async () => {
    // Those of a large message that had to wait for the transport went out as they had become meanwhile.
    const peer = await startPeer({ maxMessageBytes: 4 * 1024 * 1024 });
    const [socket, connection] = await opened(peer);
    const bytes = new Uint8Array(4 * 1024 * 1024).fill(1);
    socket.send(bytes);
    socket.send(bytes.buffer);
    bytes.fill(9);
    for (let i = 0; i < 2; i++) {
      const received = await new Promise<Message>((resolve) => connection.once("message", resolve));
      expect((received as Uint8Array).every((byte) => byte === 1)).toBe(true);
    }
    socket.close();
  });

  it("keeps the order around Blobs, with the bytes of the call, and closes behind them", async () => {
    const received: unknown[] = [];
    const peer = await startPeer({
      onConnection: (connection) => connection.on("message", (data) => received.push(data)),
    });
    const [socket, connection] = await opened(peer);
    const bytes = new Uint8Array([1]);
    socket.send("a");
    socket.send(new Blob(["b", "c"]));
    socket.send(bytes);
    bytes[0] = 9;
    socket.send(new Blob([]));
    socket.send("d");
    socket.close(1000);
    expect(socket.readyState).toBe(2);
    const { wasClean } = await next(socket, "close");
    expect(wasClean).toBe(true);
    await connection.closed;
    expect(received).toEqual([
      "a",
      new Uint8Array(Buffer.from("bc")),
      new Uint8Array([1]),
      new Uint8Array(0),
      "d",
    ]);
  });

  it("fails the connection for a Blob that cannot be read", async () => {
    const peer = await startPeer();
    const [socket] = await opened(peer);
    const blob = new Blob(["x"]);
    blob.arrayBuffer = () => Promise.reject(new Error("gone"));
    const seen = record(socket);
    socket.send(blob);
    expect(await next(socket, "close")).toMatchObject({ code: 1006 });
    expect(seen).toEqual(["error 3", "close 3"]);
  });

  it("fails the connection when more waits than may (the standard's “flagged as full”)", async () => {
    const peer = await startPeer();
    const socket = new WebSocket(peer.url, [], { maxBufferedBytes: 1000 });
    await next(socket, "open");
    const seen = record(socket);
    socket.send("x".repeat(2000));
    socket.send("y");
    await next(socket, "close");
    expect(seen).toEqual(["error 3", "close 3"]);
  });
});

it("WebSocket › goes on where the options have messages dropped that do not fit", async () => {
  const peer = await startPeer();
  const socket = new WebSocket(peer.url, [], { maxBufferedBytes: 1000, whenBufferFull: "drop" });
  await next(socket, "open");
  const seen = record(socket);
  socket.send("x".repeat(2000));
  socket.send("y");
  await nextTask();
  expect(socket.readyState).toBe(1);
  socket.close();
  await next(socket, "close");
  expect(seen).toEqual(["close 3"]);
});

describe("WebSocket › bufferedAmount", () => {
  it("counts bytes of messages, not of frames, and shrinks between tasks only", async () => {
    const peer = await startPeer({ onConnection: echo });
    const [socket] = await opened(peer);
    socket.send("€");
    socket.send(new Uint16Array(2));
    socket.send(new Blob(["ab"]));
    expect(socket.bufferedAmount).toBe(3 + 4 + 2);
    await Promise.resolve();
    await new Promise((resolve) => process.nextTick(resolve));
    expect(socket.bufferedAmount).toBe(9);
    for (let i = 0; i < 3; i++) await next(socket, "message");
    await nextTask();
    expect(socket.bufferedAmount).toBe(0);
    socket.close();
    await next(socket, "close");
  });

  it("grows with what is sent after close, and never shrinks again", async () => {
    const peer = await startPeer();
    const [socket, connection] = await opened(peer);
    socket.close();
    socket.send("abc");
    expect(socket.bufferedAmount).toBe(3);
    await next(socket, "close");
    socket.send(new Uint8Array(4));
    socket.send(new Blob(["xy"]));
    await nextTask();
    expect(socket.bufferedAmount).toBe(9);
    await connection.closed;
  });

  it("keeps what a broken connection did not take", async () => {
    const peer = await startPeer({ onConnection: (connection) => connection.pause() });
    const [socket, connection] = await opened(peer);
    const size = 8 * 1024 * 1024;
    socket.send(new Uint8Array(size));
    connection.terminate();
    await next(socket, "close");
    await nextTask();
    expect(socket.bufferedAmount).toBe(size);
  });
});

describe("WebSocket › close", () => {
  it.each([0, 999, 1001, 1005, 1006, 2999, 5000, 65_536 + 1000, Number.NaN, null, "close"])(
    "throws an InvalidAccessError for the code %s",
    async (code) => {
      const socket = new WebSocket(NOWHERE);
      expect(nameOf(() => socket.close(code as number))).toBe("InvalidAccessError");
      expect(socket.readyState).toBe(0);
      socket.close();
      await next(socket, "close");
    },
  );

  it("throws a SyntaxError for a reason of more than 123 bytes", async () => {
    const socket = new WebSocket(NOWHERE);
    expect(nameOf(() => socket.close(1000, "x".repeat(124)))).toBe("SyntaxError");
    expect(nameOf(() => socket.close(1000, "€".repeat(42)))).toBe("SyntaxError");
    socket.close(1000, "€".repeat(41));
    await next(socket, "close");
  });

  it.each([
    [1000, "done"],
    [3000, ""],
    [4999, "€".repeat(41)],
    [1000.4, "rounded"],
  ])("sends the code %s and its reason", async (code, reason) => {
    const peer = await startPeer();
    const [socket, connection] = await opened(peer);
    socket.close(code, reason);
    socket.close(4001, "not any more");
    const [result, event] = await Promise.all([connection.closed, next(socket, "close")]);
    expect(result).toMatchObject({ code: Math.round(code), reason, wasClean: true });
    expect(event).toMatchObject({ code: Math.round(code), wasClean: true });
    socket.close();
    expect(socket.readyState).toBe(3);
  });

  it("sends an empty close frame where neither a code nor a reason is given (RFC 6455 §7.1.5)", async () => {
    const peer = await startPeer();
    const [socket, connection] = await opened(peer);
    socket.close();
    const [result, event] = await Promise.all([connection.closed, next(socket, "close")]);
    expect(result).toMatchObject({ code: 1005, wasClean: true });
    expect(event).toMatchObject({ code: 1005, wasClean: true });
  });

  it("gives up while connecting: error, then close 1006, never open", async () => {
    const server = await rawServer(() => {});
    const socket = new WebSocket(server.url);
    const seen = record(socket);
    socket.close();
    expect(socket.readyState).toBe(2);
    expect(seen).toEqual([]);
    expect(await next(socket, "close")).toMatchObject({ code: 1006, wasClean: false });
    expect(seen).toEqual(["error 3", "close 3"]);
  });

  it("gives up even where the answer has come already", async () => {
    const peer = await startPeer();
    const socket = new WebSocket(peer.url);
    const seen = record(socket);
    await peer.connection(0);
    socket.close();
    expect(await next(socket, "close")).toMatchObject({ code: 1006, wasClean: false });
    expect(seen).toEqual(["error 3", "close 3"]);
  });

  it("may be called by any listener", async () => {
    const peer = await startPeer();
    const socket = new WebSocket(peer.url);
    const seen = record(socket);
    socket.onopen = () => socket.close();
    socket.onclose = () => socket.close();
    await next(socket, "close");
    expect(seen).toEqual(["open 1", "close 3"]);
  });
});
