import { once } from "node:events";
import { constants } from "node:http2";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { connect, type Connection, ConnectError, type ConnectOptions } from "@ws/client";
import { certificate } from "./certificate.ts";
import { echo, http2Server, open } from "./http2-server.ts";
import { letGo, listen, rawServer, welcome } from "./raw-server.ts";

async function expectEcho(connection: Connection, data = "hello"): Promise<void> {
  connection.send(data);
  for await (const message of connection) {
    expect(message).toBe(data);
    return;
  }
  throw new Error("There was no answer");
}

const failure = (promise: Promise<unknown>): Promise<ConnectError> =>
  promise.then(
    () => Promise.reject(new Error("It connected")),
    (error: unknown) => error as ConnectError,
  );

const only = { http2: "only" } as const;

describe("client › WebSocket over HTTP/2 (RFC 8441)", () => {
  it("asks with an extended CONNECT that has what the URL and the options say (RFC 8441 §5)", async () => {
    const server = await http2Server((stream) => open(stream, { "sec-websocket-protocol": "chat" }));
    const connection = await connect(`${server.url}room?id=1`, {
      ...only,
      protocols: ["chat"],
      origin: "https://example.org",
      headers: { Cookie: "a=1", "X-Y": "z" },
    });
    expect(connection.protocol).toBe("chat");
    expect(server.requests[0]).toMatchObject({
      ":method": "CONNECT",
      ":protocol": "websocket",
      ":scheme": "http",
      ":path": "/room?id=1",
      ":authority": `localhost:${server.port}`,
      "sec-websocket-version": "13",
      "sec-websocket-protocol": "chat",
      origin: "https://example.org",
      cookie: "a=1",
      "x-y": "z",
    });
    expect(server.requests[0]).not.toHaveProperty("sec-websocket-key");
    connection.terminate();
  });

  it("carries messages over cleartext and over TLS, however large", async () => {
    const tls = await certificate();
    for (const server of [await http2Server(echo), await http2Server(echo, { tls })]) {
      const connection = await connect(server.url, { ...only, tls: { ca: tls.cert } });
      await expectEcho(connection);
      await expectEcho(connection, "x".repeat(900_000));
      expect(await connection.close(1000)).toMatchObject({ code: 1000, wasClean: true });
    }
  });

  it("chooses HTTP/2 by ALPN for wss:, and HTTP/1.1 for ws: (RFC 7301)", async () => {
    const tls = await certificate();
    const secure = await http2Server(echo, { tls });
    const options = { http2: "auto", tls: { ca: tls.cert } } as const;
    const connection = await connect(secure.url, options);
    expect(secure.streams).toHaveLength(1);
    connection.terminate();
    const plain = await rawServer(welcome);
    (await connect(plain.url, options)).terminate();
    expect(plain.requests).toHaveLength(1);
  });

  it("speaks HTTP/1.1 unless asked for HTTP/2", async () => {
    const tls = await certificate();
    const server = await http2Server(echo, { tls });
    await expect(connect(server.url, { tls: { ca: tls.cert } })).rejects.toMatchObject({ code: "NETWORK" });
    expect(server.sessions).toHaveLength(0);
  });

  it("closes when either side does, ends stream and session, and leaves nothing behind (RFC 8441 §5)", async () => {
    const server = await http2Server((stream, headers) => {
      const connection = open(stream);
      connection.on("message", (data) => connection.send(data));
      if (headers[":path"] === "/leaving") void connection.close(4000, "bye");
    });
    const ours = await connect(server.url, only);
    expect(await ours.close(3000, "bye")).toEqual({ code: 3000, reason: "", wasClean: true });
    const theirs = await connect(`${server.url}leaving`, only);
    expect(await theirs.closed).toEqual({ code: 4000, reason: "bye", wasClean: true });
    for (const stream of server.streams) {
      if (!stream.closed) await once(stream, "close");
      expect(stream.rstCode).toBe(constants.NGHTTP2_NO_ERROR);
    }
    await letGo(server.sockets);
  });

  it.each([
    ["CANCEL, which is TCP's reset (RFC 8441 §5)", constants.NGHTTP2_CANCEL],
    ["INTERNAL_ERROR", constants.NGHTTP2_INTERNAL_ERROR],
  ])("takes a stream reset with %s for the end of that connection alone, 1006", async (_what, code) => {
    const server = await http2Server((stream) => {
      const connection = open(stream);
      connection.on("message", (data) => (data === "reset" ? stream.close(code) : connection.send(data)));
    });
    const [one, another] = [await connect(server.url, only), await connect(server.url, only)];
    one.send("reset");
    const result = await one.closed;
    expect(result).toMatchObject({ code: 1006, wasClean: false });
    expect(result.error).toBeInstanceOf(Error);
    await expectEcho(another);
    another.terminate();
    expect(server.sockets).toHaveLength(1);
  });

  it("takes the end of the stream without a close frame for 1006, as that of TCP", async () => {
    const server = await http2Server((stream) => {
      stream.respond({ ":status": 200 });
      stream.end();
    });
    const connection = await connect(server.url, only);
    expect(await connection.closed).toMatchObject({ code: 1006, wasClean: false });
    await letGo(server.sockets);
  });

  it("takes the loss of the session for the end of all its connections, 1006 with the error", async () => {
    const server = await http2Server(echo);
    const connections = await Promise.all([1, 2, 3].map(() => connect(server.url, only)));
    server.sockets[0]!.resetAndDestroy();
    for (const connection of connections) {
      const result = await connection.closed;
      expect(result).toMatchObject({ code: 1006, wasClean: false });
      expect(result.error).toBeInstanceOf(Error);
    }
  });

  it("tells the server of a connection that is given up, by CANCEL (RFC 8441 §5)", async () => {
    const server = await http2Server((stream) => open(stream));
    const connection = await connect(server.url, only);
    connection.terminate();
    expect(await connection.closed).toEqual({ code: 1006, reason: "", wasClean: false });
    const [stream] = server.streams;
    if (!stream!.closed) await once(stream!, "close");
    expect(stream!.rstCode).toBe(constants.NGHTTP2_CANCEL);
    await letGo(server.sockets);
  });

  it("lets flow control hold back who is not read, and nobody else", async () => {
    const chunk = new Uint8Array(64 * 1024);
    let sentBytes = 0;
    const server = await http2Server((stream, headers) => {
      if (headers[":path"] !== "/flood") return echo(stream);
      const connection = open(stream);
      const flood = (): void => {
        for (let hasRoom = true; hasRoom; sentBytes += chunk.length) {
          hasRoom = connection.send(chunk);
        }
      };
      connection.on("drain", flood);
      flood();
    });
    const flooded = await connect(`${server.url}flood`, { ...only, maxMessageBytes: chunk.length });
    const healthy = await connect(server.url, only);
    expect(server.sockets).toHaveLength(1);
    // It has come to a stop when nothing was sent for as long as the other says a hundred things on the same socket.
    for (let before = -1; before !== sentBytes;) {
      before = sentBytes;
      for (let i = 0; i < 100; i++) await expectEcho(healthy, "x".repeat(1000));
    }
    // The window of the stream, a few messages on either side, and what the stream of Node holds.
    expect(sentBytes).toBeGreaterThan(0);
    expect(sentBytes).toBeLessThan(2 * 1024 * 1024);
    for (const connection of [flooded, healthy]) connection.terminate();
  });

  it("compresses as over HTTP/1.1", async () => {
    const server = await http2Server((stream) =>
      open(stream, { "sec-websocket-extensions": "permessage-deflate; client_no_context_takeover" }),
    );
    const connection = await connect(server.url, { ...only, perMessageDeflate: true });
    expect(server.requests[0]!["sec-websocket-extensions"]).toContain("permessage-deflate");
    expect(connection.extensions).toContain("permessage-deflate");
    connection.terminate();
  });

  it("reports a refusal with status and headers, and can follow a redirect", async () => {
    const server = await http2Server((stream, headers) => {
      if (headers[":path"] === "/there") return echo(stream);
      if (headers[":path"] === "/") stream.respond({ ":status": 302, location: "/there" });
      else stream.respond({ ":status": 503, "retry-after": "30" });
      stream.end("sorry");
    });
    const error = await failure(connect(`${server.url}busy`, only));
    expect(error).toMatchObject({ code: "UNEXPECTED_STATUS", response: { status: 503 } });
    expect(error.response?.headers.get("retry-after")).toBe("30");
    const statuses: number[] = [];
    const connection = await connect(server.url, {
      ...only,
      maxRedirects: 1,
      onResponse: ({ status, httpVersion }) => {
        expect(httpVersion).toBe("2.0");
        statuses.push(status);
      },
    });
    await expectEcho(connection);
    expect(statuses).toEqual([302, 200]);
    connection.terminate();
    await letGo(server.sockets);
  });

  it.each([
    // RFC 9113 §8.7: what was refused was not looked at, so it may be asked again; anything else may have been.
    ["REFUSED_STREAM", constants.NGHTTP2_REFUSED_STREAM, 3],
    ["INTERNAL_ERROR", constants.NGHTTP2_INTERNAL_ERROR, 1],
    ["CANCEL", constants.NGHTTP2_CANCEL, 1],
  ])(
    "reports a stream that is reset with %s instead of answered (RFC 9113 §8.7)",
    async (_what, code, times) => {
      const server = await http2Server((stream) => stream.close(code));
      expect(await failure(connect(server.url, only))).toMatchObject({ code: "NETWORK" });
      expect(server.requests).toHaveLength(times);
      await letGo(server.sockets);
    },
  );

  it.each([
    ["sends no settings", () => {}],
    ["does not answer", undefined],
  ])(
    "gives up on a server that %s after handshakeTimeoutMs, and leaves nothing behind",
    async (_what, silent) => {
      const server = silent ? await listen(silent) : await http2Server(() => {});
      await expect(
        connect(`ws://localhost:${server.port}/`, { ...only, handshakeTimeoutMs: 50 }),
      ).rejects.toMatchObject({ code: "HANDSHAKE_TIMEOUT" });
      await letGo(server.sockets);
    },
  );

  it.each([
    ["HTTP/1.1", "HTTP/1.1 400 Bad Request\r\n\r\n"],
    ["nothing, and leaves", ""],
  ])("reports a server that answers with %s", async (_what, text) => {
    const server = await listen((socket) => socket.once("data", () => socket.end(text)));
    expect(await failure(connect(`ws://localhost:${server.port}/`, only))).toMatchObject({ code: "NETWORK" });
    await letGo(server.sockets);
  });
});

