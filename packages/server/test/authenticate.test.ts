// authenticate: what the application may answer, what the client may do meanwhile, and what neither can break.
import { once } from "node:events";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { Duplex } from "node:stream";
import { describe, expect, expectTypeOf, it, onTestFinished, vi } from "vitest";
import { connect } from "@ws/client";
import {
  type Authenticated,
  type Connection,
  type ConnectionInfo,
  type HandshakeRejected,
  reject,
  type Rejected,
  WebSocketServer,
} from "@ws/server";
import { dial, HANDSHAKE, hasHeadAnd, readAll, readUntil, requestText } from "./raw-client.ts";
import { answerTo, attach, deferred, echo, listen, textFrame, textsOf } from "./servers.ts";

interface User {
  readonly name: string;
}

/** An application whose answer the test gives. */
function asked(): {
  readonly authenticate: (
    request: IncomingMessage,
    info: { readonly signal: AbortSignal },
  ) => Promise<Authenticated<User> | Rejected>;
  readonly begun: Promise<AbortSignal>;
  readonly answer: (answer: Authenticated<User> | Rejected) => void;
  readonly fail: (error: Error) => void;
} {
  const begun = deferred<AbortSignal>();
  const answer = deferred<Authenticated<User> | Rejected>();
  return {
    authenticate: (_request, { signal }) => {
      begun.resolve(signal);
      return answer.promise;
    },
    begun: begun.promise,
    answer: answer.resolve,
    fail: answer.reject,
  };
}

describe("authenticate › says", () => {
  it("yes with a context, headers, and limits of this connection", async () => {
    const { server, port } = await listen({
      maxMessageBytes: 1000,
      authenticate: async (request) => ({
        context: { name: request.headers["x-user"] as string },
        headers: [["X-Session", "7"]],
        limits: { maxMessageBytes: 5 },
      }),
    });
    const connected = once(server, "connection") as Promise<
      [Connection, IncomingMessage, ConnectionInfo<User>]
    >;
    const client = await connect(`ws://localhost:${port}/`, { headers: [["X-User", "ada"]] });
    const [connection, , { context }] = await connected;
    expect(context).toEqual({ name: "ada" });
    expect(connection.limits.maxMessageBytes).toBe(5);
    expect(server.limits.maxMessageBytes).toBe(1000);
    client.send("123456");
    expect(await client.closed).toMatchObject({ code: 1009 });

    const response = await answerTo(port, `${requestText()}\x88\x80\0\0\0\0`);
    expect(response).toContain("\r\nX-Session: 7\r\n");
  });

  it("no with its own status, headers and message", async () => {
    const { server, port } = await listen({
      authenticate: () => reject(401, "Who are you?", { "WWW-Authenticate": "Bearer" }),
    });
    server.on("connection", () => expect.unreachable());
    const response = await answerTo(port, requestText());
    expect(response).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    expect(response).toContain("WWW-Authenticate: Bearer\r\n");
    expect(response).toMatch(/\r\n\r\nWho are you\?$/);
    expect(server.getStats()).toMatchObject({ rejectedHandshakes: 1, rejectedByStatus: { 401: 1 } });
  });

  it("nothing about what is no handshake, or comes from a foreign origin", async () => {
    const authenticate = vi.fn<() => Rejected>(() => reject(401, ""));
    const { port } = await listen({ authenticate, path: "/here" });
    const handshake = requestText("/here");
    expect(await answerTo(port, handshake.replace("\r\n\r\n", "\r\nOrigin: null\r\n\r\n"))).toContain(
      " 403 ",
    );
    expect(await answerTo(port, handshake.replace("13", "12"))).toContain(" 426 ");
    expect(await answerTo(port, requestText("/there"))).toContain(" 404 ");
    expect(authenticate).not.toHaveBeenCalled();
  });

  it("and hears of path, query, parameters and address", async () => {
    const { port } = await listen({
      path: "/rooms/:room",
      authenticate: (_request, { path, params, query, remoteAddress, httpVersion }) =>
        reject(403, [path, params.room, query.get("token"), remoteAddress, httpVersion].join(" ")),
    });
    expect(await answerTo(port, requestText("/rooms/a%20b?token=t"))).toMatch(
      /\/rooms\/a%20b a b t (127\.0\.0\.1|::1) 1\.1$/,
    );
  });
});

