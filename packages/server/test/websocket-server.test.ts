import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { generate } from "selfsigned";
import { describe, expect, it, onTestFinished } from "vitest";
import { connect, ConnectError } from "@ws/client";
import * as api from "@ws/server";
import { type Connection, WebSocketServer, type WebSocketServerOptions } from "@ws/server";
import { dial, HANDSHAKE, hasHeadAnd, readAll, readUntil, requestText } from "./raw-client.ts";
import { textFrame } from "./servers.ts";

async function listen(
  options: WebSocketServerOptions = {},
): Promise<{ server: WebSocketServer; port: number }> {
  const server = new WebSocketServer({ port: 0, ...options });
  onTestFinished(() => server.shutdown({ deadlineMs: 0 }));
  await once(server, "listening");
  return { server, port: server.address()!.port };
}

async function listenHttp(): Promise<{ http: Server; port: number }> {
  const http = createServer((_request, response) => response.end("a page"));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  http.listen(0);
  await once(http, "listening");
  return { http, port: (http.address() as AddressInfo).port };
}

/** RFC 6455 §1.3: the answer to the key of raw-client.ts. */
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

const echo = (connection: Connection): void => {
  connection.on("message", (data) => connection.send(data));
};

async function roundTrip(url: string): Promise<unknown> {
  const connection = await connect(url);
  connection.send("hello");
  const [answer] = (await once(connection, "message")) as [unknown];
  await connection.close();
  return answer;
}

const status = async (port: number, text: string): Promise<string> => {
  const socket = await dial(port, text);
  const response = (await readAll(socket)).toString();
  socket.destroy();
  return response.slice(0, response.indexOf("\r\n"));
};

describe("server › where handshakes come from", () => {
  it("listens on a port of its own", async () => {
    const { server, port } = await listen();
    server.on("connection", echo);
    expect(await roundTrip(`ws://localhost:${port}/`)).toBe("hello");
  });

  it("takes the upgrades of a server that exists, whose pages stay", async () => {
    const { http, port } = await listenHttp();
    const server = new WebSocketServer({ server: http });
    server.on("connection", echo);
    expect(await roundTrip(`ws://localhost:${port}/`)).toBe("hello");
    expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe("a page");
    await server.shutdown();
    expect(http.listenerCount("upgrade")).toBe(0);
    expect(http.listening).toBe(true);
  });

  it("takes what is handed to handleUpgrade", async () => {
    const { http, port } = await listenHttp();
    const server = new WebSocketServer({ noServer: true });
    onTestFinished(() => server.shutdown({ deadlineMs: 0 }));
    http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      server.handleUpgrade(request, socket, head, echo);
    });
    expect(await roundTrip(`ws://localhost:${port}/anything?at=all`)).toBe("hello");
  });

  it("shares one http server with another by path, and says 404 where none feels meant", async () => {
    const { http, port } = await listenHttp();
    for (const path of ["/one", "/two"]) {
      const server = new WebSocketServer({ server: http, path });
      onTestFinished(() => server.shutdown({ deadlineMs: 0 }));
      server.on("connection", (connection) => connection.on("message", () => connection.send(path)));
    }
    expect(await roundTrip(`ws://localhost:${port}/one?x=1`)).toBe("/one");
    expect(await roundTrip(`ws://localhost:${port}/two`)).toBe("/two");

    const { port: single } = await listen({ path: "/only" });
    expect(await status(single, requestText("/other"))).toBe("HTTP/1.1 404 Not Found");
  });

  it.each([{}, { port: 0, noServer: true }, { port: 0, server: createServer() }])(
    "wants exactly one source of handshakes: %#",
    (options) => {
      expect(() => new WebSocketServer(options)).toThrow(TypeError);
    },
  );

  it("reports a port that is taken", async () => {
    const { port } = await listen();
    const server = new WebSocketServer({ port });
    const [error] = (await once(server, "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("EADDRINUSE");
  });

  it("checks its options when it is made, not when somebody connects", () => {
    expect(() => new WebSocketServer({ noServer: true, maxMessageBytes: -1 })).toThrow(RangeError);
    expect(() => new WebSocketServer({ noServer: true, protocols: ["not a token"] })).toThrow(TypeError);
    expect(() => new WebSocketServer({ noServer: true, origin: ["nonsense"] })).toThrow(TypeError);
    expect(() => new WebSocketServer({ noServer: true, headers: { "X-Evil": "a\r\nb: c" } })).toThrow(
      TypeError,
    );
  });
});

