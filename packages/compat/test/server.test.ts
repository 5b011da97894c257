// The server: its options, its events, what it refuses and in which words, and how it ends.
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import type { ServerOptions, WebSocket } from "ws";
import { closed, connect, dial, listen, serve, trace } from "./endpoints.ts";
import { implementations } from "./implementations.ts";
import { frame, handshake, rawClient } from "./raw-peer.ts";

/** The whole answer to a request. */
async function ask(port: number, request: string): Promise<string[]> {
  const peer = await rawClient(port, request);
  const answer = (await peer.rest()).toString();
  peer.socket.destroy();
  return answer.split("\r\n");
}

/** A refusal in the form that both have. */
function refusal(status: string, message: string, ...headers: string[]): string[] {
  return [
    `HTTP/1.1 ${status}`,
    "Connection: close",
    "Content-Type: text/html",
    `Content-Length: ${message.length}`,
    ...headers,
    "",
    message,
  ];
}

describe.each(implementations)("$name › server › options", ({ WebSocketServer }) => {
  const error = new TypeError(
    'One and only one of the "port", "server", or "noServer" options must be specified',
  );

  it.each([
    [{}],
    [{ port: 0, noServer: true }],
    [{ noServer: true, server: {} as never }],
    [{ port: 0, server: {} as never }],
    [{ noServer: false }],
  ] as [ServerOptions][])("%j is not one source of handshakes", (options) => {
    expect(() => new WebSocketServer(options)).toThrow(error);
  });

  it("none at all are no source, either", () => {
    expect(() => new WebSocketServer()).toThrow(error);
  });

  it("keeps them", () => {
    const wss = new WebSocketServer({ noServer: true, path: "/chat", maxPayload: 5 });
    expect(wss.options).toMatchObject({ noServer: true, path: "/chat", maxPayload: 5 });
    expect(wss.clients).toEqual(new Set());
  });

  it("has no set of clients with clientTracking false", () => {
    expect(new WebSocketServer({ noServer: true, clientTracking: false }).clients).toBeUndefined();
  });
});

