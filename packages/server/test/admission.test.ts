// How many may come in, how often, by which path and with which subprotocol; limits that change; what is counted.
import { once } from "node:events";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { describe, expect, expectTypeOf, it, onTestFinished, vi } from "vitest";
import { connect } from "@ws/client";
import {
  type Connection,
  type ConnectionInfo,
  type HandshakeResponse,
  type PathParams,
  WebSocketServer,
  type WebSocketServerOptions,
} from "@ws/server";
import { dial, HANDSHAKE, hasHeadAnd, readUntil, requestText } from "./raw-client.ts";
import { heapUsed } from "./memory.ts";
import { answerTo, attach, echo, listen } from "./servers.ts";

const PROXY: WebSocketServerOptions = { trustedProxies: 1 };

/** A request as a trusted proxy passes it on. */
const from = (address: string, path = "/"): string =>
  requestText(path, { ...HANDSHAKE, "X-Forwarded-For": address });

async function upgraded(port: number, text = requestText()): Promise<Socket> {
  const socket = await dial(port, text);
  const head = await readUntil(socket, hasHeadAnd(0));
  expect(head.toString()).toMatch(/^HTTP\/1\.1 101 /);
  onTestFinished(() => void socket.destroy());
  return socket;
}

describe("admission › maxConnections", () => {
  it("refuses the next with 503 and when to come back, and takes it when there is room again", async () => {
    const { server, port } = await listen({ maxConnections: 2 });
    const first = await upgraded(port);
    await upgraded(port);
    const response = await answerTo(port, requestText());
    expect(response).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(response).toContain("\r\nRetry-After: 5\r\n");
    first.destroy();
    await vi.waitFor(() => expect(server.clients.size).toBe(1));
    await upgraded(port);
    expect(server.getStats()).toMatchObject({
      connections: 2,
      acceptedHandshakes: 3,
      rejectedByCode: { TOO_MANY_CONNECTIONS: 1 },
      rejectedByStatus: { 503: 1 },
    });
  });

  it("holds against a thousand that come at once (security: bounded)", async () => {
    const { server, port } = await listen({ maxConnections: 10 });
    const sockets = await Promise.all(Array.from({ length: 1000 }, () => dial(port, requestText())));
    onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
    await vi.waitFor(() => {
      const { acceptedHandshakes, rejectedHandshakes } = server.getStats();
      expect(acceptedHandshakes + rejectedHandshakes).toBe(1000);
    }, 10_000);
    expect(server.clients.size).toBe(10);
    expect(server.getStats().rejectedByStatus).toEqual({ 503: 990 });
  });
});

describe("admission › maxConnectionsPerAddress", () => {
  it("counts each address for itself, and an IPv6 network as one", async () => {
    const { server, port } = await listen({ ...PROXY, maxConnectionsPerAddress: 1 });
    const first = await upgraded(port, from("1.2.3.4"));
    expect(await answerTo(port, from("1.2.3.4"))).toMatch(/^HTTP\/1\.1 429 /);
    expect(await answerTo(port, from("::ffff:1.2.3.4"))).toMatch(/^HTTP\/1\.1 429 /);
    await upgraded(port, from("1.2.3.5"));
    await upgraded(port, from("2001:db8:0:1::1"));
    expect(await answerTo(port, from("2001:db8:0:1:ffff::2"))).toMatch(/^HTTP\/1\.1 429 /);
    await upgraded(port, from("2001:db8:0:2::1"));
    first.destroy();
    await vi.waitFor(() => expect(server.clients.size).toBe(3));
    await upgraded(port, from("1.2.3.4"));
  });

  it.each([
    ["by their sockets", {}, requestText()],
    ["by what a proxy said", PROXY, from("1.2.3.4")],
  ])("counts those that came before it was set, %s", async (_how, options, request) => {
    const { server, port } = await listen(options);
    const first = await upgraded(port, request);
    await upgraded(port, request);
    server.setLimits({ maxConnectionsPerAddress: 2 });
    expect(await answerTo(port, request)).toMatch(/^HTTP\/1\.1 429 /);
    first.destroy();
    await vi.waitFor(() => expect(server.clients.size).toBe(1));
    await upgraded(port, request);
    expect(await answerTo(port, request)).toMatch(/^HTTP\/1\.1 429 /);
    // Set again, nobody is counted twice; lifted, nobody is counted.
    server.setLimits({ maxConnectionsPerAddress: 3 });
    await upgraded(port, request);
    expect(await answerTo(port, request)).toMatch(/^HTTP\/1\.1 429 /);
    server.setLimits({ maxConnectionsPerAddress: 0 });
    await upgraded(port, request);
    server.setLimits({ maxConnectionsPerAddress: 5 });
    await upgraded(port, request);
    expect(await answerTo(port, request)).toMatch(/^HTTP\/1\.1 429 /);
  });
});

