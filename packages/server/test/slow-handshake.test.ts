// Peers that take their time, on a port of the server's own and on servers that are not ours; and what must not be taken
// for one of them.
import { once } from "node:events";
import { Agent, createServer as createHttpServer, get, type IncomingMessage, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer as createHttp2Server } from "node:http2";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { connect } from "@ws/client";
import { WebSocketServer } from "@ws/server";
import { open, openSession } from "./h2-client.ts";
import { dial, HANDSHAKE, hasHeadAnd, readAll, readUntil, requestText } from "./raw-client.ts";
import { attach, certificate, echo, listen } from "./servers.ts";

const DEADLINE_MS = 150;

async function serve(http: Pick<Server, "listen" | "address" | "close" | "on">): Promise<{
  readonly server: WebSocketServer;
  readonly port: number;
}> {
  const sockets = new Set<Socket>();
  http.on("connection", (socket: Socket) => sockets.add(socket));
  const server = new WebSocketServer({ server: http as Server, handshakeTimeoutMs: DEADLINE_MS });
  onTestFinished(async () => {
    await server.shutdown({ deadlineMs: 0 });
    for (const socket of sockets) socket.destroy();
    http.close();
  });
  http.listen(0);
  await once(http as Server, "listening");
  return { server, port: (http.address() as AddressInfo).port };
}

/** Resolves when a peer that says nothing has been cut off: then everybody's deadline that began before has passed. */
async function silenceIsOver(port: number): Promise<void> {
  const silent = await dial(port);
  await readAll(silent);
  silent.destroy();
}