describe("server › handshake", () => {
  it("tells a plain request to upgrade (RFC 9110 §15.5.22)", async () => {
    const { port } = await listen();
    const response = await fetch(`http://localhost:${port}/`);
    expect(response.status).toBe(426);
    expect(response.headers.get("upgrade")).toBe("websocket");
    expect((await fetch(`http://localhost:${port}/`, { method: "POST", body: "x" })).status).toBe(405);
  });

  it.each([
    ["another version", { "Sec-WebSocket-Version": "8" }, 426],
    ["no key", { "Sec-WebSocket-Key": "" }, 400],
    ["a foreign origin", { Origin: "https://evil.example" }, 403],
    ["a null origin", { Origin: "null" }, 403],
    ["malformed protocols", { "Sec-WebSocket-Protocol": "a b" }, 400],
    ["a Connection header without upgrade", { Connection: "keep-alive" }, 400],
  ])("refuses %s, answers in full and ends the socket (RFC 6455 §4.2.2)", async (_what, headers, code) => {
    const { server, port } = await listen();
    server.on("connection", () => expect.unreachable());
    expect(await status(port, requestText("/", { ...HANDSHAKE, ...headers }))).toContain(`HTTP/1.1 ${code}`);
  });

  it("lets in the pages of its own origin, and requests without one (security: cross-site hijacking)", async () => {
    const { port } = await listen();
    const url = `ws://localhost:${port}/`;
    await (await connect(url, { origin: `http://localhost:${port}` })).close();
    await (await connect(url)).close();
    await expect(connect(url, { origin: "http://localhost:1" })).rejects.toMatchObject({
      code: "UNEXPECTED_STATUS",
      response: { status: 403 },
    });
  });

  it("agrees on a subprotocol, both sides know it, and adds headers", async () => {
    const { server, port } = await listen({ protocols: ["b", "a"], headers: { "X-Node": "7" } });
    const accepted = once(server, "connection") as Promise<[Connection, IncomingMessage]>;
    const client = await connect(`ws://localhost:${port}/`, { protocols: ["a", "b", "c"] });
    const [connection, request] = await accepted;
    expect([client.protocol, connection.protocol]).toEqual(["b", "b"]);
    expect(request.url).toBe("/");
  });

  it("loses nothing that came right behind the request, however late the consumer", async () => {
    const { server, port } = await listen();
    const accepted = once(server, "connection") as Promise<[Connection]>;
    const frames = Buffer.concat([textFrame("a"), textFrame("b")]);
    const socket = await dial(port);
    socket.write(Buffer.concat([Buffer.from(requestText()), frames]));
    const [connection] = await accepted;
    await new Promise((resolve) => setImmediate(resolve));
    const received: unknown[] = [];
    for await (const message of connection) if (received.push(message) === 2) break;
    expect(received).toEqual(["a", "b"]);
    socket.destroy();
  });

  it("answers a request that arrives byte by byte", async () => {
    const { server, port } = await listen();
    server.on("connection", (connection) => connection.send("!"));
    const socket = await dial(port);
    for (const character of requestText()) socket.write(character);
    const bytes = await readUntil(socket, hasHeadAnd(3));
    expect(bytes.toString()).toContain("HTTP/1.1 101 Switching Protocols\r\n");
    expect(bytes.toString()).toContain(`Sec-WebSocket-Accept: ${ACCEPT}\r\n`);
    expect([...bytes.subarray(-3)]).toEqual([0x81, 1, 0x21]);
    socket.destroy();
  });

  it("gives up on a handshake that trickles in (security: slow handshake)", async () => {
    const { port } = await listen({ handshakeTimeoutMs: 200 });
    const slow = await dial(port, requestText().slice(0, 40));
    expect((await readAll(slow)).toString()).toContain("HTTP/1.1 408");
  });

  it.each([
    ["a head of 20 KiB", { ...HANDSHAKE, Cookie: "c".repeat(20 * 1024) }],
    [
      "2,000 headers",
      { ...Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`X-${i}`, "1234567"])), ...HANDSHAKE },
    ],
  ])("refuses %s with 431 (security: header flood)", async (_what, headers) => {
    const { port } = await listen();
    expect(await status(port, requestText("/", headers))).toContain("HTTP/1.1 431");
  });

  it("survives 300 headers, whether or not they hide the handshake (CVE-2024-37890: the upgrade headers were missing and the server crashed)", async () => {
    const { port } = await listen();
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`X-${i}`, "1"]));
    expect(await status(port, requestText("/", { ...many, ...HANDSHAKE }))).toMatch(/^HTTP\/1\.1 (4|101)/);
    expect(await status(port, requestText("/", { ...HANDSHAKE, Origin: "null", ...many }))).toMatch(
      /^HTTP\/1\.1 4/,
    );
  });

  it("survives a peer that resets at any moment, with no listener attached (security: error without a listener)", async () => {
    const { server, port } = await listen();
    const request = requestText();
    for (const text of [
      request.slice(0, 30),
      request,
      `${request}\x81`,
      requestText("/", { ...HANDSHAKE, Origin: "null" }),
    ]) {
      const socket = await dial(port, text);
      socket.resetAndDestroy();
    }
    server.on("connection", echo);
    expect(await roundTrip(`ws://localhost:${port}/`)).toBe("hello");
  });
});