describe("the address of a client", () => {
  const oneOf = async (
    server: WebSocketServer,
    port: number,
  ): Promise<[ConnectionInfo, Connection, Socket]> => {
    const connected = once(server, "connection") as Promise<[Connection, IncomingMessage, ConnectionInfo]>;
    const socket = await upgraded(port);
    const [connection, , info] = await connected;
    return [info, connection, socket];
  };

  it("stays known after the connection, where it was read before", async () => {
    const { server, port } = await listen();
    const [info, connection, socket] = await oneOf(server, port);
    expect(info.remoteAddress).toMatch(/^127\.0\.0\.1$|^::1$/);
    expect({ ...info }.remoteAddress).toBe(info.remoteAddress);
    expect(Object.keys(info)).toEqual(["path", "params", "query", "remoteAddress", "httpVersion", "context"]);
    // Applications wrap it, and put other things in their place.
    expect(new Proxy(info, {}).query).toBe(info.query);
    expect(Object.defineProperty({ ...info }, "remoteAddress", { value: "client" }).remoteAddress).toBe(
      "client",
    );
    socket.destroy();
    await connection.closed;
    expect(info.remoteAddress).toMatch(/^127\.0\.0\.1$|^::1$/);
  });

  it("is asked of no socket while nobody wants it", async () => {
    const { server, port } = await listen();
    const [info, connection, socket] = await oneOf(server, port);
    socket.destroy();
    await connection.closed;
    expect(info.remoteAddress).toBeUndefined();
  });
});

