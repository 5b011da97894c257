// WebSocket over HTTP/2 (RFC 8441), on a port of the server's own and on http2 servers of Node.
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import {
  connect as connectHttp2,
  constants,
  createSecureServer,
  type ClientHttp2Stream,
  createServer,
  type Http2Server,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo, Server, Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { RawOpcode, rawFrame } from "@ws/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { connect } from "@ws/client";
import {
  type Connection,
  type ConnectionInfo,
  WebSocketServer,
  type WebSocketServerOptions,
} from "@ws/server";
import { answer, ask, bodyOf, open, openSession } from "./h2-client.ts";
import { dial, hasHeadAnd, readAll, readUntil, requestText } from "./raw-client.ts";
import { answerTo, certificate, deferred, echo, listen } from "./servers.ts";

interface Place {
  readonly server: WebSocketServer;
  readonly url: string;
  readonly port: number;
}

async function listenAt(http: Server): Promise<number> {
  const sockets = new Set<Socket>();
  http.on("connection", (socket: Socket) => sockets.add(socket));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    http.close();
  });
  http.listen(0);
  await once(http, "listening");
  return (http.address() as AddressInfo).port;
}

async function onOwnPort(options: Partial<WebSocketServerOptions> = {}): Promise<Place> {
  const { server, port } = await listen({ http2: true, ...options });
  return { server, port, url: `http://localhost:${port}` };
}

async function onOwnTlsPort(options: Partial<WebSocketServerOptions> = {}): Promise<Place> {
  const { server, port } = await listen({ http2: true, tls: await certificate(), ...options });
  return { server, port, url: `https://localhost:${port}` };
}

async function onHttp2Server(options: Partial<WebSocketServerOptions> = {}): Promise<Place> {
  const http = createServer();
  const server = new WebSocketServer({ server: http, ...options });
  onTestFinished(() => server.shutdown({ deadlineMs: 0 }));
  const port = await listenAt(http);
  return { server, port, url: `http://localhost:${port}` };
}

async function onSecureServer(options: Partial<WebSocketServerOptions> = {}): Promise<Place> {
  const http = createSecureServer({ ...(await certificate()), allowHTTP1: true }, (_request, response) => {
    response.end("a page");
  });
  const server = new WebSocketServer({ server: http, ...options });
  onTestFinished(() => server.shutdown({ deadlineMs: 0 }));
  const port = await listenAt(http);
  return { server, port, url: `https://localhost:${port}` };
}

const CLIENT = { rejectUnauthorized: false };

const connectedTo = (server: WebSocketServer): Promise<[Connection, IncomingMessage, ConnectionInfo]> =>
  once(server, "connection") as Promise<[Connection, IncomingMessage, ConnectionInfo]>;

