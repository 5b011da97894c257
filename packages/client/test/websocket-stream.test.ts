import { describe, expect, it } from "vitest";
import type { Connection } from "@ws/connection";
import { ConnectError, type WebSocketCloseInfo, WebSocketError, WebSocketStream } from "@ws/client";
import { echo, type Peer, startPeer } from "./peer.ts";
import { letGo, rawServer, response } from "./raw-server.ts";

/** For calls that the types forbid. */
const TRUE = true as unknown as object;
const NOWHERE = "ws://localhost:1/";

async function openStream(
  peer: Peer,
): Promise<[WebSocketStream, Connection, Awaited<WebSocketStream["opened"]>]> {
  const stream = new WebSocketStream(peer.url);
  const [connection, opened] = await Promise.all([peer.connection(0), stream.opened]);
  return [stream, connection, opened];
}

function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("WebSocketStream › constructor", () => {
  it("throws a SyntaxError for a URL or a subprotocol that is none", () => {
    expect(thrown(() => new WebSocketStream("/echo"))).toMatchObject({ name: "SyntaxError" });
    expect(thrown(() => new WebSocketStream("ftp://localhost/"))).toMatchObject({ name: "SyntaxError" });
    expect(thrown(() => new WebSocketStream(NOWHERE, { protocols: ["a", "a"] }))).toMatchObject({
      name: "SyntaxError",
    });
  });

  it("says the URL as it was understood", () => {
    expect(new WebSocketStream("http://LOCALHOST:1/a").url).toBe("ws://localhost:1/a");
  });

  it("rejects opened and closed with the reason of a signal that was aborted, and does not dial", async () => {
    const { url, sockets } = await rawServer((socket) => socket.destroy());
    const reason = new Error("mine");
    const stream = new WebSocketStream(url, { signal: AbortSignal.abort(reason) });
    await expect(stream.opened).rejects.toBe(reason);
    await expect(stream.closed).rejects.toBe(reason);
    expect(sockets).toHaveLength(0);
  });

  it("rejects with what is wrong with the options", async () => {
    const stream = new WebSocketStream(NOWHERE, { handshakeTimeoutMs: -1 });
    await expect(stream.opened).rejects.toBeInstanceOf(RangeError);
    await expect(stream.closed).rejects.toBeInstanceOf(RangeError);
  });
});