describe("admission › maxHandshakesPerSecondPerAddress", () => {
  it("lets a burst pass, then says 429 and when to ask again, to that address only", async () => {
    const { server, port } = await listen({
      ...PROXY,
      path: "/chat",
      maxHandshakesPerSecondPerAddress: 1,
      maxHandshakeBurstPerAddress: 3,
    });
    for (let i = 0; i < 3; i++) await upgraded(port, from("1.2.3.4", "/chat"));
    const response = await answerTo(port, from("1.2.3.4", "/chat"));
    expect(response).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\n/);
    expect(response).toContain("\r\nRetry-After: 1\r\n");
    await upgraded(port, from("4.3.2.1", "/chat"));
    // What is not for this server costs nothing.
    expect(await answerTo(port, from("9.9.9.9"))).toMatch(/^HTTP\/1\.1 404 /);
    expect(server.getStats().rejectedByCode).toEqual({
      TOO_MANY_HANDSHAKES_FROM_ADDRESS: 1,
      NO_SUCH_PATH: 1,
    });
  });

  it("counts what is no valid handshake too", async () => {
    const { port } = await listen({ maxHandshakesPerSecondPerAddress: 1, maxHandshakeBurstPerAddress: 2 });
    for (let i = 0; i < 2; i++)
      expect(await answerTo(port, requestText("/", { Host: "a" }))).toContain(" 426 ");
    expect(await answerTo(port, requestText())).toMatch(/^HTTP\/1\.1 429 /);
  });

  it("remembers a bounded number of addresses (security: bounded memory)", async () => {
    const { server, http, port } = await attach({
      trustedProxies: 1,
      maxHandshakesPerSecondPerAddress: 1,
      maxHandshakeBurstPerAddress: 1,
      maxConnections: 1,
    });
    await upgraded(port);
    // The upgrade event of an http server, without the sockets, which would drown what is measured.
    const socket = {
      on: () => socket,
      // It closes as soon as it was answered, and leaves no timer.
      once: (_name: string, listener: () => void) => {
        listener();
        return socket;
      },
      end: () => {},
      resume: () => {},
      destroy: () => {},
    };
    const ask = (i: number): void => {
      const address = `${(i >> 24) & 255}.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
      const rawHeaders = Object.entries({ ...HANDSHAKE, "X-Forwarded-For": address }).flat();
      http.emit(
        "upgrade",
        { method: "GET", url: "/", httpVersion: "1.1", rawHeaders },
        socket,
        Buffer.alloc(0),
      );
    };
    // Time stands still, so that no bucket is full again. No spy: it would remember every call.
    const now = performance.now.bind(performance);
    const begun = performance.now();
    performance.now = () => begun;
    onTestFinished(() => void (performance.now = now));
    for (let i = 0; i < 25_000; i++) ask(i);
    const before = heapUsed();
    for (let i = 25_000; i < 75_000; i++) ask(i);
    expect(heapUsed() - before).toBeLessThan(2 * 1024 * 1024);
    expect(server.getStats().rejectedByStatus).toEqual({ 503: 75_000 });
    // A recent one is remembered, the first is not.
    ask(74_999);
    ask(0);
    expect(server.getStats().rejectedByStatus).toEqual({ 429: 1, 503: 75_001 });
  });
});

describe("path ›", () => {
  it("gives the named parts, percent-decoded, and the query, with their types", async () => {
    const { server, port } = await listen({ path: "/rooms/:room/users/:__proto__" });
    server.on("connection", (_connection, _request, { params }) => {
      expectTypeOf(params).toEqualTypeOf<{ readonly room: string; readonly __proto__: string }>();
    });
    const connected = once(server, "connection") as Promise<[Connection, IncomingMessage, ConnectionInfo]>;
    await upgraded(port, requestText("/rooms/a%2Fb%20c/users/x?q=1&q=2&__proto__=y"));
    const [, , info] = await connected;
    expect(info.path).toBe("/rooms/a%2Fb%20c/users/x");
    expect(Object.entries(info.params)).toEqual([
      ["room", "a/b c"],
      ["__proto__", "x"],
    ]);
    expect(Object.getPrototypeOf(info.params)).toBeNull();
    expect(info.query.getAll("q")).toEqual(["1", "2"]);
    expect(info.context).toBeUndefined();
    expectTypeOf<PathParams>().toEqualTypeOf<Readonly<Record<string, string>>>();
  });

  it.each([
    ["/rooms/", 404],
    ["/rooms", 404],
    ["/rooms/a/b", 404],
    ["/rooms/%", 404],
    ["/rooms/%ff", 404],
    ["/rooms/%2e%2e", 101],
    ["/rooms/a%2Fb", 101],
    ["/rooms/a/", 404],
    ["//rooms/a", 404],
    ["/%72ooms/a", 404],
    ["/rooms/a?b/c", 101],
    ["http://localhost/rooms/a?b", 101],
    ["http://localhost/other", 404],
  ])("matches %s with %i", async (path, status) => {
    const { port } = await listen({ path: "/rooms/:room" });
    const socket = await dial(port, requestText(path));
    expect((await readUntil(socket, hasHeadAnd(0))).toString()).toContain(`HTTP/1.1 ${status} `);
    socket.destroy();
  });

  it.each([
    ["a%2Fb", "a/b"],
    ["a%252Fb", "a%2Fb"],
    ["%2E%2E", ".."],
    ["__proto__", "__proto__"],
  ])("decodes %s once", async (part, room) => {
    const { server, port } = await listen({ path: "/rooms/:room" });
    const connected = once(server, "connection") as Promise<[Connection, IncomingMessage, ConnectionInfo]>;
    await upgraded(port, requestText(`/rooms/${part}`));
    expect((await connected)[2].params).toEqual({ room });
  });

  it.each([null, undefined, 0, ""])("is not there for a function that says %o", async (verdict) => {
    // null, which a match() that found nothing returns, let everybody in.
    const { server, port } = await listen({ path: () => verdict as never });
    server.on("connection", () => expect.unreachable());
    expect(await answerTo(port, requestText())).toMatch(/^HTTP\/1\.1 404 /);
  });

  it("is 500 for a function that answers with a promise (it let everybody in)", async () => {
    const { server, port } = await listen({ path: (async () => false) as never });
    server.on("connection", () => expect.unreachable());
    const failed = once(server, "handshakeError") as Promise<[Error]>;
    expect(await answerTo(port, requestText())).toMatch(/^HTTP\/1\.1 500 /);
    expect((await failed)[0].message).toContain("promise");
  });

  it("may be a function, whose answer is yes, no, or the parameters", async () => {
    const { server, port } = await listen({
      path: (path) => (path === "/yes" ? true : path.startsWith("/room-") && { room: path.slice(6) }),
    });
    const rooms: (string | undefined)[] = [];
    server.on("connection", (_connection, _request, { params }) => rooms.push(params["room"]));
    await upgraded(port, requestText("/yes"));
    await upgraded(port, requestText("/room-7"));
    expect(await answerTo(port, requestText("/no"))).toMatch(/^HTTP\/1\.1 404 /);
    expect(rooms).toEqual([undefined, "7"]);
  });

  it("is 500 where that function throws, and the server goes on (security: error without a listener)", async () => {
    const path = (): boolean => {
      throw new Error("broken");
    };
    for (const { server, port } of [await listen({ path }), await attach({ path })]) {
      const failed = once(server, "handshakeError") as Promise<[Error]>;
      expect(await answerTo(port, requestText())).toMatch(/^HTTP\/1\.1 500 /);
      expect((await failed)[0].message).toBe("broken");
    }
  });

  it.each(["/:", "/:a/:a"])("refuses the pattern %s", (path) => {
    expect(() => new WebSocketServer({ noServer: true, path })).toThrow(/a name each/);
  });
});

describe("requireProtocol ›", () => {
  it("refuses with 400 who speaks none of ours, or says nothing", async () => {
    const { server, port } = await listen({ protocols: ["chat"], requireProtocol: true });
    expect(await answerTo(port, requestText())).toMatch(/^HTTP\/1\.1 400 /);
    const other = { ...HANDSHAKE, "Sec-WebSocket-Protocol": "other" };
    expect(await answerTo(port, requestText("/", other))).toMatch(/^HTTP\/1\.1 400 /);
    await upgraded(port, requestText("/", { ...HANDSHAKE, "Sec-WebSocket-Protocol": "other, chat" }));
    expect(server.getStats().rejectedByCode).toEqual({ NO_COMMON_PROTOCOL: 2 });
  });
});

describe("a shared http server ›", () => {
  it("has one answer for a path that two servers serve (both answered, one after the other)", async () => {
    const { server, http, port } = await attach();
    const other = new WebSocketServer({ server: http });
    onTestFinished(() => other.shutdown({ deadlineMs: 0 }));
    await upgraded(port);
    expect([server.clients.size, other.clients.size]).toEqual([1, 0]);
  });
});

describe("setLimits ›", () => {
  it("keeps a limit whose change is undefined (it became the default, which is no limit)", async () => {
    const { server } = await listen({ maxConnections: 5, maxMessageBytes: 10 });
    server.setLimits({ maxConnections: undefined, maxMessageBytes: undefined } as never);
    expect(server.limits).toMatchObject({ maxConnections: 5, maxMessageBytes: 10 });
  });

  it("changes what holds from now on, and what connections to come may cost", async () => {
    const { server, port } = await listen({ maxConnections: 1, maxMessageBytes: 10 });
    const old = once(server, "connection") as Promise<[Connection]>;
    await upgraded(port);
    expect(await answerTo(port, requestText())).toMatch(/^HTTP\/1\.1 503 /);
    server.setLimits({ maxConnections: 3, maxMessageBytes: 20 });
    expect(server.limits).toMatchObject({
      maxConnections: 3,
      maxMessageBytes: 20,
      maxPendingHandshakes: 1000,
    });
    const young = once(server, "connection") as Promise<[Connection]>;
    await upgraded(port);
    const [[first], [second]] = [await old, await young];
    expect([first.limits.maxMessageBytes, second.limits.maxMessageBytes]).toEqual([10, 20]);
    server.setLimits({ maxMessageBytes: 30, maxConnections: 5 }, { applyToExisting: true });
    expect([first.limits.maxMessageBytes, second.limits.maxMessageBytes]).toEqual([30, 30]);
    expect(first.limits.pingIntervalMs).toBe(30_000);
  });

  it("switches rates on and off, with a burst that fits", async () => {
    const { server, port } = await listen();
    for (let i = 0; i < 5; i++) await upgraded(port);
    server.setLimits({ maxHandshakesPerSecondPerAddress: 1 });
    expect(server.limits.maxHandshakeBurstPerAddress).toBe(2);
    for (let i = 0; i < 2; i++) await upgraded(port);
    expect(await answerTo(port, requestText())).toMatch(/^HTTP\/1\.1 429 /);
    server.setLimits({ maxHandshakesPerSecondPerAddress: 0 });
    await upgraded(port);
  });

  it.each([{ maxConnections: -1 }, { maxMessageBytes: 1.5 }, { maxPayload: 1 }, { port: 1 }])(
    "refuses %o, and changes nothing",
    (limits) => {
      const server = new WebSocketServer({ noServer: true, maxConnections: 7 });
      const before = server.limits;
      expect(() => server.setLimits({ maxPendingHandshakes: 3, ...limits })).toThrow(/Cannot set/);
      expect(server.limits).toEqual(before);
    },
  );

  it("is one server's own: two on one http server have limits of their own", async () => {
    const { http, port } = await attach({ path: "/one", maxConnections: 1 });
    const other = new WebSocketServer({ server: http, path: "/two" });
    onTestFinished(() => other.shutdown({ deadlineMs: 0 }));
    await upgraded(port, requestText("/one"));
    expect(await answerTo(port, requestText("/one"))).toMatch(/^HTTP\/1\.1 503 /);
    await upgraded(port, requestText("/two"));
    await upgraded(port, requestText("/two"));
  });
});

describe("options ›", () => {
  it.each([
    ["maxPayload", "maxMessageBytes"],
    ["verifyClient", "authenticate"],
    ["maxMessageByte", "maxMessageBytes"],
    ["maxconnections", "maxConnections"],
    ["perMessageDeflat", "perMessageDeflate"],
  ])("refuses %s and names %s (CVE-2016-10542: a limit that nobody had set)", (name, meant) => {
    expect(() => new WebSocketServer({ noServer: true, [name]: 1 })).toThrow(
      new TypeError(
        `Cannot make a server with the option ${name}: there is no such option; did you mean ${meant}?`,
      ),
    );
  });

  it("guesses nothing where nothing is near", () => {
    expect(() => new WebSocketServer({ noServer: true, zzz: 1 } as never)).toThrow(
      /there is no such option$/,
    );
  });
});

describe("a port of one's own, shared ›", () => {
  it("serves several WebSocket servers by path, and says 404 where none wants it", async () => {
    const { server, port } = await listen({ path: "/one" });
    const guest = new WebSocketServer({ server, path: "/two/:id" });
    server.on("connection", (connection) => connection.send("one"));
    guest.on("connection", (connection, _request, { params }) => connection.send(`two ${params.id}`));
    for (const [path, text] of [
      ["/one", "one"],
      ["/two/7", "two 7"],
    ]) {
      const client = await connect(`ws://localhost:${port}${path}`);
      expect(await once(client, "message")).toEqual([text]);
      await client.close();
    }
    expect(await answerTo(port, requestText("/three"))).toMatch(/^HTTP\/1\.1 404 /);
    expect(guest.address()).toBeNull();

    await guest.shutdown();
    expect(await answerTo(port, requestText("/two/7"))).toMatch(/^HTTP\/1\.1 404 /);
    await (await connect(`ws://localhost:${port}/one`)).close();
  });

  it("gives a path to who names it, and the rest to who names none", async () => {
    const { server, port } = await listen();
    const guest = new WebSocketServer({ server, path: "/guest" });
    server.on("connection", (connection) => connection.send("host"));
    guest.on("connection", (connection) => connection.send("guest"));
    for (const [path, text] of [
      ["/guest", "guest"],
      ["/other", "host"],
    ]) {
      const client = await connect(`ws://localhost:${port}${path}`);
      expect(await once(client, "message")).toEqual([text]);
      await client.close();
    }
  });

  it("needs a server that has a port", () => {
    const other = new WebSocketServer({ noServer: true });
    expect(() => new WebSocketServer({ server: other })).toThrow(/none of its own/);
  });
});