describe.each([
  ["a port of its own, without TLS", onOwnPort],
  ["a port of its own, with TLS", onOwnTlsPort],
  ["an http2 server of Node", onHttp2Server],
  ["an http2 server of Node, with TLS, pages and HTTP/1.1", onSecureServer],
] as const)("http2 › on %s ›", (_where, serve) => {
  it("advertises extended CONNECT (RFC 8441 §3)", async () => {
    const { url } = await serve();
    const session = await openSession(url, CLIENT);
    expect(session.remoteSettings.enableConnectProtocol).toBe(true);
  });

  it("answers an extended CONNECT with 200 and carries messages on its stream (RFC 8441 §5)", async () => {
    const { server, url } = await serve({ protocols: ["chat"], headers: { "X-Node": "7" } });
    const connected = connectedTo(server);
    server.on("connection", echo);
    const session = await openSession(url, CLIENT);
    const stream = ask(session, "/room?x=1", { "sec-websocket-protocol": "chat, other", "x-more": "1" });
    const headers = await answer(stream);
    expect(headers).toMatchObject({ ":status": 200, "sec-websocket-protocol": "chat", "x-node": "7" });
    expect(headers["sec-websocket-accept"]).toBeUndefined();
    const [connection, request, info] = await connected;
    expect(connection.protocol).toBe("chat");
    expect(request).toMatchObject({
      method: "CONNECT",
      url: "/room?x=1",
      httpVersion: "2.0",
      httpVersionMajor: 2,
      httpVersionMinor: 0,
    });
    expect(request.headers).toMatchObject({ host: "localhost", "x-more": "1" });
    expect(info).toMatchObject({
      path: "/room",
      httpVersion: "2.0",
      remoteAddress: expect.stringMatching(/127|::1/),
    });
    expect(info.query.get("x")).toBe("1");
    // A stream that is reset by the test's end is not what this is about.
    stream.close();
  });

  it("counts by address those that came before maxConnectionsPerAddress was set", async () => {
    const { server, url } = await serve();
    const session = await openSession(url, CLIENT);
    await open(session);
    server.setLimits({ maxConnectionsPerAddress: 1 });
    expect(await answer(ask(session))).toMatchObject({ ":status": 429 });
  });

  it("closes cleanly, whoever begins: END_STREAM after both close frames (RFC 8441 §5)", async () => {
    const { server, url } = await serve();
    const session = await openSession(url, CLIENT);
    for (const who of ["client", "server"] as const) {
      const connected = connectedTo(server);
      const client = await open(session);
      const [connection] = await connected;
      const code = who === "client" ? 4001 : 4002;
      void (who === "client" ? client : connection).close(code, "done");
      // Who answers repeats the code only.
      const [told, asked] = who === "client" ? [connection, client] : [client, connection];
      expect(await told.closed).toEqual({ code, reason: "done", wasClean: true });
      expect(await asked.closed).toEqual({ code, reason: "", wasClean: true });
    }
    await vi.waitFor(() => expect(server.clients.size).toBe(0));
    expect(session.destroyed).toBe(false);
  });

  it("carries many sockets on one TCP connection, each for itself (RFC 8441 §5)", async () => {
    const { server, url } = await serve();
    server.on("connection", echo);
    const session = await openSession(url, CLIENT);
    const clients = await Promise.all(Array.from({ length: 50 }, () => open(session)));
    const echoes = clients.map(async (client, i) => {
      client.send(`hello ${i}`);
      const [data] = (await once(client, "message")) as [string];
      return data;
    });
    expect(await Promise.all(echoes)).toEqual(clients.map((_, i) => `hello ${i}`));
    clients[0]!.terminate();
    await vi.waitFor(() => expect(server.clients.size).toBe(49));
    clients[1]!.send("still here");
    expect(await once(clients[1]!, "message")).toEqual(["still here"]);
    await Promise.all(clients.slice(1).map((client) => client.close()));
  });

  it("carries a megabyte each way, through flow control (RFC 8441 §5)", async () => {
    const { server, url } = await serve();
    server.on("connection", echo);
    const client = await open(await openSession(url, CLIENT));
    const bytes = Buffer.alloc(1024 * 1024, "0123456789");
    client.send(bytes);
    const [data] = (await once(client, "message")) as [Uint8Array];
    expect(Buffer.compare(data, bytes)).toBe(0);
    await client.close();
  });

  it.each([
    ["a foreign origin", { origin: "https://evil.example" }, 403],
    ["another version", { "sec-websocket-version": "8" }, 400],
  ])("refuses %s and says so in full (RFC 8441 §5)", async (_what, headers, status) => {
    const { server, url } = await serve();
    server.on("connection", () => expect.unreachable());
    const stream = ask(await openSession(url, CLIENT), "/", headers);
    expect((await answer(stream))[":status"]).toBe(status);
    expect(await bodyOf(stream)).toContain("Cannot accept handshake");
    expect(server.getStats().rejectedByStatus).toEqual({ [status]: 1 });
  });

  it("says 404 for a path that nobody serves, and goes on", async () => {
    const { server, url } = await serve({ path: "/chat" });
    server.on("connection", echo);
    const session = await openSession(url, CLIENT);
    expect((await answer(ask(session, "/other")))[":status"]).toBe(404);
    await (await open(session, "/chat")).close();
  });

  it.each([
    ["cancels its stream", (_stream: ClientHttp2Stream, abort: AbortController) => abort.abort()],
    ["resets its stream with an error", (stream: ClientHttp2Stream) => stream.destroy(new Error("no"))],
  ])("is 1006 with an error where the client %s (RFC 8441 §5)", async (_what, reset) => {
    const { server, url } = await serve();
    const connected = connectedTo(server);
    const abort = new AbortController();
    const stream = ask(await openSession(url, CLIENT), "/", {}, abort.signal);
    await answer(stream);
    const [connection] = await connected;
    // close() would send END_STREAM first, and be no reset to who reads that first.
    reset(stream, abort);
    expect(await connection.closed).toEqual({
      code: 1006,
      reason: "",
      wasClean: false,
      error: expect.any(Error),
    });
    expect(server.clients.size).toBe(0);
  });

  it("is 1006 without an error where the client ends its stream before it closed (RFC 8441 §5)", async () => {
    const { server, url } = await serve();
    const connected = connectedTo(server);
    const stream = ask(await openSession(url, CLIENT));
    await answer(stream);
    const [connection] = await connected;
    stream.resume();
    stream.end();
    expect(await connection.closed).toEqual({ code: 1006, reason: "", wasClean: false });
    await once(stream, "close");
    expect(stream.rstCode).toBe(constants.NGHTTP2_NO_ERROR);
  });

  it.each(["destroy", "goaway"] as const)(
    "is 1006 for all sockets of a session that ends with %s",
    async (how) => {
      const { server, url } = await serve();
      const session = await openSession(url, CLIENT);
      const streams = [ask(session), ask(session), ask(session)];
      await Promise.all(streams.map(answer));
      const connections = [...server.clients];
      expect(connections).toHaveLength(3);
      if (how === "destroy") session.destroy();
      else session.goaway(constants.NGHTTP2_PROTOCOL_ERROR);
      for (const { closed } of connections) {
        expect(await closed).toMatchObject({ code: 1006, wasClean: false });
      }
      expect(server.clients.size).toBe(0);
    },
  );

  it("resets the stream with CANCEL where it terminates (RFC 8441 §5)", async () => {
    const { server, url } = await serve();
    const connected = connectedTo(server);
    const stream = ask(await openSession(url, CLIENT));
    await answer(stream);
    const [connection] = await connected;
    connection.terminate();
    stream.resume();
    await once(stream, "close");
    expect(stream.rstCode).toBe(constants.NGHTTP2_CANCEL);
    expect(await connection.closed).toMatchObject({ code: 1006, wasClean: false });
  });

  it("lets a consumer that is slow slow the client down, by flow control (security: bounded memory)", async () => {
    const { server, url } = await serve({ maxMessageBytes: 64 * 1024 });
    const connected = connectedTo(server);
    const session = await openSession(url, CLIENT);
    const slow = await open(session);
    const [connection] = await connected;
    const message = Buffer.alloc(32 * 1024);
    const TOTAL = 400;
    for (let i = 0; i < TOTAL; i++) slow.send(message);
    await vi.waitFor(() => expect(connection.getStats().isStalled).toBe(true));
    // Another socket of the same session is not held up by it.
    server.on("connection", echo);
    const other = await open(session);
    other.send("quick");
    expect(await once(other, "message")).toEqual(["quick"]);
    expect(connection.getStats().bytesReceived).toBeLessThan(1024 * 1024);
    expect(slow.bufferedAmount).toBeGreaterThan(TOTAL * message.length - 2 * 1024 * 1024);
    let received = 0;
    for await (const data of connection) {
      received += data.length;
      if (received === TOTAL * message.length) break;
    }
    await Promise.all([slow.close(), other.close()]);
  });

  it("counts what a client does not read, and lets it go at maxBufferedBytes (security: slow reader)", async () => {
    const { server, url } = await serve({ maxBufferedBytes: 1024 * 1024, closeTimeoutMs: 100 });
    const connected = connectedTo(server);
    const session = await openSession(url, CLIENT);
    // Nobody reads this stream: what fits into its window leaves, and no more.
    const stream = ask(session);
    await answer(stream);
    const [connection] = await connected;
    const message = Buffer.alloc(32 * 1024);
    while (connection.bufferedAmount <= 1024 * 1024 && connection.state === "open") {
      connection.send(message);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(connection.bufferedAmount).toBeLessThan(1024 * 1024 + 2 * message.length);
    expect(connection.getStats().bytesSent).toBeLessThan(4 * 1024 * 1024);
    const failed = deferred<unknown>();
    connection.send(message, failed.resolve);
    expect(await failed.promise).toMatchObject({ code: "BUFFER_FULL" });
    expect(await connection.closed).toMatchObject({ code: 1006, wasClean: false });
    expect(server.clients.size).toBe(0);
  });

  it("owes few pongs to who floods with pings and reads none of the answers (security: ping flood)", async () => {
    const { server, url } = await serve();
    const connected = connectedTo(server);
    const stream = ask(await openSession(url, CLIENT));
    await answer(stream);
    const [connection] = await connected;
    const payload = Buffer.alloc(125, "p");
    const ping = rawFrame("client", RawOpcode.ping, payload);
    const pings = Buffer.alloc(ping.length * 500, ping);
    for (let i = 0; i < 100; i++) await new Promise((resolve) => stream.write(pings, resolve));
    await vi.waitFor(() => expect(connection.getStats().framesReceived.ping).toBe(50_000), 10_000);
    // 50,000 answers would be 6.35 MB.
    expect(connection.bufferedAmount).toBeLessThan(1024 * 1024);
    connection.terminate();
  });

  it("authenticates, and loses nothing that the client sends meanwhile", async () => {
    const asked = deferred<AbortSignal>();
    const yes = deferred<{ context: undefined }>();
    const { server, url } = await serve({
      authenticate: (_request, { signal }) => {
        asked.resolve(signal);
        return yes.promise;
      },
    });
    server.on("connection", echo);
    const stream = ask(await openSession(url, CLIENT));
    const text = rawFrame("client", RawOpcode.text, "hi");
    stream.write(text);
    await asked.promise;
    stream.write(text);
    yes.resolve({ context: undefined });
    expect((await answer(stream))[":status"]).toBe(200);
    let bytes = Buffer.alloc(0);
    for await (const chunk of stream) {
      bytes = Buffer.concat([bytes, chunk as Buffer]);
      if (bytes.length >= 8) break;
    }
    expect([...bytes]).toEqual([0x81, 2, 0x68, 0x69, 0x81, 2, 0x68, 0x69]);
  });

  it.each(["cancelled", "whose session ended"])("tells authenticate of a stream that was %s", async (how) => {
    const asked = deferred<AbortSignal>();
    const { server, url } = await serve({
      authenticate: (_request, { signal }) => {
        asked.resolve(signal);
        return new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("aborted")));
        });
      },
    });
    const session = await openSession(url, CLIENT);
    const stream = ask(session);
    const signal = await asked.promise;
    if (how === "cancelled") stream.close(constants.NGHTTP2_CANCEL);
    else session.destroy();
    if (!signal.aborted) await once(signal, "abort");
    await vi.waitFor(() => expect(server.getStats().pendingHandshakes).toBeLessThan(2));
    await vi.waitFor(() => expect(server.getStats().abandonedHandshakes).toBe(1));
  });

  it("shuts down: 1001 on every stream", async () => {
    const { server, url } = await serve();
    const session = await openSession(url, CLIENT);
    const clients = await Promise.all([open(session), open(session)]);
    await server.shutdown();
    for (const { closed } of clients)
      expect(await closed).toEqual({ code: 1001, reason: "", wasClean: true });
  });
});