describe.each([
  ["a port of its own", listen],
  ["somebody's http server", attach],
] as const)("authenticate, on %s ›", (_where, serve) => {
  it("loses nothing that the client sends while it thinks", async () => {
    const { authenticate, begun, answer } = asked();
    const { server, port } = await serve({ authenticate });
    server.on("connection", (connection, _request, { context }) => {
      connection.on("message", (data) => connection.send(`${context.name} ${String(data)}`));
    });
    const socket = await dial(port, requestText());
    socket.write(textFrame("one"));
    await begun;
    socket.write(textFrame("two"));
    // The last one has left when the answer comes, and a round trip through the loop later it is there.
    await new Promise((resolve) => socket.write(textFrame("three"), resolve));
    await new Promise((resolve) => setImmediate(resolve));
    answer({ context: { name: "ada" } });
    const bytes = await readUntil(
      socket,
      hasHeadAnd(2 * 3 + "ada one".length + "ada two".length + "ada three".length),
    );
    expect(textsOf(bytes.subarray(bytes.indexOf("\r\n\r\n") + 4))).toEqual([
      "ada one",
      "ada two",
      "ada three",
    ]);
    socket.destroy();
  });

  it("tells its signal when the client has gone, and leaks nothing", async () => {
    const { authenticate, begun, fail } = asked();
    const { server, port } = await serve({ authenticate });
    server.on("connection", () => expect.unreachable());
    const failures = vi.fn<() => void>();
    server.on("handshakeError", failures);
    const socket = await dial(port, requestText());
    const signal = await begun;
    expect(server.getStats().pendingHandshakes).toBe(1);
    socket.end();
    if (!signal.aborted) await once(signal, "abort");
    // It still works on it, so it still counts; and what it throws now is nobody's business.
    expect(server.getStats().pendingHandshakes).toBe(1);
    fail(new Error("aborted"));
    await vi.waitFor(() => expect(server.getStats().pendingHandshakes).toBe(0));
    expect(server.getStats()).toMatchObject({
      abandonedHandshakes: 1,
      connections: 0,
      rejectedHandshakes: 0,
    });
    expect(failures).not.toHaveBeenCalled();
    await readAll(socket);
  });

  it("survives a client that resets meanwhile, with no listener attached (security: error without a listener)", async () => {
    const { authenticate, begun, answer } = asked();
    const { server, port } = await serve({ authenticate });
    const socket = await dial(port, requestText());
    const signal = await begun;
    socket.resetAndDestroy();
    if (!signal.aborted) await once(signal, "abort");
    answer({ context: { name: "late" } });
    await vi.waitFor(() => expect(server.getStats().pendingHandshakes).toBe(0));
    expect(server.getStats()).toMatchObject({ acceptedHandshakes: 0, abandonedHandshakes: 1 });
  });

  it("has until handshakeTimeoutMs; then the client is told 503, and a late yes is ignored", async () => {
    const { authenticate, begun, answer } = asked();
    const { server, port } = await serve({ authenticate, handshakeTimeoutMs: 150 });
    server.on("connection", () => expect.unreachable());
    const response = await answerTo(port, requestText());
    expect(response).toMatch(/^HTTP\/1\.1 503 /);
    expect((await begun).aborted).toBe(true);
    // A function that never returns must not take a place for ever.
    expect(server.getStats()).toMatchObject({
      pendingHandshakes: 0,
      rejectedByCode: { HANDSHAKE_TIMEOUT: 1 },
    });
    answer({ context: { name: "late" } });
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.getStats()).toMatchObject({ pendingHandshakes: 0, acceptedHandshakes: 0 });
  });

  it("is told to stop when the server shuts down, and its client 503", async () => {
    const { authenticate, begun } = asked();
    const { server, port } = await serve({ authenticate });
    const response = answerTo(port, requestText());
    const signal = await begun;
    await server.shutdown();
    expect(signal.aborted).toBe(true);
    expect(await response).toMatch(/^HTTP\/1\.1 503 /);
  });
});

