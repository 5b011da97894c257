// How a server ends: what clients are told and when, how long it waits, and that nothing is left.
import { execFile } from "node:child_process";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { rawClose } from "@ws/testing";
import { describe, expect, it, vi } from "vitest";
import { connect } from "@ws/client";
import { formatRetryHint, WebSocketServer } from "@ws/server";
import { answer, ask, open, openSession } from "./h2-client.ts";
import { dial, hasHeadAnd, readAll, readUntil, requestText } from "./raw-client.ts";
import { answerTo, attach, certificate, deferred, listen } from "./servers.ts";

describe("shutdown › tells clients", () => {
  it("1012 where a restart follows, and when to come back, in a form that programs can read", async () => {
    const { server, port } = await listen();
    const client = await connect(`ws://localhost:${port}/`);
    await server.shutdown({ code: 1012, retryAfterMs: 1500 });
    expect(await client.closed).toEqual({ code: 1012, reason: "retry-after-ms=1500", wasClean: true });
    expect(formatRetryHint(1500)).toBe("retry-after-ms=1500");
  });

  it("one after the other, evenly over spreadMs, so that they do not all come back at once", async () => {
    const { server, port } = await listen();
    const clients = await Promise.all(Array.from({ length: 40 }, () => connect(`ws://localhost:${port}/`)));
    const times: number[] = [];
    const order: number[] = [];
    const begun = performance.now();
    clients.forEach((client, i) => {
      client.on("close", () => {
        times.push(performance.now() - begun);
        order.push(i);
      });
    });
    await server.shutdown({ spreadMs: 600 });
    await Promise.all(clients.map(({ closed }) => closed));
    expect(times).toHaveLength(40);
    for (const client of clients) expect(await client.closed).toMatchObject({ code: 1001, wasClean: true });
    // However busy this machine is, half of them were told well before the last.
    expect(Math.max(...times) - times[19]!).toBeGreaterThan(150);
    expect(Math.max(...times)).toBeGreaterThan(500);
    expect(order).not.toEqual(order.toSorted((a, b) => a - b));
  });

  it("1001 at the end of the scope that made the server", async () => {
    const { server, port } = await listen();
    const client = await connect(`ws://localhost:${port}/`);
    await server[Symbol.asyncDispose]();
    expect(await client.closed).toMatchObject({ code: 1001, wasClean: true });
    await expect(connect(`ws://localhost:${port}/`)).rejects.toMatchObject({ code: "NETWORK" });
  });

  it("nothing more where they leave by themselves meanwhile", async () => {
    const { server, port } = await listen();
    const clients = await Promise.all(Array.from({ length: 10 }, () => connect(`ws://localhost:${port}/`)));
    const ended = server.shutdown({ spreadMs: 20_000 });
    await Promise.all(clients.map((client) => client.close()));
    // Long before the spread is over.
    await ended;
    expect(server.clients.size).toBe(0);
  });

  it("at once where a second call is in more of a hurry", async () => {
    const { server, port } = await listen();
    const clients = await Promise.all(Array.from({ length: 10 }, () => connect(`ws://localhost:${port}/`)));
    const patient = server.shutdown({ spreadMs: 20_000 });
    await server.shutdown();
    await patient;
    for (const client of clients) expect(await client.closed).toMatchObject({ code: 1001, wasClean: true });
  });
});

describe("shutdown › waits", () => {
  it("for what was sent before to reach the client (drain)", async () => {
    const { server, port } = await listen();
    const big = Buffer.alloc(8 * 1024 * 1024, 7);
    server.on("connection", (connection) => connection.send(big));
    const socket = await dial(port);
    socket.pause();
    socket.write(requestText());
    await once(server, "connection");
    const ended = server.shutdown();
    let received = 0;
    let last = Buffer.alloc(0);
    for await (const chunk of socket) {
      received += (chunk as Buffer).length;
      last = Buffer.concat([last, chunk as Buffer]).subarray(-4);
      // The close frame is the last of all; only then do we answer.
      if (last.equals(rawClose("server", 1001))) socket.end(rawClose("client"));
    }
    await ended;
    expect(received).toBeGreaterThan(big.length);
  });

  it("until the deadline only: 1,000 that never answer are cut off, and nothing is left (security: slow reader)", async () => {
    const { server, port } = await listen({ maxPendingHandshakes: 0 });
    const sockets = await Promise.all(Array.from({ length: 1000 }, () => dial(port, requestText())));
    await vi.waitFor(() => expect(server.clients.size).toBe(1000), 10_000);
    const begun = performance.now();
    await server.shutdown({ deadlineMs: 200 });
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(server.clients.size).toBe(0);
    expect(server.getStats()).toMatchObject({ connections: 0, pendingHandshakes: 0 });
    for (const socket of sockets) socket.destroy();
  });

  it("for nobody who has not finished asking, nor for who is in authenticate", async () => {
    const asked = deferred<void>();
    const { server, port } = await listen({
      authenticate: () => {
        asked.resolve();
        return new Promise<never>(() => {});
      },
    });
    const trickling = await dial(port, "GET /");
    const waiting = await dial(port, requestText());
    await asked.promise;
    await server.shutdown();
    expect((await readAll(trickling)).toString()).toMatch(/^HTTP\/1\.1 408 /);
    expect((await readAll(waiting)).toString()).toMatch(/^HTTP\/1\.1 503 /);
    trickling.destroy();
    waiting.destroy();
  });
});