describe("getStats ›", () => {
  it("sums up what connections have carried, those that have ended too", async () => {
    const { server, port } = await listen();
    server.on("connection", echo);
    const clients = [await connect(`ws://localhost:${port}/`), await connect(`ws://localhost:${port}/`)];
    for (const client of clients) {
      client.send("hello");
      await once(client, "message");
    }
    await clients[0]!.close();
    await vi.waitFor(() => expect(server.clients.size).toBe(1));
    const { traffic, connections } = server.getStats();
    expect(connections).toBe(1);
    expect(traffic).toMatchObject({ messagesReceived: 2, messagesSent: 2, bufferedBytes: 0 });
    expect(traffic.framesReceived).toMatchObject({ text: 2, close: 1 });
    await clients[1]!.close();
  });
});

describe("diagnostics ›", () => {
  it("publishes every handshake as it ended", async () => {
    const published: [string, object][] = [];
    for (const name of ["accepted", "rejected"]) {
      const listener = (message: unknown): void => void published.push([name, message as object]);
      subscribe(`ws:handshake:${name}`, listener);
      onTestFinished(() => void unsubscribe(`ws:handshake:${name}`, listener));
    }
    const { server, port } = await listen({ path: "/here" });
    const connected = once(server, "connection") as Promise<[Connection, IncomingMessage]>;
    await upgraded(port, requestText("/here"));
    const [connection, request] = await connected;
    await answerTo(port, requestText("/there"));
    await answerTo(port, "nonsense\r\n\r\n");
    const remoteAddress = expect.stringMatching(/127|::1/) as string;
    const role = "server";
    // The client of the tests publishes nothing: it is a socket.
    expect(published).toEqual([
      ["accepted", { role, request, remoteAddress, connection, response: expect.anything() }],
      [
        "rejected",
        {
          ...{ role, request: expect.anything(), remoteAddress, status: 404, code: "NO_SUCH_PATH" },
          response: { status: 404, headers: [] },
        },
      ],
      [
        "rejected",
        {
          ...{ role, request: undefined, remoteAddress, status: 400, code: "MALFORMED_START_LINE" },
          response: { status: 400, headers: [] },
        },
      ],
    ]);
  });

  it("publishes what a handshake was answered with", async () => {
    const responses: HandshakeResponse[] = [];
    const listener = (message: unknown): void =>
      void responses.push((message as { response: HandshakeResponse }).response);
    subscribe("ws:handshake:accepted", listener);
    onTestFinished(() => void unsubscribe("ws:handshake:accepted", listener));
    const { port } = await listen({ protocols: ["chat"] });
    const socket = await dial(port, requestText("/", { ...HANDSHAKE, "Sec-WebSocket-Protocol": "chat" }));
    onTestFinished(() => void socket.destroy());
    const head = (await readUntil(socket, hasHeadAnd(0))).toString();
    const lines = responses[0]!.headers.map(([name, value]) => `${name}: ${value}`);
    expect(responses[0]!.status).toBe(101);
    expect(head.split("\r\n").slice(1, -2)).toEqual(lines);
    expect(lines).toContain("Sec-WebSocket-Protocol: chat");
  });
});