describe("http2 › a port of its own", () => {
  it("speaks HTTP/1.1 and HTTP/2 at once, without TLS and with it", async () => {
    for (const { server, url, port } of [await onOwnPort(), await onOwnTlsPort()]) {
      server.on("connection", echo);
      const tls = url.startsWith("https");
      const first = await connect(`${tls ? "wss" : "ws"}://localhost:${port}/`, {
        tls: { rejectUnauthorized: false },
      });
      const second = await open(await openSession(url, CLIENT));
      for (const client of [first, second]) {
        client.send("hello");
        expect(await once(client, "message")).toEqual(["hello"]);
        await client.close();
      }
    }
  });

  it("chooses what the client prefers by ALPN", async () => {
    const { port } = await onOwnTlsPort();
    for (const [ALPNProtocols, chosen] of [
      [["h2", "http/1.1"], "h2"],
      [["http/1.1"], "http/1.1"],
      [undefined, false],
    ] as const) {
      const socket = connectTls({
        port,
        ...CLIENT,
        ...(ALPNProtocols && { ALPNProtocols: [...ALPNProtocols] }),
      });
      await once(socket, "secureConnect");
      expect(socket.alpnProtocol).toBe(chosen);
      socket.destroy();
    }
  });

  it("takes a preface that arrives byte by byte (RFC 9113 §3.4)", async () => {
    const { port } = await onOwnPort();
    const socket = await dial(port);
    // The preface, and an empty SETTINGS frame; the answer begins with a SETTINGS frame too.
    for (const byte of Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", "latin1")) {
      await new Promise((resolve) => socket.write(Buffer.from([byte]), resolve));
    }
    const bytes = await readUntil(socket, ({ length }) => length >= 9);
    expect(bytes[3]).toBe(4);
    socket.destroy();
  });

  it("speaks no HTTP/2 unless told to", async () => {
    const { port } = await listen();
    expect(await answerTo(port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).toMatch(/^HTTP\/1\.1 [45]/);
    const { port: tlsPort } = await listen({ tls: await certificate() });
    const socket = connectTls({ port: tlsPort, ALPNProtocols: ["h2", "http/1.1"], ...CLIENT });
    await once(socket, "secureConnect");
    expect(socket.alpnProtocol).toBe("http/1.1");
    socket.destroy();
  });

  it.each([
    ["a plain GET", { ":method": "GET", ":protocol": null }, 405],
    ["another :protocol (RFC 9220 §3)", { ":protocol": "connect-udp" }, 501],
  ])("answers %s", async (_what, headers, status) => {
    const { url } = await onOwnPort();
    const stream = ask(await openSession(url), "/", headers);
    expect((await answer(stream))[":status"]).toBe(status);
  });

  it("ends a session that never asks, and one that has nothing more to carry (security: slow handshake)", async () => {
    const { server, url } = await onOwnPort({ handshakeTimeoutMs: 150 });
    const silent = await openSession(url);
    await once(silent, "close");
    const session = await openSession(url);
    const client = await open(session);
    // By the time another one was ended, this one would have been too.
    await once(await openSession(url), "close");
    expect(session.destroyed).toBe(false);
    await client.close();
    await once(session, "close");
    expect(server.getStats().pendingHandshakes).toBe(0);
  });

  it("tells sessions to go away when it shuts down, and frees the port", async () => {
    const { server, url, port } = await onOwnPort();
    const session = await openSession(url);
    const goaway = once(session, "goaway") as Promise<[number]>;
    const client = await open(session);
    await server.shutdown();
    expect((await goaway)[0]).toBe(constants.NGHTTP2_NO_ERROR);
    expect(await client.closed).toMatchObject({ code: 1001, wasClean: true });
    await expect(connect(`ws://localhost:${port}/`)).rejects.toMatchObject({ code: "NETWORK" });
  });

  it("takes new sockets while a hundred do not read (from 51 on they were told ENHANCE_YOUR_CALM, and then all were cut off)", async () => {
    const { server, url } = await onOwnPort();
    server.on("connection", (connection) => connection.send(Buffer.alloc(512 * 1024)));
    const session = await openSession(url, { maxSessionMemory: 1000 });
    for (let i = 0; i < 100; i++) expect((await answer(ask(session)))[":status"]).toBe(200);
    expect(server.clients.size).toBe(100);
    session.destroy();
  });

  it("lets a stream receive 256 KiB ahead, and its session a megabyte", async () => {
    const { server, url } = await onOwnPort({ maxMessageBytes: 1 });
    const session = await openSession(url);
    expect(session.remoteSettings.initialWindowSize).toBe(256 * 1024);
    await vi.waitFor(() => expect(session.state.remoteWindowSize).toBe(1024 * 1024));
    expect(server.getStats().pendingHandshakes).toBe(1);
  });

  it("asks about as many at once as a session may have (no more than 100, whatever maxStreamsPerSession)", async () => {
    const yes = deferred<{ context: undefined }>();
    let asked = 0;
    const { url } = await onOwnPort({
      maxStreamsPerSession: 150,
      authenticate: () => {
        if (++asked === 150) yes.resolve({ context: undefined });
        return yes.promise;
      },
    });
    const session = await openSession(url);
    const streams = Array.from({ length: 150 }, () => ask(session));
    const statuses = (await Promise.all(streams.map(answer))).map((headers) => headers[":status"]);
    expect(new Set(statuses)).toEqual(new Set([200]));
    session.destroy();
  });

  it("tells HTTP/1.1 and HTTP/2 apart for clients that come at once, in segments of any size", async () => {
    const { server, port } = await onOwnPort();
    const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", "latin1");
    const request = Buffer.from(requestText().replace("GET", "PRINT"));
    const clients = Array.from({ length: 60 }, async (_, i) => {
      const socket = await dial(port);
      const text = i % 3 === 0 ? preface : i % 3 === 1 ? Buffer.from(requestText()) : request;
      const size = 1 + (i % 7);
      for (let at = 0; at < text.length; at += size) {
        await new Promise((resolve) => socket.write(text.subarray(at, at + size), resolve));
      }
      const bytes = await readUntil(socket, ({ length }) => length >= 12);
      socket.destroy();
      return i % 3 === 0 ? bytes[3] : bytes.toString("latin1", 9, 12);
    });
    const seen = await Promise.all(clients);
    expect(seen).toEqual(Array.from({ length: 60 }, (_, i) => [4, "101", "405"][i % 3]));
    await vi.waitFor(() => expect(server.getStats().pendingHandshakes).toBe(0));
  });

  it("ends TLS that agrees on no protocol, and reads HTTP/1.1 where HTTP/2 was promised by options only", async () => {
    const { server, port } = await onOwnTlsPort();
    const stranger = connectTls({ port, ...CLIENT, ALPNProtocols: ["spdy/3"] });
    const [error] = (await once(stranger, "error").catch((thrown: unknown) => [thrown])) as [Error];
    expect(error.message).toMatch(/no application protocol/);
    // It was neither read nor told anything.
    const tls = { ...(await certificate()), ALPNProtocols: ["h2"] };
    const promised = connectTls({ port: (await listen({ tls })).port, ...CLIENT, ALPNProtocols: ["h2"] });
    promised.write(requestText());
    expect((await readUntil(promised as never, hasHeadAnd(0))).toString()).toMatch(/^HTTP\/1\.1 101 /);
    promised.destroy();
    await vi.waitFor(() => expect(server.getStats().pendingHandshakes).toBe(0));
  });

  it("bounds the streams of a session (maxStreamsPerSession)", async () => {
    const { server, url } = await onOwnPort({ maxStreamsPerSession: 2 });
    const session = await openSession(url);
    expect(session.remoteSettings.maxConcurrentStreams).toBe(2);
    const clients = [await open(session), await open(session)];
    const third = ask(session);
    const answered = vi.fn<() => void>();
    third.on("response", answered);
    await clients[0]!.close();
    await once(third, "response");
    expect(server.clients.size).toBe(2);
    third.close();
    await clients[1]!.close();
  });
});

describe("http2 › an http2 server of Node", () => {
  it("keeps its pages, over both versions", async () => {
    const { url, port } = await onSecureServer();
    const stream = (await openSession(url, CLIENT)).request({ ":path": "/" });
    expect(await bodyOf(stream)).toBe("a page");
    const socket = connectTls({ port, ...CLIENT });
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    expect((await readAll(socket)).toString()).toContain("a page");
  });

  it("takes upgrades over HTTP/1.1 as well", async () => {
    const { server, port } = await onSecureServer();
    server.on("connection", echo);
    const client = await connect(`wss://localhost:${port}/`, { tls: { rejectUnauthorized: false } });
    client.send("hello");
    expect(await once(client, "message")).toEqual(["hello"]);
    await client.close();
  });

  it("answers other CONNECTs with 405 as Node does where nobody listens for them (they were left open)", async () => {
    const { url, port } = await onSecureServer();
    const session = await openSession(url, CLIENT);
    const plain = session.request({ ":method": "CONNECT", ":authority": "example.org:80" });
    plain.on("error", () => {});
    expect((await answer(plain))[":status"]).toBe(405);
    const other = ask(session, "/", { ":protocol": "connect-udp" });
    expect((await answer(other))[":status"]).toBe(405);
    const socket = connectTls({ port, ...CLIENT });
    socket.on("error", () => {});
    socket.write("CONNECT example.org:80 HTTP/1.1\r\nHost: example.org\r\n\r\n");
    expect((await readAll(socket)).toString()).toBe("");
  });

  it("leaves CONNECTs to strangers that listen for them", async () => {
    const http = createServer((_request, response) => response.end("a page"));
    http.on("connect", (request, response) => {
      if (request.url === "/chat") return;
      response.statusCode = 418;
      response.end();
    });
    const server = new WebSocketServer({ server: http, path: "/chat" });
    server.on("connection", echo);
    onTestFinished(() => server.shutdown({ deadlineMs: 0 }));
    const session = await openSession(`http://localhost:${await listenAt(http)}`);
    expect((await answer(ask(session, "/other")))[":status"]).toBe(418);
    expect((await answer(ask(session, "/", { ":protocol": "connect-udp" })))[":status"]).toBe(418);
    await (await open(session, "/chat")).close();
  });

  it("is shared by several by path, and left as it was", async () => {
    const http: Http2Server = createServer((_request, response) => response.end("a page"));
    const servers = ["/one", "/two"].map((path) => {
      const server = new WebSocketServer({ server: http, path });
      server.on("connection", (connection) => connection.send(path));
      return server;
    });
    const session = await openSession(`http://localhost:${await listenAt(http)}`);
    for (const path of ["/one", "/two"]) {
      const client = await open(session, path);
      expect(await once(client, "message")).toEqual([path]);
      await client.close();
    }
    expect((await answer(ask(session, "/three")))[":status"]).toBe(404);
    for (const server of servers) await server.shutdown();
    expect(["connect", "upgrade", "session"].map((name) => http.listenerCount(name))).toEqual([0, 0, 0]);
    expect(await bodyOf(session.request({ ":path": "/" }))).toBe("a page");
  });

  it("is not answered twice where the application answers every stream itself", async () => {
    const http = createServer();
    const server = new WebSocketServer({ server: http });
    onTestFinished(() => server.shutdown({ deadlineMs: 0 }));
    http.on("stream", (stream: ServerHttp2Stream) => {
      if (!stream.headersSent) stream.respond({ ":status": 418 }, { endStream: true });
    });
    const session = await openSession(`http://localhost:${await listenAt(http)}`);
    await (await open(session)).close();
    expect((await answer(session.request({ ":path": "/" })))[":status"]).toBe(418);
  });
});

describe("http2 › floods (security)", () => {
  it("keeps a session that opens and resets streams from starting more than 100 authentications (CVE-2023-44487)", async () => {
    let running = 0;
    let most = 0;
    const { server, url } = await onOwnPort({
      authenticate: async () => {
        most = Math.max(most, ++running);
        // An application that does not listen to its signal.
        await new Promise((resolve) => setTimeout(resolve, 200));
        running--;
        return { context: undefined };
      },
    });
    const session = await openSession(url);
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 3000 && !session.destroyed; i++) {
      ask(session).close(constants.NGHTTP2_CANCEL);
      if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await vi.waitFor(() => expect(server.getStats().pendingHandshakes).toBeLessThan(2), 5000);
    expect(most).toBeLessThanOrEqual(100);
    expect(most).toBeGreaterThan(0);
    expect(server.clients.size).toBe(0);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024);
    // Others are served all the while.
    await (await open(await openSession(url))).close();
  });

  it("does not wait for a peer that will not read why it was refused (security: slow reader)", async () => {
    const { server, url } = await onOwnPort({ handshakeTimeoutMs: 100 });
    const session = await openSession(url, { settings: { initialWindowSize: 0 } });
    const streams = Array.from({ length: 20 }, () => ask(session, "/", { origin: "null" }));
    await Promise.all(streams.map(answer));
    // With the last of its streams the session ends too.
    await once(session, "close");
    expect(server.getStats()).toMatchObject({ rejectedByStatus: { 403: 20 }, pendingHandshakes: 0 });
  });

  it("ends a session that sends garbage, and no other", async () => {
    const { server, url, port } = await onOwnPort();
    server.on("connection", echo);
    const session = await openSession(url);
    const client = await open(session);
    const socket = await dial(port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    socket.write(Buffer.alloc(64 * 1024, 0xff));
    await readAll(socket);
    socket.destroy();
    client.send("still here");
    expect(await once(client, "message")).toEqual(["still here"]);
    await client.close();
  });

  it.each([
    ["a header of 20 KiB", { cookie: "c".repeat(20 * 1024) }],
    ["300 headers", Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`x-${i}`, "1"]))],
  ])("refuses %s (security: header flood)", async (_what, headers) => {
    const { server, url } = await onOwnPort();
    server.on("connection", () => expect.unreachable());
    const session = connectHttp2(url, { settings: {}, maxSendHeaderBlockLength: 1024 * 1024 });
    session.on("error", () => {});
    onTestFinished(() => session.destroy());
    await once(session, "remoteSettings");
    const stream = ask(session, "/", headers);
    const [error] = (await once(stream, "close").catch((thrown: unknown) => [thrown])) as [unknown];
    expect(error).toMatchObject({ message: expect.stringContaining("ENHANCE_YOUR_CALM") });
  });

  it("survives a TCP reset in the midst of many sockets, with no listener attached (security: error without a listener)", async () => {
    const { server, url, port } = await onOwnPort();
    const session = await openSession(url);
    await Promise.all(Array.from({ length: 20 }, () => open(session)));
    const connections = [...server.clients];
    const raw = Object.getOwnPropertySymbols(session).find(({ description }) => description === "socket");
    (session as unknown as Record<symbol, Socket>)[raw!]!.resetAndDestroy();
    for (const { closed } of connections)
      expect(await closed).toMatchObject({ code: 1006, error: expect.any(Error) });
    await (await connect(`ws://localhost:${port}/`)).close();
  });
});