describe.each(implementations)("$name › server › listening", (implementation) => {
  const { WebSocketServer } = implementation;

  it("listens at a port, calls back and emits listening, has an address, and none afterwards", async () => {
    let called = 0;
    const wss = new WebSocketServer({ port: 0 }, () => called++);
    await once(wss, "listening");
    expect(called).toBe(1);
    expect(wss.address()).toMatchObject({ port: expect.any(Number) as number, family: "IPv6" });
    wss.close();
    expect(wss.address()).toBeNull();
    await once(wss, "close");
  });

  it("answers other requests at its port with 426", async () => {
    const { port } = await listen(implementation);
    const [response] = (await once(get({ port, host: "127.0.0.1" }), "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(426);
    expect(response.headers["content-type"]).toBe("text/plain");
    expect((await response.toArray()).join("")).toBe("Upgrade Required");
  });

  it("tells of a port that is taken", async () => {
    const { port } = await listen(implementation);
    const wss = new WebSocketServer({ port, host: "127.0.0.1" });
    const [error] = (await once(wss, "error")) as [{ code: string }];
    expect(error.code).toBe("EADDRINUSE");
  });

  it("passes on listening of a server that it was given, and leaves that running when it closes", async () => {
    const { http, url } = await serve();
    const wss = new WebSocketServer({ server: http });
    let listening = 0;
    wss.on("listening", () => listening++);
    http.emit("listening");
    const ws = dial(implementation, url);
    await Promise.all([once(wss, "connection"), once(ws, "open")]);
    expect(wss.address()).toEqual(http.address());
    wss.close();
    expect([listening, http.listening, http.listenerCount("upgrade")]).toEqual([1, true, 0]);
    ws.close();
    await once(wss, "close");
  });

  it("has no address in noServer mode", () => {
    const wss = new WebSocketServer({ noServer: true });
    expect(() => wss.address()).toThrow(new Error('The server is operating in "noServer" mode'));
  });
});

describe.each(implementations)("$name › server › close", (implementation) => {
  const { WebSocketServer } = implementation;

  it("waits for the clients, leaves them alone, and says so once", async () => {
    const { wss, client, server } = await connect({ server: implementation, client: implementation });
    const order: string[] = [];
    wss.on("close", () => order.push("close"));
    wss.close((error) => order.push(`callback ${String(error)}`));
    await new Promise((resolve) => setImmediate(resolve));
    expect([order, client.readyState]).toEqual([[], 1]);
    client.send("still");
    await once(server, "message");
    client.close();
    await once(wss, "close");
    expect(order).toEqual(["close", "callback undefined"]);
  });

  it("without a server of its own waits for the clients, too", async () => {
    const { http, url } = await serve();
    const wss = new WebSocketServer({ server: http });
    const ws = dial(implementation, url);
    await Promise.all([once(wss, "connection"), once(ws, "open")]);
    const states: number[] = [];
    wss.close(() => states.push(ws.readyState, wss.clients.size));
    ws.close();
    await once(wss, "close");
    expect(states.at(-1)).toBe(0);
  });

  it.each([{ clientTracking: true }, { clientTracking: false }])(
    "with %j and nobody there ends in the next tick",
    async (options) => {
      const wss = new WebSocketServer({ noServer: true, ...options });
      let isOver = false;
      wss.close(() => (isOver = true));
      expect(isOver).toBe(false);
      await once(wss, "close");
      expect(isOver).toBe(true);
    },
  );

  it("once more is an error for the callback, and an event", async () => {
    const wss = new WebSocketServer({ noServer: true });
    wss.close();
    await once(wss, "close");
    const error = await new Promise((resolve) => wss.close(resolve));
    expect(error).toEqual(new Error("The server is not running"));
  });

  it("refuses what comes later with 503", async () => {
    const { http, port } = await serve();
    const wss = new WebSocketServer({ noServer: true });
    http.on("upgrade", (request, socket, head) => {
      wss.close();
      wss.handleUpgrade(request, socket, head, () => expect.unreachable());
    });
    expect(await ask(port, handshake())).toEqual(refusal("503 Service Unavailable", "Service Unavailable"));
  });
});

describe.each(implementations)("$name › server › handshake", (implementation) => {
  const { WebSocketServer } = implementation;

  it.each([
    ["method", handshake({}, "POST / HTTP/1.1"), "405 Method Not Allowed", "Invalid HTTP method", []],
    ["upgrade", handshake({ Upgrade: "foo" }), "400 Bad Request", "Invalid Upgrade header", []],
    [
      "no key",
      handshake({ "Sec-WebSocket-Key": undefined }),
      "400 Bad Request",
      "Missing or invalid Sec-WebSocket-Key header",
      [],
    ],
    [
      "short key",
      handshake({ "Sec-WebSocket-Key": "P5l8BJcZwRc=" }),
      "400 Bad Request",
      "Missing or invalid Sec-WebSocket-Key header",
      [],
    ],
    [
      "no version",
      handshake({ "Sec-WebSocket-Version": undefined }),
      "400 Bad Request",
      "Missing or invalid Sec-WebSocket-Version header",
      ["Sec-WebSocket-Version: 13, 8"],
    ],
    [
      "version 12",
      handshake({ "Sec-WebSocket-Version": "12" }),
      "400 Bad Request",
      "Missing or invalid Sec-WebSocket-Version header",
      ["Sec-WebSocket-Version: 13, 8"],
    ],
    [
      "empty protocol",
      handshake({ "Sec-WebSocket-Protocol": "" }),
      "400 Bad Request",
      "Invalid Sec-WebSocket-Protocol header",
      [],
    ],
    [
      "protocol twice",
      handshake({ "Sec-WebSocket-Protocol": "a, b, a" }),
      "400 Bad Request",
      "Invalid Sec-WebSocket-Protocol header",
      [],
    ],
    [
      "protocol that is no token",
      handshake({ "Sec-WebSocket-Protocol": "a b" }),
      "400 Bad Request",
      "Invalid Sec-WebSocket-Protocol header",
      [],
    ],
    [
      "malformed extensions",
      handshake({ "Sec-WebSocket-Extensions": "permessage-deflate; =" }),
      "400 Bad Request",
      "Invalid or unacceptable Sec-WebSocket-Extensions header",
      [],
    ],
    [
      "parameter twice",
      handshake({
        "Sec-WebSocket-Extensions":
          "permessage-deflate; server_max_window_bits=10; server_max_window_bits=11",
      }),
      "400 Bad Request",
      "Invalid or unacceptable Sec-WebSocket-Extensions header",
      [],
    ],
    [
      "unknown parameter",
      handshake({ "Sec-WebSocket-Extensions": "permessage-deflate; foo=15" }),
      "400 Bad Request",
      "Invalid or unacceptable Sec-WebSocket-Extensions header",
      [],
    ],
    [
      "wrong value",
      handshake({ "Sec-WebSocket-Extensions": "permessage-deflate; server_max_window_bits=7" }),
      "400 Bad Request",
      "Invalid or unacceptable Sec-WebSocket-Extensions header",
      [],
    ],
    ["path", handshake({}, "GET /other?x=/chat HTTP/1.1"), "400 Bad Request", "Bad Request", []],
  ])("refuses a wrong %s", async (name, request, status, message, headers) => {
    const { port } = await listen(implementation, {
      perMessageDeflate: true,
      ...(name === "path" && { path: "/chat" }),
    });
    expect(await ask(port, request)).toEqual(refusal(status, message, ...headers));
  });

  it("leaves a bad request to the listeners of wsClientError", async () => {
    const { wss, port } = await listen(implementation);
    wss.on("wsClientError", (error, socket, request) => {
      socket.end(`HTTP/1.1 400 Bad Request\r\n\r\n${error.message}; ${request.url}`);
    });
    const answer = await ask(port, handshake({ "Sec-WebSocket-Version": "1" }, "GET /x HTTP/1.1"));
    expect(answer.at(-1)).toBe("Missing or invalid Sec-WebSocket-Version header; /x");
  });

  it.each([
    ["13", { Origin: "http://a" }, "http://a"],
    ["8", { "Sec-WebSocket-Origin": "http://b", Origin: "http://a" }, "http://b"],
  ])("of version %s asks verifyClient", async (version, headers, origin) => {
    const infos: unknown[] = [];
    const { port } = await listen(implementation, {
      verifyClient: (info: { origin: string; secure: boolean; req: IncomingMessage }) => {
        infos.push([info.origin, info.secure, info.req.url]);
        return false;
      },
    });
    const answer = await ask(
      port,
      handshake({ "Sec-WebSocket-Version": version, ...headers }, "GET /who HTTP/1.1"),
    );
    expect(answer).toEqual(refusal("401 Unauthorized", "Unauthorized"));
    expect(infos).toEqual([[origin, false, "/who"]]);
  });

  it.each([
    [[false], refusal("401 Unauthorized", "Unauthorized")],
    [[false, 404], refusal("404 Not Found", "Not Found")],
    [[false, 403, "No"], refusal("403 Forbidden", "No")],
    [
      [false, 503, "Later", { "Retry-After": 120 }],
      refusal("503 Service Unavailable", "Later", "Retry-After: 120"),
    ],
  ] as [[boolean, number?, string?, Record<string, never>?], string[]][])(
    "verifyClient with two parameters answers %j when it likes",
    async (answer, expected) => {
      const { port } = await listen(implementation, {
        verifyClient: (_info: unknown, callback: (...args: typeof answer) => void) => {
          setImmediate(() => callback(...answer));
        },
      });
      expect(await ask(port, handshake())).toEqual(expected);
    },
  );

  it("lets in whom verifyClient accepts later, with what came meanwhile", async () => {
    const { wss, port } = await listen(implementation, {
      verifyClient: (_info: unknown, callback: (verified: boolean) => void) =>
        setImmediate(() => callback(true)),
    });
    const message = new Promise((resolve) => {
      wss.on("connection", (ws) =>
        ws.on("message", (data, isBinary) => resolve(`${(data as Buffer).toString()} ${isBinary}`)),
      );
    });
    const peer = await rawClient(port);
    peer.write(Buffer.concat([Buffer.from(handshake()), frame(0x81, "early")]));
    expect(await message).toBe("early false");
  });

  it("answers in these lines, which listeners of headers may change", async () => {
    const { wss, port } = await listen(implementation, {
      perMessageDeflate: { serverNoContextTakeover: true },
    });
    wss.on("headers", (headers, request) => headers.push(`X-Path: ${request.url}`));
    const peer = await rawClient(
      port,
      handshake({
        "Sec-WebSocket-Protocol": "b, a",
        "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
      }),
    );
    expect((await peer.head()).split("\r\n")).toEqual([
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
      "Sec-WebSocket-Protocol: b",
      "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover",
      "X-Path: /",
    ]);
  });

  it.each([
    ["permessage-deflate", {}, "permessage-deflate"],
    [
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
      {},
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    ],
    ["permessage-deflate; server_max_window_bits=10", {}, "permessage-deflate; server_max_window_bits=10"],
    [
      "permessage-deflate; client_max_window_bits",
      { clientMaxWindowBits: 9 },
      "permessage-deflate; client_max_window_bits=9",
    ],
    [
      "permessage-deflate; client_max_window_bits=10",
      { clientMaxWindowBits: 9 },
      "permessage-deflate; client_max_window_bits=9",
    ],
    ["permessage-deflate", { serverMaxWindowBits: 12 }, "permessage-deflate; server_max_window_bits=12"],
    [
      "permessage-deflate; server_max_window_bits=10, permessage-deflate",
      { serverMaxWindowBits: false },
      "permessage-deflate",
    ],
    ["permessage-foo, permessage-deflate", {}, "permessage-deflate"],
    ["permessage-foo", {}, undefined],
    ["permessage-deflate; server_max_window_bits=10", { serverMaxWindowBits: 11 }, "refused"],
    ["permessage-deflate; server_no_context_takeover", { serverNoContextTakeover: false }, "refused"],
    ["permessage-deflate", { clientMaxWindowBits: 9 }, "refused"],
    ["permessage-deflate; client_max_window_bits=8", { clientMaxWindowBits: 9 }, "refused"],
  ] as [string, ServerOptions["perMessageDeflate"], string | undefined][])(
    "answers the offer %s, with %j",
    async (offer, perMessageDeflate, expected) => {
      const { port } = await listen(implementation, { perMessageDeflate });
      const head = await (await rawClient(port, handshake({ "Sec-WebSocket-Extensions": offer }))).head();
      if (expected === "refused") return expect(head).toMatch(/^HTTP\/1\.1 400 /);
      expect(head).toMatch(/^HTTP\/1\.1 101 /);
      expect(/Sec-WebSocket-Extensions: (.*)/.exec(head)?.[1]).toBe(expected);
    },
  );

  it("lets handleProtocols choose, or decline", async () => {
    const asked: string[][] = [];
    const { port } = await listen(implementation, {
      handleProtocols: (protocols) => {
        asked.push([...protocols]);
        return asked.length === 1 ? "two" : false;
      },
    });
    const request = handshake({ "Sec-WebSocket-Protocol": "one,two" });
    expect(await (await rawClient(port, request)).head()).toContain("Sec-WebSocket-Protocol: two");
    expect(await (await rawClient(port, request)).head()).not.toContain("Sec-WebSocket-Protocol");
    await (await rawClient(port, handshake())).head();
    expect(asked).toEqual([
      ["one", "two"],
      ["one", "two"],
    ]);
  });

  it("asks shouldHandle, which may be another", async () => {
    const { wss, port } = await listen(implementation);
    wss.shouldHandle = (request) => request.url === "/yes";
    expect(await (await rawClient(port, handshake({}, "GET /yes HTTP/1.1"))).head()).toMatch(/ 101 /);
    expect(await (await rawClient(port, handshake({}, "GET /no HTTP/1.1"))).head()).toMatch(/ 400 /);
  });

  it("by hand: the callback gets the WebSocket and the request, and no connection is emitted", async () => {
    const { http, url } = await serve();
    const wss = new WebSocketServer({ noServer: true, path: "/chat" });
    wss.on("connection", () => expect.unreachable());
    const got = new Promise<[WebSocket, IncomingMessage]>((resolve) => {
      http.on("upgrade", (request, socket, head) => {
        wss.handleUpgrade(request, socket, head, (ws, same) => {
          expect(same).toBe(request);
          resolve([ws, same]);
        });
      });
    });
    const client = dial(implementation, `${url}/chat?x=1`);
    const [[ws, request]] = await Promise.all([got, once(client, "open")]);
    expect([request.url, wss.clients.has(ws)]).toEqual(["/chat?x=1", true]);
    client.close();
    await closed(ws, client);
    expect(wss.clients.size).toBe(0);
  });

  it("throws for a socket that has a WebSocket", async () => {
    const { http, url } = await serve();
    const wss = new WebSocketServer({ noServer: true });
    let thrown: unknown;
    http.on("upgrade", (request, socket, head) => {
      wss.handleUpgrade(request, socket, head, (ws) => ws.close());
      try {
        wss.handleUpgrade(request, socket, head, () => expect.unreachable());
      } catch (error) {
        thrown = error;
      }
    });
    await closed(dial(implementation, url));
    expect(thrown).toEqual(
      new Error(
        "server.handleUpgrade() was called more than once with the same socket, possibly due to a misconfiguration",
      ),
    );
  });

  it("makes WebSockets of the class that it was given", async () => {
    class Named extends implementation.WebSocket {
      get who(): string {
        return "me";
      }
    }
    const { wss, url } = await listen(implementation, { WebSocket: Named });
    const client = dial(implementation, url);
    const [ws] = (await once(wss, "connection")) as [Named];
    expect(ws).toBeInstanceOf(Named);
    expect(ws.who).toBe("me");
    const events = trace(client);
    ws.close();
    await closed(client);
    expect(events.at(-1)).toBe('close 1005 ""');
  });
});