describe("authenticate › bounds", () => {
  it("what an impatient client sends meanwhile at 64 KiB, and reads on when it has answered (security: bounded memory)", async () => {
    const { authenticate, begun, answer } = asked();
    const server = new WebSocketServer({ noServer: true, authenticate, path: "/" });
    const CHUNK = Buffer.alloc(7 * 1024, textFrame("x"));
    const TOTAL = 300 * CHUNK.length;
    let taken = 0;
    // A client that has two megabytes ready, and counts how much of them is taken.
    const socket = new Duplex({
      read() {
        taken += CHUNK.length;
        this.push(taken <= TOTAL ? CHUNK : null);
      },
      write: (_chunk, _encoding, callback) => callback(),
    });
    const request = new IncomingMessage(new Socket());
    Object.assign(request, { method: "GET", url: "/", httpVersion: "1.1" });
    request.rawHeaders = Object.entries(HANDSHAKE).flat();
    const connected = deferred<Connection>();
    server.handleUpgrade(request, socket, textFrame("first"), connected.resolve);
    await begun;
    let before = -1;
    while (taken > before) {
      before = taken;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan((64 + 16 + 16) * 1024);
    answer({ context: { name: "ada" } });
    const connection = await connected.promise;
    let messages = 0;
    connection.on("message", () => messages++);
    await connection.closed;
    expect(messages).toBe(1 + 300 * 1024);
  });

  it("how many handshakes it works on at the same time: the next is told 503 (maxPendingHandshakes)", async () => {
    const { authenticate, begun, answer } = asked();
    const { server, port } = await attach({ authenticate, maxPendingHandshakes: 2 });
    const waiting = [await dial(port, requestText()), await dial(port, requestText())];
    await begun;
    await vi.waitFor(() => expect(server.getStats().pendingHandshakes).toBe(2));
    const response = await answerTo(port, requestText());
    expect(response).toMatch(/^HTTP\/1\.1 503 /);
    expect(response).toContain("Retry-After: 5\r\n");
    answer({ context: { name: "ada" } });
    await vi.waitFor(() => expect(server.clients.size).toBe(2));
    const { pendingHandshakes, rejectedByCode } = server.getStats();
    expect([pendingHandshakes, rejectedByCode]).toEqual([0, { TOO_MANY_PENDING_HANDSHAKES: 1 }]);
    for (const socket of waiting) socket.destroy();
  });

  it("the last place: who is let in after it was taken is told 503 (maxConnections)", async () => {
    const { authenticate, begun, answer } = asked();
    const { server, port } = await attach({ authenticate, maxConnections: 1 });
    const sockets = [await dial(port, requestText()), await dial(port, requestText())];
    await begun;
    await vi.waitFor(() => expect(server.getStats().pendingHandshakes).toBe(2));
    answer({ context: { name: "ada" } });
    const answers = await Promise.all(sockets.map((socket) => readUntil(socket, hasHeadAnd(0))));
    const lines = answers.map((bytes) => bytes.toString().slice(0, 12)).toSorted();
    expect(lines).toEqual(["HTTP/1.1 101", "HTTP/1.1 503"]);
    for (const socket of sockets) socket.destroy();
  });
});

it("authenticate › keeps the server's limits that it gives as undefined (they became the defaults)", async () => {
  const { server, port } = await listen({
    maxMessageBytes: 10,
    authenticate: () => ({ context: 1, limits: { maxMessageBytes: undefined } as never }),
  });
  const connected = once(server, "connection") as Promise<[Connection]>;
  const client = await connect(`ws://localhost:${port}/`);
  expect((await connected)[0].limits.maxMessageBytes).toBe(10);
  await client.close();
});

describe("authenticate › that fails", () => {
  it.each([
    ["throws", () => Promise.reject(new Error("database down"))],
    [
      "throws at once",
      () => {
        throw new Error("database down");
      },
    ],
    ["answers nothing", () => undefined],
    ["answers something truthy that is no yes", () => ({ ok: false })],
    [
      "adds a header with a line break (CVE-2026-1527)",
      () => ({ context: 1, headers: { "X-A": "a\r\nb: c" } }),
    ],
    ["adds a header of the handshake", () => ({ context: 1, headers: { "Sec-WebSocket-Accept": "x" } })],
    ["gives a limit that is none", () => ({ context: 1, limits: { maxMessageBytes: -1 } })],
    // It was ignored.
    ["gives a limit that does not exist", () => ({ context: 1, limits: { maxPayload: 1 } })],
    // These ended the process, and the client was told nothing.
    ["says a no of its own making", () => ({ accepted: false })],
    ["says a no without headers", () => ({ accepted: false, status: 99, message: "No" })],
    [
      "says a no that is two (CVE-2026-1527)",
      () => ({ accepted: false, status: 401, message: "No", headers: [["X-A", "a\r\nb: c"]] }),
    ],
  ])("%s: the client is told 500, the application hears of it", async (_what, authenticate) => {
    const { server, port } = await listen({ authenticate: authenticate as never });
    server.on("connection", () => expect.unreachable());
    const published: HandshakeRejected[] = [];
    const onRejected = (message: unknown): void => void published.push(message as HandshakeRejected);
    subscribe("ws:handshake:rejected", onRejected);
    onTestFinished(() => void unsubscribe("ws:handshake:rejected", onRejected));
    const failed = once(server, "handshakeError") as Promise<[Error, IncomingMessage]>;
    const response = await answerTo(port, requestText());
    expect(response).toMatch(/^HTTP\/1\.1 500 /);
    expect(response).not.toContain("database");
    const [error, request] = await failed;
    expect(error).toBeInstanceOf(Error);
    expect(request.url).toBe("/");
    expect(published).toMatchObject([{ role: "server", status: 500, code: "SERVER_ERROR", error }]);
  });

  it("warns once where nobody listens, and goes on (security: error without a listener)", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const { server, port } = await listen<User>({
      authenticate: (request) => {
        if (request.url === "/bad") throw new Error("unexpected");
        return { context: { name: "ada" } };
      },
    });
    server.on("connection", echo);
    expect(await answerTo(port, requestText("/bad"))).toContain(" 500 ");
    expect(await answerTo(port, requestText("/bad"))).toContain(" 500 ");
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toContain("unexpected");
    await (await connect(`ws://localhost:${port}/`)).close();
  });

  it("does not crash where an origin function throws on a port of its own (a peer could provoke it)", async () => {
    const { server, port } = await listen({ origin: (origin) => new URL(origin).host === "example.org" });
    const failed = once(server, "handshakeError") as Promise<[Error]>;
    const request = requestText().replace("\r\n\r\n", "\r\nOrigin: nonsense\r\n\r\n");
    expect(await answerTo(port, request)).toContain(" 500 ");
    expect((await failed)[0]).toBeInstanceOf(TypeError);
  });

  it("gives context and parameters their types, whatever it refuses", () => {
    const server = new WebSocketServer({
      noServer: true,
      path: "/rooms/:room",
      authenticate: async (request, { params }) =>
        request.url === "/" ? reject(401, "no") : { context: { name: "ada", room: params.room } },
    });
    server.on("connection", (_connection, _request, { context, params }) => {
      expectTypeOf(context).toEqualTypeOf<{ name: string; room: string }>();
      expectTypeOf(params).toEqualTypeOf<{ readonly room: string }>();
    });
    const plain: WebSocketServer = new WebSocketServer({ noServer: true });
    plain.on("connection", (_connection, _request, { context }) => {
      expectTypeOf(context).toEqualTypeOf<undefined>();
    });
    expect(server.clients.size).toBe(0);
  });

  it("must be a function", () => {
    expect(() => new WebSocketServer({ noServer: true, authenticate: true as never })).toThrow(TypeError);
  });
});