describe("shutdown › ends peers in every state", () => {
  it.each([
    ["without TLS", false],
    ["with TLS", true],
  ])(
    "on a port of its own %s, no sooner than they take, by its deadline, and once",
    async (_what, isSecure) => {
      const asked = deferred<void>();
      let count = 0;
      const { server, port } = await listen({
        http2: true,
        ...(isSecure && { tls: await certificate() }),
        handshakeTimeoutMs: 60_000,
        authenticate: (request, { signal }) => {
          if (request.url !== "/wait") return { context: undefined };
          if (++count === 2) asked.resolve();
          return new Promise<never>((_resolve, no) => {
            signal.addEventListener("abort", () => no(new Error("aborted")));
          });
        },
      });
      const ended = vi.fn<() => void>();
      server.on("close", ended);
      const resources = (): number =>
        process.getActiveResourcesInfo().filter((name) => /Socket|TCP|TLS|Pipe/.test(name)).length;
      // What is left without a client is the port.
      const before = resources() - 1;

      const talk = async (text: string): Promise<Socket> => {
        if (!isSecure) return dial(port, text);
        const socket = connectTls({
          port,
          rejectUnauthorized: false,
          allowHalfOpen: true,
        } as never) as Socket;
        socket.on("error", () => {});
        await once(socket, "secureConnect");
        socket.write(text);
        return socket;
      };
      const url = `${isSecure ? "https" : "http"}://localhost:${port}`;
      const lax = { rejectUnauthorized: false };
      // TLS that never begins; no request; half of one; in authenticate; open; and one that is being closed.
      const sockets = [
        await dial(port),
        await talk(""),
        await talk("GET /"),
        await talk(requestText("/wait")),
      ];
      for (let i = 0; i < 2; i++) {
        const socket = await talk(requestText());
        await readUntil(socket, hasHeadAnd(0));
        sockets.push(socket);
      }
      const [, closing] = server.clients;
      void closing!.close();
      const idle = await openSession(url, lax);
      const busy = await openSession(url, lax);
      const client = await open(busy);
      const told = answer(ask(busy, "/wait"));
      await asked.promise;
      expect(server.getStats()).toMatchObject({ connections: 3 });

      const begun = performance.now();
      const all = [server.shutdown({ deadlineMs: 400 }), server.close(), server.shutdown(), server.close()];
      expect(await client.closed).toMatchObject({ code: 1001, wasClean: true });
      expect((await told)[":status"]).toBe(503);
      expect(ended).not.toHaveBeenCalled();
      await Promise.all(all);
      // Those that were open and do not answer have all of the time.
      expect(performance.now() - begun).toBeGreaterThan(390);
      expect(performance.now() - begun).toBeLessThan(3000);
      await server.shutdown();
      expect(ended).toHaveBeenCalledOnce();
      expect(server.getStats()).toMatchObject({ connections: 0, pendingHandshakes: 0 });
      for (const socket of sockets) socket.destroy();
      for (const session of [idle, busy]) session.destroy();
      await vi.waitFor(() => expect(resources()).toBeLessThanOrEqual(before));
    },
  );

  it("of other servers that share the port", async () => {
    const { server, port } = await listen({ path: "/one" });
    const other = new WebSocketServer({ server, path: "/two" });
    const socket = await dial(port, requestText("/two"));
    await readUntil(socket, hasHeadAnd(0));
    const [connection] = other.clients;
    await server.shutdown({ deadlineMs: 0 });
    expect(await connection!.closed).toMatchObject({ code: 1006 });
    expect(other.clients.size).toBe(0);
    await other.shutdown();
    socket.destroy();
  });

  it("on an http server that goes on, which keeps its own requests", async () => {
    const pending = deferred<ServerResponse>();
    const { server, http, port } = await attach({ authenticate: () => new Promise<never>(() => {}) });
    http.removeAllListeners("request").on("request", (_request, response) => pending.resolve(response));
    const page = await dial(port, "GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const response = await pending.promise;
    const waiting = await dial(port, requestText());
    await vi.waitFor(() => expect(server.getStats().pendingHandshakes).toBe(1));
    await Promise.all([server.shutdown(), server.shutdown({ deadlineMs: 0 })]);
    expect((await readAll(waiting)).toString()).toMatch(/^HTTP\/1\.1 503 /);
    response.end("a page");
    expect((await readAll(page)).toString()).toContain("a page");
    page.destroy();
    waiting.destroy();
  });
});

describe("shutdown › refuses", () => {
  // The first to be gone left its path to the other, which said 404: programs do not come back after that.
  it("with 503 the paths too of those that shared the server and have ended before it", async () => {
    const { server, http, port } = await attach({ path: "/one" });
    const other = new WebSocketServer({ server: http, path: "/two" });
    const client = await connect(`ws://localhost:${port}/two`);
    expect(await answerTo(port, requestText("/neither"))).toMatch(/^HTTP\/1\.1 404 /);
    const ended = other.close();
    await server.shutdown();
    expect(await answerTo(port, requestText("/one"))).toMatch(/^HTTP\/1\.1 503 /);
    await client.close();
    await ended;
  });

  it("new handshakes with 503 on an http server that goes on, until the last connection has ended", async () => {
    const { server, port } = await attach();
    // The first is told at once.
    const clients = await Promise.all([1, 2, 3].map(() => connect(`ws://localhost:${port}/`)));
    const ended = server.shutdown({ spreadMs: 20_000 });
    expect(await answerTo(port, requestText())).toMatch(/^HTTP\/1\.1 503 /);
    await Promise.all(clients.map((client) => client.close()));
    await ended;
    // Without anybody who listens for upgrades, Node takes it for the request that it also is.
    const socket = await dial(port, requestText());
    await readUntil(socket, (bytes) => bytes.includes("a page"));
    socket.destroy();
  });

  it.each([
    [{ spreadMs: 100, deadlineMs: 50 }, RangeError],
    [{ spreadMs: -1 }, RangeError],
    [{ retryAfterMs: 1.5 }, RangeError],
    [{ retryAfterMs: 100, reason: "bye" }, TypeError],
    [{ code: 1006 }, RangeError],
    [{ reason: "r".repeat(124) }, RangeError],
    [{ reason: 7 as never }, TypeError],
  ])("%o before anything happens", async (options, error) => {
    const { server, port } = await listen();
    const client = await connect(`ws://localhost:${port}/`);
    await expect(server.shutdown(options)).rejects.toThrow(error);
    expect(client.state).toBe("open");
    await (await connect(`ws://localhost:${port}/`)).close();
    await client.close();
  });
});

it("shutdown › leaves no handle and no timer behind", async () => {
  // Timers of the test runner come and go.
  const resources = (): string[] => process.getActiveResourcesInfo().filter((name) => name !== "Timeout");
  const timers = (): number => process.getActiveResourcesInfo().length - resources().length;
  const before = { resources: resources().length, timers: timers() };
  const { server, port } = await listen({ handshakeTimeoutMs: 60_000 });
  const sockets: Socket[] = [await dial(port), await dial(port, "GET /"), await dial(port, requestText())];
  await readUntil(sockets[2]!, hasHeadAnd(0));
  const clients = [await connect(`ws://localhost:${port}/`), await connect(`ws://localhost:${port}/`)];
  const ended = server.shutdown({ spreadMs: 50, deadlineMs: 100 });
  await Promise.all([ended, ...clients.map(({ closed }) => closed)]);
  for (const socket of sockets) socket.destroy();
  for (let round = 0; round < 1000 && resources().length > before.resources; round++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(resources().length).toBeLessThanOrEqual(before.resources);
  expect(timers()).toBeLessThanOrEqual(before.timers);
});

it("shutdown › lets the process end, whatever authenticate still does (its deadline kept it alive)", async () => {
  const child = fileURLToPath(new URL("child/silent-application.mjs", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [child], { timeout: 20_000 });
  expect(stdout).toBe("HTTP/1.1 503 Service Unavailable\n");
});