describe("server › its clients", () => {
  it("knows which connections exist", async () => {
    const { server, port } = await listen();
    const accepted = once(server, "connection") as Promise<[Connection]>;
    const client = await connect(`ws://localhost:${port}/`);
    const [connection] = await accepted;
    expect([...server.clients]).toEqual([connection]);
    await client.close();
    await connection.closed;
    expect(server.clients.size).toBe(0);
  });

  it("shuts down: tells every client 1001, takes no new one, frees the port", async () => {
    const { server, port } = await listen();
    const clients = await Promise.all(Array.from({ length: 5 }, () => connect(`ws://localhost:${port}/`)));
    let closed = 0;
    server.on("close", () => closed++);
    await server.shutdown({ reason: "back in a minute" });
    for (const client of clients) {
      expect(await client.closed).toEqual({ code: 1001, reason: "back in a minute", wasClean: true });
    }
    await expect(connect(`ws://localhost:${port}/`)).rejects.toMatchObject({ code: "NETWORK" });
    await server.close();
    expect(closed).toBe(1);
  });

  it("cuts off at the deadline who does not answer", async () => {
    const { server, port } = await listen();
    const accepted = once(server, "connection") as Promise<[Connection]>;
    const socket = await dial(port, requestText());
    const [connection] = await accepted;
    await server.shutdown({ deadlineMs: 50 });
    expect(await connection.closed).toMatchObject({ code: 1006, wasClean: false });
    socket.destroy();
  });

  it("says 503 to late handshakes on an http server that goes on", async () => {
    const { http, port } = await listenHttp();
    const server = new WebSocketServer({ server: http });
    const client = await connect(`ws://localhost:${port}/`);
    const closing = server.close();
    await expect(connect(`ws://localhost:${port}/`)).rejects.toSatisfy(
      (error) => error instanceof ConnectError && error.response?.status === 503,
    );
    await client.close();
    await closing;
  });
});