describe("slow handshake › on an http server that is not ours", () => {
  it("ends a connection that says nothing, and one that trickles (security: slow handshake)", async () => {
    const { port } = await serve(createHttpServer());
    const silent = await dial(port);
    const trickling = await dial(port);
    let sent = 0;
    const text = requestText();
    const trickle = setInterval(() => trickling.write(text[sent++]!), 20);
    expect((await readAll(silent)).toString()).toMatch(/^HTTP\/1\.1 408 /);
    expect((await readAll(trickling)).toString()).toMatch(/^HTTP\/1\.1 408 /);
    clearInterval(trickle);
    expect(sent).toBeLessThan(text.length);
    silent.destroy();
    trickling.destroy();
  });

  it("leaves alone who has sent a request: a connection kept alive, a slow answer, a slow body, 100-continue", async () => {
    const late: (() => void)[] = [];
    const { port } = await serve(
      createHttpServer((request, response) => {
        if (request.url === "/slow") late.push(() => response.end("at last"));
        else if (request.method === "POST") request.resume().on("end", () => response.end("thanks"));
        else response.end("a page");
      }),
    );
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const page = async (): Promise<number> => {
      const [response] = (await once(get({ port, agent }), "response")) as [IncomingMessage];
      const { localPort } = response.socket;
      await response.toArray();
      return localPort!;
    };
    const kept = await page();
    const slow = await dial(port, "GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n";
    const body = await dial(port, `${post}\r\nx`);
    const expecting = await dial(port, `${post}Expect: 100-continue\r\n\r\n`);
    await readUntil(expecting, (bytes) => bytes.includes("100 Continue"));
    const thanked = readAll(expecting);

    await silenceIsOver(port);
    for (const answer of late) answer();
    body.write("y");
    expecting.write("xy");
    expect((await readAll(slow)).toString()).toContain("at last");
    expect((await readAll(body)).toString()).toContain("thanks");
    expect((await thanked).toString()).toContain("thanks");
    expect(await page()).toBe(kept);
    for (const socket of [slow, body, expecting]) socket.destroy();
  });

  it("leaves alone the upgrades and tunnels of others, and its own connections", async () => {
    const http = createHttpServer();
    const others: Duplex[] = [];
    http.on("connect", (_request, socket: Duplex) => others.push(socket));
    http.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
      if (request.headers.upgrade === "other") others.push(socket);
    });
    const { server, port } = await serve(http);
    server.on("connection", echo);
    const tunnel = await dial(port, "CONNECT example.org:80 HTTP/1.1\r\nHost: example.org\r\n\r\n");
    const other = await dial(port, requestText("/", { ...HANDSHAKE, Upgrade: "other" }));
    const client = await connect(`ws://localhost:${port}/`);
    await silenceIsOver(port);
    expect(others).toHaveLength(2);
    for (const socket of others) socket.end("still here");
    expect((await readAll(tunnel)).toString()).toBe("still here");
    expect((await readAll(other)).toString()).toBe("still here");
    client.send("still here");
    expect(await once(client, "message")).toEqual(["still here"]);
    await client.close();
    tunnel.destroy();
    other.destroy();
  });

  it("ends TLS that never begins, and TLS without a request (security: slow handshake)", async () => {
    const { server, port } = await serve(createHttpsServer(await certificate()));
    server.on("connection", echo);
    const silent = await dial(port);
    const secure = connectTls({ port, rejectUnauthorized: false, allowHalfOpen: true } as never);
    await once(secure, "secureConnect");
    const client = await connect(`wss://localhost:${port}/`, { tls: { rejectUnauthorized: false } });
    expect((await readAll(silent)).toString()).toBe("");
    expect((await readAll(secure)).toString()).toMatch(/^HTTP\/1\.1 408 /);
    await silenceIsOver(port);
    client.send("still here");
    expect(await once(client, "message")).toEqual(["still here"]);
    await client.close();
    silent.destroy();
    secure.destroy();
  });

  it("ends an HTTP/2 session without a request, and no other", async () => {
    const { server, port } = await serve(
      createHttp2Server((_request, response) => response.end("a page")) as never,
    );
    server.on("connection", echo);
    const url = `http://localhost:${port}`;
    const session = await openSession(url);
    const client = await open(session);
    await once(await openSession(url), "close");
    client.send("still here");
    expect(await once(client, "message")).toEqual(["still here"]);
    await client.close();
  });

  it("watches a Unix socket too, whose connections have no addresses", async () => {
    const folder = mkdtempSync(join(tmpdir(), "unix-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "socket");
    const http = createHttpServer((_request, response) => response.end("a page"));
    const server = new WebSocketServer({
      server: http,
      handshakeTimeoutMs: DEADLINE_MS,
      trustedProxies: 1,
      maxConnectionsPerAddress: 1,
    });
    onTestFinished(() => server.shutdown({ deadlineMs: 0 }));
    const addresses: (string | undefined)[] = [];
    server.on("connection", (_connection, _request, { remoteAddress }) => addresses.push(remoteAddress));
    http.listen(path);
    await once(http, "listening");
    const dialled = (text: string): Socket => {
      const socket = connectTcp({ path, allowHalfOpen: true });
      onTestFinished(() => void socket.destroy());
      socket.write(text);
      return socket;
    };
    const kept = dialled("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await readUntil(kept, (bytes) => bytes.includes("a page"));
    // Nobody can be told from others, so nobody is limited; unless a proxy says who it is.
    const texts = [
      requestText(),
      requestText(),
      requestText("/", { ...HANDSHAKE, "X-Forwarded-For": "1.2.3.4" }),
    ];
    for (const text of texts) await readUntil(dialled(text), hasHeadAnd(0));
    expect(addresses).toEqual([undefined, undefined, "1.2.3.4"]);
    expect((await readAll(dialled("GET /"))).toString()).toMatch(/^HTTP\/1\.1 408 /);
    expect(server.clients.size).toBe(3);
    kept.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect((await readAll(kept)).toString()).toContain("a page");
    http.close();
  });

  it("stops watching when the WebSocket server has closed", async () => {
    const http = createHttpServer((_request, response) => response.end("a page"));
    const { server, port } = await serve(http);
    const waiting = await dial(port, "GET / HTTP/1.1\r\n");
    await vi.waitFor(async () => expect(await connections(http)).toBe(1));
    await server.shutdown();
    const names = ["connect", "upgrade", "session", "secureConnection"];
    expect(names.map((name) => http.listenerCount(name))).toEqual([0, 0, 0, 0]);
    const another = new WebSocketServer({ server: http, handshakeTimeoutMs: DEADLINE_MS });
    await silenceIsOver(port);
    await another.shutdown();
    waiting.write("Host: a\r\nConnection: close\r\n\r\n");
    expect((await readAll(waiting)).toString()).toContain("a page");
    waiting.destroy();
  });
});

describe("slow handshake › on a port of the server's own", () => {
  it("lets who has taken longest give way, so that others come in (security: slow handshake, maxPendingHandshakes)", async () => {
    const { server, port } = await listen({ maxPendingHandshakes: 20 });
    server.on("connection", echo);
    const slow: Socket[] = [];
    for (let i = 0; i < 100; i++) {
      slow.push(await dial(port, "G"));
      expect(server.getStats().pendingHandshakes).toBeLessThanOrEqual(20);
    }
    await vi.waitFor(() => expect(server.getStats().pendingHandshakes).toBe(20));
    const client = await connect(`ws://localhost:${port}/`);
    client.send("hello");
    expect(await once(client, "message")).toEqual(["hello"]);
    expect((await readAll(slow[0]!)).toString()).toMatch(/^HTTP\/1\.1 408 /);
    expect(server.getStats().rejectedByCode).toEqual({ HANDSHAKE_TIMEOUT: 81 });
    await client.close();
    for (const socket of slow) socket.destroy();
  });

  it("serves others while a thousand trickle, and costs no more than their sockets (security: slow handshake)", async () => {
    const { server, port } = await listen({ handshakeTimeoutMs: 60_000, maxPendingHandshakes: 500 });
    server.on("connection", echo);
    const before = process.memoryUsage();
    const slow = await Promise.all(
      Array.from({ length: 1000 }, () => dial(port, "GET / HTTP/1.1\r\nCookie: ")),
    );
    await vi.waitFor(() => expect(server.getStats().rejectedHandshakes).toBeGreaterThanOrEqual(500));
    for (const socket of slow) if (socket.writable) socket.write("c".repeat(4096));
    const client = await connect(`ws://localhost:${port}/`);
    await client.close();
    const after = process.memoryUsage();
    expect(server.getStats().pendingHandshakes).toBeLessThanOrEqual(500);
    // Both ends of each connection live in this process.
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(
      60 * 1024 * 1024,
    );
    for (const socket of slow) socket.destroy();
  });

  it("counts TLS, the request and authenticate against one deadline", async () => {
    let asked = 0;
    const { port } = await listen({
      handshakeTimeoutMs: 4000,
      authenticate: (_request, { signal }) => {
        asked = performance.now();
        return new Promise<never>((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("aborted")));
        });
      },
    });
    const begun = performance.now();
    const socket = await dial(port, requestText().slice(0, 20));
    // Another server's deadline is this one's clock.
    await silenceIsOver((await listen({ handshakeTimeoutMs: 1500 })).port);
    socket.write(requestText().slice(20));
    const response = await readUntil(socket, hasHeadAnd(1));
    expect(response.toString()).toMatch(/^HTTP\/1\.1 503 /);
    // Far from every limit on a busy machine: the authentication had what the request had left of it.
    expect(asked - begun).toBeGreaterThan(1490);
    expect(performance.now() - asked).toBeLessThan(3900);
    socket.destroy();
  });
});