describe("WebSocketStream › opened", () => {
  it("has the streams, the subprotocol and the extensions", async () => {
    const peer = await startPeer({
      headers: (head) => {
        expect(head).toMatch(/^sec-websocket-protocol: chat, chatv2\r$/im);
        expect(head).toMatch(/^cookie: id=1\r$/im);
        return { "Sec-WebSocket-Protocol": "chatv2" };
      },
      onConnection: echo,
    });
    const stream = new WebSocketStream(peer.url, {
      protocols: ["chat", "chatv2"],
      headers: { Cookie: "id=1" },
    });
    const { readable, writable, protocol, extensions } = await stream.opened;
    expect({ protocol, extensions }).toEqual({ protocol: "chatv2", extensions: "" });
    const writer = writable.getWriter();
    const reader = readable.getReader();
    await writer.write("hello");
    await writer.write(Uint8Array.of(1, 2));
    expect((await reader.read()).value).toBe("hello");
    expect((await reader.read()).value).toEqual(Uint8Array.of(1, 2));
  });

  it("rejects with a WebSocketError when it cannot connect, and its cause says why", async () => {
    const { url } = await rawServer((socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"));
    const stream = new WebSocketStream(url);
    const error: unknown = await stream.opened.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WebSocketError);
    expect((error as WebSocketError).cause).toBeInstanceOf(ConnectError);
    expect((error as WebSocketError).cause).toMatchObject({ response: { status: 403 } });
    await expect(stream.closed).rejects.toBe(error);
  });

  it("rejects when the server chose none of the subprotocols", async () => {
    const { url, sockets } = await rawServer((socket, key) => void socket.write(response(key)));
    const stream = new WebSocketStream(url, { protocols: ["chat"] });
    await expect(stream.opened).rejects.toMatchObject({ name: "WebSocketError" });
    await letGo(sockets);
  });

  it("leaves no rejection behind that nobody handles", async () => {
    const stream = new WebSocketStream(NOWHERE);
    await stream.closed.catch(() => {});
  });

  it("a signal gives up the handshake, and has no effect afterwards", async () => {
    const { url, sockets } = await rawServer(() => controller.abort());
    const controller = new AbortController();
    const { opened } = new WebSocketStream(url, { signal: controller.signal });
    await expect(opened).rejects.toMatchObject({ name: "AbortError" });
    await letGo(sockets);

    const peer = await startPeer({ onConnection: echo });
    const later = new AbortController();
    const stream = new WebSocketStream(peer.url, { signal: later.signal });
    const { readable, writable } = await stream.opened;
    later.abort();
    await writable.getWriter().write("still there");
    expect((await readable.getReader().read()).value).toBe("still there");
  });
});

describe("WebSocketStream › arguments", () => {
  it("throws a TypeError without a URL, and for options and subprotocols of another kind", () => {
    const construct = (...args: unknown[]): unknown => thrown(() => Reflect.construct(WebSocketStream, args));
    expect(construct()).toBeInstanceOf(TypeError);
    expect(construct(NOWHERE, true)).toBeInstanceOf(TypeError);
    expect(construct(NOWHERE, { protocols: "chat" })).toBeInstanceOf(TypeError);
  });
});

describe("WebSocketStream › close", () => {
  it("sends code and reason, which the server sends back", async () => {
    const [stream, connection] = await openStream(await startPeer());
    stream.close({ closeCode: 3456, reason: "pizza" });
    expect(await connection.closed).toMatchObject({ code: 3456, reason: "pizza", wasClean: true });
    expect(await stream.closed).toMatchObject({ closeCode: 3456 });
  });

  it.each([
    ["nothing", undefined, 1005],
    ["no code", {}, 1005],
    ["a reason only", { reason: "why" }, 1000],
  ])("with %s is what the standard sends", async (_what, info: WebSocketCloseInfo | undefined, code) => {
    const [stream, connection] = await openStream(await startPeer());
    stream.close(info);
    expect(await connection.closed).toMatchObject({ code, reason: info?.reason ?? "" });
    await stream.closed;
  });

  it("ends the streams", async () => {
    const [stream, , { readable, writable }] = await openStream(await startPeer());
    stream.close();
    expect((await readable.getReader().read()).done).toBe(true);
    await expect(writable.getWriter().closed).rejects.toBeInstanceOf(WebSocketError);
  });

  it.each([999, 1001, 2999, 5000])("throws an InvalidAccessError for the code %i", async (closeCode) => {
    const stream = new WebSocketStream(NOWHERE);
    expect(thrown(() => stream.close({ closeCode }))).toMatchObject({ name: "InvalidAccessError" });
  });

  it("throws for a reason that is too long, and for what is no object", () => {
    const stream = new WebSocketStream(NOWHERE);
    expect(thrown(() => stream.close({ reason: ".".repeat(124) }))).toMatchObject({ name: "SyntaxError" });
    expect(() => stream.close(TRUE)).toThrow(TypeError);
  });

  it("gives up the handshake", async () => {
    const { url, sockets } = await rawServer(() => stream.close());
    const stream = new WebSocketStream(url);
    await expect(stream.opened).rejects.toBeInstanceOf(WebSocketError);
    await expect(stream.closed).rejects.toBeInstanceOf(WebSocketError);
    await letGo(sockets);
  });
});

describe("WebSocketStream › closed", () => {
  it("resolves for any clean close of the server, which ends readable", async () => {
    const [stream, connection, { readable }] = await openStream(await startPeer());
    connection.send("last");
    void connection.close(4000, "bye");
    const messages: unknown[] = [];
    for await (const message of readable) messages.push(message);
    expect(messages).toEqual(["last"]);
    expect(await stream.closed).toEqual({ closeCode: 4000, reason: "bye" });
  });

  it("rejects for any other end, as the streams do", async () => {
    const [stream, connection, { readable, writable }] = await openStream(await startPeer());
    connection.terminate();
    const ended = { name: "WebSocketError", closeCode: 1006, reason: "" };
    await expect(stream.closed).rejects.toMatchObject(ended);
    await expect(readable.getReader().read()).rejects.toMatchObject(ended);
    await expect(writable.getWriter().closed).rejects.toMatchObject(ended);
  });

  it("closing writable resolves when the server has closed too", async () => {
    const [stream, connection, { writable }] = await openStream(await startPeer());
    await writable.close();
    expect(connection.state).not.toBe("open");
    expect(await stream.closed).toMatchObject({ closeCode: 1005 });
  });

  it.each([
    ["writable", 4001, new WebSocketError("", { closeCode: 4001, reason: "set" })],
    ["readable", 4001, new WebSocketError("", { closeCode: 4001, reason: "set" })],
    ["writable", 1005, new Error("mine")],
    ["readable", 1005, new Error("mine")],
    ["writable", 1005, undefined],
    ["readable", 1005, undefined],
  ] as const)("giving up %s closes with %i", async (side, code, why) => {
    const [stream, connection, { readable, writable }] = await openStream(await startPeer());
    await (side === "writable" ? writable.abort(why) : readable.cancel(why));
    expect(await connection.closed).toMatchObject({ code, wasClean: true });
    expect(await stream.closed).toMatchObject({ closeCode: code });
  });
});