describe("server › what a review found", () => {
  it("gives the request's headers on a port of its own as an http server does (they were empty)", async () => {
    const { server, port } = await listen();
    const { http, port: httpPort } = await listenHttp();
    const attached = new WebSocketServer({ server: http });
    onTestFinished(() => attached.shutdown({ deadlineMs: 0 }));
    const headers: [string, string][] = [
      ["Cookie", "a=1"],
      ["Cookie", "b=2"],
      ["X-Many", "1"],
      ["X-Many", "2"],
      ["Authorization", "x"],
      // Of these Node keeps the first. Only some of their names were known here.
      ...["age", "etag", "expires", "if-modified-since", "if-unmodified-since", "last-modified"]
        .concat(["content-type", "from", "location", "max-forwards", "referer", "retry-after", "server"])
        .flatMap((name): [string, string][] => [
          [name, "first"],
          [name, "second"],
        ]),
    ];
    const seen = await Promise.all(
      [server, attached].map(async (each, i) => {
        const connected = once(each, "connection") as Promise<[Connection, IncomingMessage]>;
        const client = await connect(`ws://localhost:${i === 0 ? port : httpPort}/p?q=1`, { headers });
        const [, request] = await connected;
        expect(request.socket.remoteAddress).toBeDefined();
        await client.close();
        const { host, "sec-websocket-key": key, ...rest } = request.headers;
        expect([host, key]).toEqual([expect.stringContaining("localhost"), expect.stringMatching(/==$/)]);
        return {
          rest: { ...rest },
          url: request.url,
          method: request.method,
          many: request.headersDistinct["x-many"],
        };
      }),
    );
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]!.rest).toMatchObject({ cookie: "a=1; b=2", "x-many": "1, 2", authorization: "x" });
  });

  it("cuts off who never begins TLS, and closes all the same (it leaked the socket)", async () => {
    const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
      keyType: "ec",
    });
    const { server, port } = await listen({ tls: { key, cert }, handshakeTimeoutMs: 100 });
    const silent = await dial(port);
    await readAll(silent);
    const another = await dial(port);
    await server.close();
    await readAll(another);
    silent.destroy();
    another.destroy();
  });

  it("says 404 where none of several servers on one http server wants the path (nobody answered)", async () => {
    const { http, port } = await listenHttp();
    for (const path of ["/a", "/b"]) {
      const server = new WebSocketServer({ server: http, path });
      onTestFinished(() => server.shutdown({ deadlineMs: 0 }));
    }
    expect(await status(port, requestText("/c"))).toBe("HTTP/1.1 404 Not Found");
  });

  it("leaves upgrades of unknown paths to strangers that listen for them", async () => {
    const { http, port } = await listenHttp();
    const server = new WebSocketServer({ server: http, path: "/a" });
    onTestFinished(() => server.shutdown({ deadlineMs: 0 }));
    http.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
      if (request.url === "/c") socket.end("HTTP/1.1 418 Teapot\r\nConnection: close\r\n\r\n");
    });
    expect(await status(port, requestText("/c"))).toBe("HTTP/1.1 418 Teapot");
  });

  it("answers 500 where a function among its options throws, and throws it on (the socket was left open)", async () => {
    const { http, port } = await listenHttp();
    const server = new WebSocketServer({ noServer: true, protocols: () => "never offered" });
    let thrown: unknown;
    http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      try {
        server.handleUpgrade(request, socket, head, () => {});
      } catch (error) {
        thrown = error;
      }
    });
    const text = requestText("/", { ...HANDSHAKE, "Sec-WebSocket-Protocol": "other" });
    expect(await status(port, text)).toBe("HTTP/1.1 500 Internal Server Error");
    expect(thrown).toBeInstanceOf(TypeError);
  });

  it.each([{ deadlineMs: -1 }, { deadlineMs: Number.NaN }, { deadlineMs: Infinity }, { code: 1005 }])(
    "checks the options of shutdown before anything happens: %o",
    async (options) => {
      const { server, port } = await listen();
      await expect(server.shutdown(options)).rejects.toThrow(RangeError);
      await (await connect(`ws://localhost:${port}/`)).close();
    },
  );

  it.each([
    { path: "chat" },
    { path: 5 as unknown as string },
    { perMessageDeflate: "yes" as unknown as boolean },
    { perMessageDeflate: null as unknown as boolean },
    { handshakeTimeoutMs: 0 },
    { handshakeTimeoutMs: -1 },
  ])("refuses options that could not work: %o", (options) => {
    expect(() => new WebSocketServer({ noServer: true, ...options })).toThrow(/Cannot/);
  });
});

it("server › exports", () => {
  expect(Object.keys(api).toSorted()).toEqual([
    "CloseCode",
    "Connection",
    "ConnectionError",
    "PreparedMessage",
    "ProtocolError",
    "WebSocketError",
    "WebSocketServer",
    "formatRetryHint",
    "reject",
    "toDuplex",
    "toWebStreams",
  ]);
});