describe("slow handshake › of a peer that resets and comes again from the same port", () => {
  it("has a deadline too, and is counted (the end of the first connection took both from the second)", async () => {
    const { server, port } = await listen({ host: "127.0.0.1", handshakeTimeoutMs: 300 });
    /** The server hears of the second before it has let go of the first. */
    const comeAgain = async (): Promise<Socket> => {
      const first = await dial(port, "G");
      await vi.waitFor(() => expect(server.getStats().pendingHandshakes).toBe(1));
      const localPort = first.localPort!;
      first.resetAndDestroy();
      const again = connectTcp({ port, host: "127.0.0.1", localPort, allowHalfOpen: true });
      try {
        await once(again, "connect");
        return again;
      } catch {
        // Somebody else on this machine has the port, for another connection.
        await vi.waitFor(() => expect(server.getStats().pendingHandshakes).toBe(0));
        return comeAgain();
      }
    };
    const second = await comeAgain();
    second.write("G");
    await silenceIsOver((await listen({ handshakeTimeoutMs: 50 })).port);
    expect(server.getStats().pendingHandshakes).toBe(1);
    expect((await readAll(second)).toString()).toMatch(/^HTTP\/1\.1 408 /);
    expect(server.getStats().pendingHandshakes).toBe(0);
    second.destroy();
  });

  it("has one deadline for TLS and the first request of HTTP/2 (each had one of its own)", async () => {
    const { server, port } = await listen({ http2: true, handshakeTimeoutMs: 4000 });
    const begun = performance.now();
    const socket = await dial(port, "PR");
    await silenceIsOver((await listen({ handshakeTimeoutMs: 1500 })).port);
    socket.write("I * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    await readAll(socket);
    expect(performance.now() - begun).toBeLessThan(5400);
    expect(server.getStats().pendingHandshakes).toBe(0);
    socket.destroy();
  });
});

describe("foreign upgrades ›", () => {
  it("add no listener to a connection that offers h2c with every request (each added one)", async () => {
    const { http, port } = await attach();
    const accepted = once(http, "connection") as Promise<[Socket]>;
    const offer = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    const socket = await dial(port);
    const [peer] = await accepted;
    const counts = new Set<number>();
    for (let i = 0; i < 20; i++) {
      socket.write(offer);
      await readUntil(socket, (bytes) => bytes.includes("a page"));
      counts.add(peer.listenerCount("close"));
    }
    expect(counts.size).toBe(1);
    socket.destroy();
  });

  it("serves its page to a client that offers h2c with everything (it was told 426)", async () => {
    const { port } = await attach();
    const offering = {
      ...HANDSHAKE,
      Upgrade: "h2c",
      Connection: "Upgrade, HTTP2-Settings",
      "HTTP2-Settings": "",
    };
    const socket = await dial(port, requestText("/", offering));
    const response = await readUntil(socket, (bytes) => bytes.includes("a page"));
    expect(response.toString()).toMatch(/^HTTP\/1\.1 200 /);
    // The connection goes on as any other.
    socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect((await readAll(socket)).toString()).toContain("a page");
    socket.destroy();
  });

  it("gives the body of such a request to the page, also over TLS", async () => {
    const http = createHttpsServer(await certificate(), (request, response) => {
      void request.toArray().then((chunks) => response.end(Buffer.concat(chunks as Buffer[])));
    });
    const { port } = await serve(http);
    const socket = connectTls({ port, rejectUnauthorized: false });
    socket.write(
      "POST / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 4\r\n\r\nbo",
    );
    socket.write("dy");
    const response = await readUntil(socket, (bytes) => bytes.includes("body"));
    expect(response.toString()).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });

  it("leaves them to whoever else listens for upgrades", async () => {
    const { http, port } = await attach();
    http.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
      if (request.headers.upgrade === "h2c") socket.end("mine");
    });
    const socket = await dial(port, requestText("/", { ...HANDSHAKE, Upgrade: "h2c" }));
    expect((await readAll(socket)).toString()).toBe("mine");
    socket.destroy();
  });

  it("says no to them on a port of its own", async () => {
    const { port } = await listen();
    const socket = await dial(port, requestText("/", { ...HANDSHAKE, Upgrade: "h2c" }));
    expect((await readAll(socket)).toString()).toMatch(/^HTTP\/1\.1 426 [\s\S]*Upgrade: websocket/);
    socket.destroy();
  });
});

function connections(http: Server): Promise<number> {
  return new Promise((resolve) => http.getConnections((_error, count) => resolve(count)));
}