describe("client › without WebSockets over HTTP/2 (RFC 8441 §3)", () => {
  const settings = { enableConnectProtocol: false };

  async function secured(options: ConnectOptions = {}): Promise<ConnectOptions> {
    return { tls: { ca: (await certificate()).cert }, http2: "auto", ...options };
  }

  it("goes back to HTTP/1.1, by another connection, where the server does not advertise them", async () => {
    const tls = await certificate();
    const server = await http2Server(() => {}, { tls, settings, allowHTTP1: true });
    const paths: unknown[] = [];
    server.server.on(
      "upgrade",
      (request: { url: string; headers: Record<string, string> }, socket: Socket) => {
        paths.push(request.url);
        welcome(socket, request.headers["sec-websocket-key"]!);
      },
    );
    const connection = await connect(`${server.url}room`, await secured());
    expect(paths).toEqual(["/room"]);
    expect(server.streams).toHaveLength(0);
    connection.terminate();
    await letGo(server.sockets);
  });

  it("goes on with HTTP/1.1 on the same connection where the server chooses it", async () => {
    const tls = { ...(await certificate()), ALPNProtocols: ["http/1.1"] };
    const server = await rawServer(welcome, { tls });
    const connections = await Promise.all([1, 2, 3].map(async () => connect(server.url, await secured())));
    expect(server.sockets).toHaveLength(3);
    expect(server.requests).toHaveLength(3);
    for (const connection of connections) connection.terminate();
  });

  it("shares the wait for a server that chooses HTTP/1.1, but no socket", async () => {
    const tls = { ...(await certificate()), ALPNProtocols: ["http/1.1"] };
    const server = await rawServer(welcome, { tls });
    const options = await secured();
    const connections = await Promise.all([1, 2, 3].map(() => connect(server.url, options)));
    expect(server.sockets).toHaveLength(3);
    for (const connection of connections) connection.terminate();
    await letGo(server.sockets);
  });

  it.each([
    ["that does not advertise them", { settings }],
    ["that lets no stream be opened", { settings: { enableConnectProtocol: true, maxConcurrentStreams: 0 } }],
  ])("says so of a server %s and speaks nothing else", async (_what, options) => {
    const server = await http2Server(echo, { tls: await certificate(), ...options });
    for (const http2 of ["auto", "only"] as const) {
      const error = await failure(connect(server.url, await secured({ http2 })));
      expect(error).toBeInstanceOf(ConnectError);
      expect(error.code).toBe("HTTP2_UNAVAILABLE");
    }
    expect(server.requests).toEqual([]);
    await letGo(server.sockets);
  });

  it('says so where http2 is "only" and the server chooses nothing', async () => {
    const server = await rawServer(welcome, { tls: await certificate() });
    const error = await failure(connect(server.url, await secured({ http2: "only" })));
    expect(error.code).toBe("HTTP2_UNAVAILABLE");
    expect(server.requests).toEqual([]);
    await letGo(server.sockets);
  });

  it("keeps the no of a server that was asked over HTTP/1.1 in the end", async () => {
    const server = await http2Server(() => {}, { tls: await certificate(), settings, allowHTTP1: true });
    server.server.on("upgrade", (_request: unknown, socket: { end(text: string): void }) => {
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    });
    expect(await failure(connect(server.url, await secured()))).toMatchObject({
      code: "UNEXPECTED_STATUS",
      response: { status: 403 },
    });
  });
});
