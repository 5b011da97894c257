import { once } from "node:events";
import { connect as dial } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { connect, type Connection } from "@ws/client";
import { certificate } from "./certificate.ts";
import { httpProxy, joinTo } from "./http-proxy.ts";
import { echo, http2Server } from "./http2-server.ts";
import { letGo, listen } from "./raw-server.ts";
import { socksProxy } from "./socks-proxy.ts";

const only = { http2: "only" } as const;

async function expectEcho(connection: Connection): Promise<void> {
  connection.send("hello");
  for await (const message of connection) return expect(message).toBe("hello");
  throw new Error("There was no answer");
}

const times = <Value>(count: number, make: (i: number) => Value): Value[] =>
  Array.from({ length: count }, (_, i) => make(i));

describe("client › sessions of HTTP/2 (RFC 9113)", () => {
  it("carries many connections, opened at once or one by one, on one TCP connection", async () => {
    const tls = await certificate();
    const server = await http2Server(echo, { tls });
    const options = { http2: "auto", tls: { ca: tls.cert } } as const;
    const connections = await Promise.all(times(40, () => connect(server.url, options)));
    for (let i = 0; i < 10; i++) connections.push(await connect(`${server.url}${i}`, options));
    await Promise.all(connections.map(expectEcho));
    expect(server.sockets).toHaveLength(1);
    expect(server.streams).toHaveLength(50);
    await Promise.all(connections.map((connection) => connection.close()));
    await letGo(server.sockets);
  });

  it("ends with the last connection, and begins anew with the next", async () => {
    const server = await http2Server(echo);
    const one = await connect(server.url, only);
    const another = await connect(server.url, only);
    await one.close();
    await expectEcho(another);
    await another.close();
    await letGo(server.sockets);
    const next = await connect(server.url, only);
    expect(server.sockets).toHaveLength(2);
    await next.close();
    await letGo(server.sockets);
  });

  it("opens no more streams than the server allows, but another session (RFC 9113 §5.1.2)", async () => {
    const settings = { enableConnectProtocol: true, maxConcurrentStreams: 2 };
    const server = await http2Server(echo, { settings });
    const connections = await Promise.all(times(5, () => connect(server.url, only)));
    await Promise.all(connections.map(expectEcho));
    expect(server.sockets).toHaveLength(3);
    await connections[0]!.close();
    connections[0] = await connect(server.url, only);
    connections.push(await connect(server.url, only));
    expect(server.sockets).toHaveLength(3);
    await Promise.all(connections.map((connection) => connection.close()));
    await letGo(server.sockets);
  });

  it("goes on after GOAWAY for the streams it has, and is not used for new ones (RFC 9113 §6.8)", async () => {
    const server = await http2Server(echo);
    const before = await connect(server.url, only);
    server.sessions[0]!.goaway();
    // The answer to a ping comes behind the GOAWAY.
    await new Promise((resolve) => server.sessions[0]!.ping(resolve));
    const after = await connect(server.url, only);
    await expectEcho(before);
    await expectEcho(after);
    expect(server.sockets).toHaveLength(2);
    await Promise.all([before.close(), after.close()]);
    await letGo(server.sockets);
  });

  it("asks again, on another session, where a GOAWAY left its request untouched (RFC 9113 §6.8, §8.7)", async () => {
    const server = await http2Server(echo);
    server.server.once("session", (session: { goaway(): void }) => session.goaway());
    const connection = await connect(server.url, only);
    await expectEcho(connection);
    expect(server.sockets).toHaveLength(2);
    connection.terminate();
  });

  it("gives up where every session ends before it carries anything", async () => {
    const server = await http2Server(echo);
    server.server.on("session", (session: { goaway(): void }) => session.goaway());
    await expect(connect(server.url, only)).rejects.toMatchObject({ code: "NETWORK" });
    expect(server.sockets.length).toBe(3);
  });

  it("is not shared between differing TLS options: what one trusts is not what another does", async () => {
    const tls = await certificate();
    const server = await http2Server(echo, { tls });
    const trusting = { ca: tls.cert };
    const [one, same, equal] = await Promise.all(
      [trusting, trusting, { ...trusting }].map((each) => connect(server.url, { ...only, tls: each })),
    );
    expect(server.sockets).toHaveLength(2);
    await expect(connect(server.url, only)).rejects.toMatchObject({
      cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    });
    for (const connection of [one!, same!, equal!]) connection.terminate();
  });

  it("is not shared between ways: a proxy, other credentials for it, none", async () => {
    const server = await http2Server(echo);
    const proxy = await httpProxy({ port: server.port });
    const ways = [proxy.url, proxy.url.replace("//", "//me:password@"), false, proxy.url] as const;
    const connections = await Promise.all(ways.map((way) => connect(server.url, { ...only, proxy: way })));
    await Promise.all(connections.map(expectEcho));
    expect(server.sockets).toHaveLength(3);
    expect(proxy.requests).toHaveLength(2);
    for (const connection of connections) connection.terminate();
  });

  it("is dialled through a SOCKS proxy for as long as the most patient waits", async () => {
    // The deadline of whoever began to dial ended it for all who had joined.
    const server = await http2Server(echo);
    const proxy = await socksProxy({ port: server.port });
    // Whether it is dialled before the hasty give up or, on a busy machine, behind them, is all the same.
    const gate = await listen((socket) => void givenUp.then(() => joinTo(socket, proxy.port)));
    const through = { ...only, proxy: `socks5h://localhost:${gate.port}` };
    const hasty = [50, 150].map((handshakeTimeoutMs) =>
      connect(server.url, { ...through, handshakeTimeoutMs }),
    );
    const givenUp = Promise.allSettled(hasty);
    const patient = connect(server.url, { ...through, handshakeTimeoutMs: 10_000 });
    patient.catch(() => {});
    const results = await givenUp;
    expect(results).toMatchObject(times(2, () => ({ reason: { code: "HANDSHAKE_TIMEOUT" } })));
    const connection = await patient;
    await expectEcho(connection);
    connection.terminate();
  });

  it("is dialled as long as anyone waits for it, whoever gave up", async () => {
    let silent = true;
    const server = await http2Server(echo);
    const gate = await listen((socket) => {
      if (silent) return;
      socket.destroy();
    });
    const controllers = times(2, () => new AbortController());
    const waiting = controllers.map(({ signal }) =>
      connect(`ws://localhost:${gate.port}/`, { ...only, signal }),
    );
    for (const promise of waiting) promise.catch(() => {});
    while (gate.sockets.length === 0) await new Promise(setImmediate);
    controllers[0]!.abort();
    await expect(waiting[0]).rejects.toThrow("aborted");
    await new Promise(setImmediate);
    expect(gate.sockets[0]!.closed || gate.sockets[0]!.readableEnded).toBe(false);
    controllers[1]!.abort();
    await expect(waiting[1]).rejects.toThrow("aborted");
    silent = false;
    await letGo(gate.sockets);
    expect(gate.sockets).toHaveLength(1);
    expect(server.sockets).toHaveLength(0);
  });

  it("survives one of those who share the wait giving up", async () => {
    const server = await http2Server(echo);
    const controller = new AbortController();
    const aborted = connect(server.url, { ...only, signal: controller.signal });
    const kept = connect(server.url, only);
    controller.abort();
    await expect(aborted).rejects.toThrow("aborted");
    const connection = await kept;
    await expectEcho(connection);
    expect(server.sockets).toHaveLength(1);
    await connection.close();
    await letGo(server.sockets);
  });

  it("reports to all who wait that it cannot be opened", async () => {
    const results = await Promise.allSettled(times(3, () => connect("ws://localhost:1/", only)));
    for (const result of results) {
      expect(result).toMatchObject({
        status: "rejected",
        reason: { code: "NETWORK", cause: { code: "ECONNREFUSED" } },
      });
    }
  });

  it("waits no longer than 5 s for a server that never hangs up", async () => {
    const server = await http2Server(echo);
    const gate = await listen((socket) => {
      const far = dial({ port: server.port, host: "localhost" });
      socket.pipe(far, { end: false }).pipe(socket, { end: false });
      onTestFinished(() => void far.destroy());
    });
    const connection = await connect(`ws://localhost:${gate.port}/`, only);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    await connection.close();
    const [socket] = gate.sockets;
    if (!socket!.readableEnded) await once(socket!, "end");
    // Our side has ended, but the socket is still there for what may come.
    socket!.write("x");
    await vi.advanceTimersByTimeAsync(5000);
    while (!socket!.closed) {
      socket!.write("x");
      await new Promise(setImmediate);
    }
  });
});
