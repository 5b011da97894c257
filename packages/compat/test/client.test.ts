// The client: addresses, options, what it makes of answers, and redirects.
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import nodeHttps, { createServer as createTlsServer } from "node:https";
import { Agent } from "node:http";
import { connect as netConnect, type AddressInfo } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { generate } from "selfsigned";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { ClientOptions } from "ws";
import { closed, dial, listen, serve, trace } from "./endpoints.ts";
import { implementations } from "./implementations.ts";
import { rawServer, switching } from "./raw-peer.ts";

describe.each(implementations)("$name › client › arguments", (implementation) => {
  const { WebSocket } = implementation;

  it.each([
    ["foo", new SyntaxError("Invalid URL: foo")],
    [
      "ftp://localhost",
      new SyntaxError('The URL\'s protocol must be one of "ws:", "wss:", "http:", "https:", or "ws+unix:"'),
    ],
    ["ws+unix:", new SyntaxError("The URL's pathname is empty")],
    ["ws://localhost#fragment", new SyntaxError("The URL contains a fragment identifier")],
  ])("%s is no address", (address, error) => {
    expect(() => new WebSocket(address)).toThrow(error);
  });

  it.each([[["a", "a"]], [["a b"]], [[""]], [[null]], ["a,b"], [null], [""]] as never[][])(
    "%j are no subprotocols",
    (protocols) => {
      expect(() => new WebSocket("ws://localhost", protocols)).toThrow(
        new SyntaxError("An invalid or duplicated subprotocol was specified"),
      );
    },
  );

  it("knows no other version than 8 and 13", () => {
    expect(() => new WebSocket("ws://localhost", { protocolVersion: 1000 })).toThrow(
      new RangeError("Unsupported protocol version: 1000 (supported versions: 8, 13)"),
    );
  });

  it.each([
    ["a URL", (url: string) => new WebSocket(new URL(url))],
    ["http:", (url: string) => new WebSocket(url.replace("ws:", "http:"))],
    ["options in the second place", (url: string) => new WebSocket(url, { protocolVersion: 13 })],
    ["null and options", (url: string) => new WebSocket(url, undefined, { autoPong: false })],
  ])("takes %s", async (_, create) => {
    const { wss, url } = await listen(implementation);
    const ws = create(url);
    expect([ws.url, ws.readyState, ws.protocol, ws.extensions, ws.bufferedAmount]).toEqual([
      `${url}/`,
      0,
      "",
      "",
      0,
    ]);
    const [[, request]] = (await Promise.all([once(wss, "connection"), once(ws, "open")])) as never as [
      [unknown, IncomingMessage],
    ];
    expect(request.url).toBe("/");
    ws.close();
    await closed(ws);
  });

  it("takes subprotocols among the options", async () => {
    const { url } = await listen(implementation);
    const ws = new WebSocket(url, { protocols: ["x", "y"] } as ClientOptions);
    await once(ws, "open");
    expect(ws.protocol).toBe("x");
    ws.terminate();
  });
});

describe.each(implementations)("$name › client › request", (implementation) => {
  /** The request that a client makes. */
  async function request(
    options: ClientOptions,
    target = "/path?query",
    user = "",
  ): Promise<IncomingMessage> {
    const { http, url } = await serve();
    const address = url.replace("ws://", `ws://${user}`) + target;
    const asked = new Promise<IncomingMessage>((resolve) => {
      http.on("upgrade", (incoming, socket) => {
        socket.on("error", () => {});
        socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        resolve(incoming);
      });
    });
    const ws = dial(implementation, address, [], options);
    ws.on("error", () => {});
    return asked;
  }

  it("asks for what RFC 6455 §4.1 wants, and for compression", async () => {
    const { method, url, headers } = await request({});
    expect([method, url]).toEqual(["GET", "/path?query"]);
    expect(headers).toMatchObject({
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-extensions": "permessage-deflate; client_max_window_bits",
    });
    expect(headers["sec-websocket-key"]).toMatch(/^[+/0-9A-Za-z]{22}==$/);
    expect(headers.origin).toBeUndefined();
  });

  it.each([
    [{ perMessageDeflate: false }, "sec-websocket-extensions", undefined],
    [
      {
        perMessageDeflate: {
          serverNoContextTakeover: true,
          clientNoContextTakeover: true,
          serverMaxWindowBits: 10,
          clientMaxWindowBits: 11,
        },
      },
      "sec-websocket-extensions",
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=11",
    ],
    [{ perMessageDeflate: { clientMaxWindowBits: false } }, "sec-websocket-extensions", "permessage-deflate"],
    [{ origin: "https://a" }, "origin", "https://a"],
    [{ origin: "https://a", protocolVersion: 8 }, "sec-websocket-origin", "https://a"],
    [{ protocolVersion: 8 }, "sec-websocket-version", "8"],
    [{ headers: { cookie: "a=b", "X-Other": "c" } }, "cookie", "a=b"],
    [{ headers: { host: "elsewhere" } }, "host", "elsewhere"],
    [{ auth: "a:b" }, "authorization", "Basic YTpi"],
    [{ headers: { "sec-websocket-key": "mine" } }, "upgrade", "websocket"],
  ] as [ClientOptions, string, string | undefined][])("%j makes %s %s", async (options, name, value) => {
    expect((await request(options)).headers[name]).toBe(value);
  });

  it("takes credentials from the URL, and a header before them", async () => {
    expect((await request({}, "/", "us%20er:pa%3Ass@")).headers.authorization).toBe(
      `Basic ${Buffer.from("us er:pa:ss").toString("base64")}`,
    );
    const headers = { authorization: "Bearer x" };
    expect((await request({ headers }, "/", "a:b@")).headers.authorization).toBe("Bearer x");
  });

  it("lets finishRequest end it", async () => {
    const incoming = await request({
      finishRequest: (each) => {
        each.setHeader("X-Late", "yes");
        setImmediate(() => each.end());
      },
    });
    expect(incoming.headers["x-late"]).toBe("yes");
  });

  it("may be given up by finishRequest", async () => {
    const { url } = await listen(implementation);
    const ws = dial(implementation, url, [], { finishRequest: (_, each) => each.terminate() });
    const events = trace(ws);
    await closed(ws);
    expect(events).toEqual([
      "error Error - WebSocket was closed before the connection was established",
      'close 1006 ""',
    ]);
  });

  it("is made by whoever has taken the place of https.request and tls.connect", async () => {
    const { port } = await serve();
    const requested = vi.spyOn(nodeHttps, "request");
    const connectTls = vi.spyOn(tls, "connect").mockImplementation((() => netConnect(port)) as never);
    onTestFinished(() => {
      requested.mockRestore();
      connectTls.mockRestore();
    });
    const options: ClientOptions & tls.ConnectionOptions = { servername: "" };
    const ws = dial(implementation, "wss://127.0.0.1", [], options);
    ws.on("error", () => {});
    expect(requested).toHaveBeenCalledOnce();
    expect(connectTls).toHaveBeenCalledWith(expect.objectContaining({ servername: "" }));
  });

  it("uses an agent, or createConnection", async () => {
    let created = 0;
    class Counting extends Agent {
      // oxlint-disable-next-line typescript/no-explicit-any -- as Node has it
      override createConnection(...args: any[]): any {
        created++;
        return netConnect(...(args as [never]));
      }
    }
    await request({ agent: new Counting() });
    await request({
      createConnection: ((options: never) => {
        created++;
        return netConnect(options);
      }) as never,
    });
    expect(created).toBe(2);
  });

  it("goes over a Unix socket, to a path there", async () => {
    const folder = await mkdtemp(join(tmpdir(), "compat-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const http = createServer();
    const socket = join(folder, "s");
    await once(http.listen(socket), "listening");
    onTestFinished(() => void http.close());
    const wss = new implementation.WebSocketServer({ server: http });
    for (const [suffix, path] of [
      ["", "/"],
      [":/there?x", "/there?x"],
    ]) {
      const ws = dial(implementation, `ws+unix:${socket}${suffix}`);
      const [, incoming] = (await once(wss, "connection")) as [unknown, IncomingMessage];
      expect([incoming.url, incoming.headers.host, wss.address()]).toEqual([path, "localhost", socket]);
      ws.on("error", () => {});
      ws.terminate();
    }
  });

  it("speaks TLS, and trusts nobody unasked", async () => {
    const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }]);
    const https = createTlsServer({ key, cert });
    await once(https.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => {
      https.closeAllConnections();
      https.close();
    });
    const secure: boolean[] = [];
    const wss = new implementation.WebSocketServer({
      server: https,
      verifyClient: (info: { secure: boolean }) => secure.push(info.secure) > 0,
    });
    wss.on("connection", (ws) => ws.send("hello"));
    const url = `wss://127.0.0.1:${(https.address() as AddressInfo).port}`;
    const stranger = dial(implementation, url);
    const events = trace(stranger);
    await closed(stranger);
    expect(events[0]).toMatch(/^error Error DEPTH_ZERO_SELF_SIGNED_CERT/);
    const friend = dial(implementation, url, [], { rejectUnauthorized: false });
    const [data] = (await once(friend, "message")) as [Buffer];
    expect([data.toString(), secure]).toEqual(["hello", [true]]);
  });
});

describe.each(implementations)("$name › client › answers", (implementation) => {
  it.each([
    [
      "Upgrade",
      (accept: string) => switching(accept).replace("Upgrade: websocket", "Upgrade: foo"),
      "Invalid Upgrade header",
    ],
    ["Accept", () => switching("CxYS6+NgJSBG74mdgLvGscRvpns="), "Invalid Sec-WebSocket-Accept header"],
    [
      "unasked protocol",
      (accept: string) => switching(accept, "Sec-WebSocket-Protocol: foo\r\n"),
      "Server sent a subprotocol but none was requested",
    ],
    [
      "unasked extension",
      (accept: string) => switching(accept, "Sec-WebSocket-Extensions: foo\r\n"),
      "Server indicated an extension that was not requested",
    ],
    [
      "malformed extension",
      (accept: string) => switching(accept, "Sec-WebSocket-Extensions: permessage-deflate; =\r\n"),
      "Invalid Sec-WebSocket-Extensions header",
    ],
    [
      "unknown parameter",
      (accept: string) => switching(accept, "Sec-WebSocket-Extensions: permessage-deflate; foo\r\n"),
      "Invalid Sec-WebSocket-Extensions header",
    ],
  ])("fails at a wrong %s", async (_, answer, message) => {
    const { url } = await rawServer(answer);
    const ws = dial(implementation, url);
    const events = trace(ws);
    await closed(ws);
    expect(events).toEqual(["upgrade IncomingMessage", `error Error - ${message}`, 'close 1006 ""']);
  });

  it.each([
    [["foo"], "Sec-WebSocket-Protocol: bar\r\n", {}, "Server sent an invalid subprotocol"],
    [["foo"], "", {}, "Server sent no subprotocol"],
    [
      [],
      "Sec-WebSocket-Extensions: permessage-deflate\r\n",
      { perMessageDeflate: false },
      "Server sent a Sec-WebSocket-Extensions header but no extension was requested",
    ],
    [
      [],
      "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n",
      { perMessageDeflate: { clientNoContextTakeover: false } },
      "Invalid Sec-WebSocket-Extensions header",
    ],
  ] as [string[], string, ClientOptions, string][])(
    "having asked for %j fails at %j",
    async (protocols, header, options, message) => {
      const { url } = await rawServer((accept) => switching(accept, header));
      const ws = dial(implementation, url, protocols, options);
      const events = trace(ws);
      await closed(ws);
      expect(events.slice(1)).toEqual([`error Error - ${message}`, 'close 1006 ""']);
    },
  );

  it("tells of another status", async () => {
    const { http, url } = await serve();
    http.on("upgrade", (_request, socket) =>
      socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"),
    );
    const ws = dial(implementation, url);
    const events = trace(ws);
    await closed(ws);
    expect(events).toEqual(["error Error - Unexpected server response: 401", 'close 1006 ""']);
    expect(ws.readyState).toBe(3);
  });

  it("leaves that to the listeners of unexpected-response", async () => {
    const { http, url } = await serve();
    http.on("upgrade", (_request, socket) =>
      socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 3\r\n\r\nno!"),
    );
    const ws = dial(implementation, url);
    const events = trace(ws);
    const text = await new Promise((resolve) => {
      ws.on("unexpected-response", (request, response) => {
        void response
          .toArray()
          .then((chunks) => resolve(`${response.statusCode} ${request.method} ${chunks.join("")}`));
      });
    });
    expect([text, events, ws.readyState]).toEqual(["401 GET no!", [], 0]);
    ws.terminate();
    await closed(ws);
    expect(events).toEqual([
      "error Error - WebSocket was closed before the connection was established",
      'close 1006 ""',
    ]);
  });

  it("tells of a port where nobody listens, and of a hang-up", async () => {
    const { http, url } = await serve();
    http.on("upgrade", (_request, socket) => socket.destroy());
    const cut = dial(implementation, url);
    const cutEvents = trace(cut);
    await closed(cut);
    expect(cutEvents).toEqual(["error Error ECONNRESET socket hang up", 'close 1006 ""']);
    http.close();
    await once(http, "close");
    const lost = dial(implementation, url);
    const events = trace(lost);
    await closed(lost);
    expect(events[0]).toMatch(/^error Error ECONNREFUSED connect ECONNREFUSED 127\.0\.0\.1/);
    expect(events[1]).toBe('close 1006 ""');
  });
});

describe.each(implementations)("$name › client › redirects", (implementation) => {
  it.each([
    ["the same host", false, [`Basic ${btoa("a:b")}`]],
    ["another host", true, [undefined]],
  ])("to %s with credentials in the URL: the first ones win", async (_, isElsewhere, expected) => {
    const seen: unknown[] = [];
    const [{ http, url }, other] = [await serve(), await serve()];
    for (const each of [http, other.http]) {
      each.on("upgrade", (request, socket) => {
        if (request.url === "/goal") seen.push(request.headers.authorization);
        const goal = (isElsewhere ? other.url : url).replace("ws://", "ws://c:d@");
        const isFirst = request.url === "/";
        socket.end(
          `HTTP/1.1 ${isFirst ? 302 : 404} Some\r\n${isFirst ? `Location: ${goal}/goal\r\n` : ""}\r\n`,
        );
      });
    }
    const ws = dial(implementation, url.replace("ws://", "ws://a:b@"), [], { followRedirects: true });
    ws.on("error", () => {});
    await closed(ws);
    expect(seen).toEqual(expected);
  });

  it("may be called off by the listener of redirect", async () => {
    const { http, url } = await serve();
    http.on("upgrade", (_request, socket) => socket.end("HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n"));
    const ws = dial(implementation, url, [], { followRedirects: true });
    ws.on("redirect", () => ws.terminate());
    const events = trace(ws);
    await closed(ws);
    expect(events).toEqual([
      `redirect ${url}/again ClientRequest`,
      "error Error - WebSocket was closed before the connection was established",
      'close 1006 ""',
    ]);
  });

  it("are errors, unless followed", async () => {
    const { http, url } = await serve();
    http.on("upgrade", (_request, socket) =>
      socket.end("HTTP/1.1 302 Found\r\nLocation: ws://localhost:1\r\n\r\n"),
    );
    const ws = dial(implementation, url);
    const events = trace(ws);
    await closed(ws);
    expect(events).toEqual(["error Error - Unexpected server response: 302", 'close 1006 ""']);
  });

  it("are followed, where asked for, and change the url", async () => {
    const { url: goal } = await listen(implementation);
    const { http, url } = await serve();
    http.on("upgrade", (request, socket) => {
      const location = request.url === "/" ? "/again" : `${goal}/there`.replace("ws:", "http:");
      socket.end(`HTTP/1.1 307 Temporary Redirect\r\nLocation: ${location}\r\n\r\n`);
    });
    const ws = dial(implementation, url, [], { followRedirects: true });
    const events = trace(ws);
    await once(ws, "open");
    expect(ws.url).toBe(`${goal}/there`);
    expect(events).toEqual([
      `redirect ${url}/again ClientRequest`,
      `redirect ${goal}/there ClientRequest`,
      "upgrade IncomingMessage",
      "open",
    ]);
  });

  it.each([
    ["ws://localhost#f", "SyntaxError - The URL contains a fragment identifier"],
    [
      "ftp://x",
      'SyntaxError - The URL\'s protocol must be one of "ws:", "wss:", "http:", "https:", or "ws+unix:"',
    ],
    ["/round", "Error - Maximum redirects exceeded"],
  ])("to %s end in an error", async (location, error) => {
    const { http, url } = await serve();
    http.on("upgrade", (_request, socket) =>
      socket.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\n\r\n`),
    );
    const ws = dial(implementation, url, [], { followRedirects: true, maxRedirects: 2 });
    const events = trace(ws);
    await closed(ws);
    expect(events.slice(-2)).toEqual([`error ${error}`, 'close 1006 ""']);
  });

  it.each([
    ["another host takes no secrets along", true, false, [undefined, undefined, "kept"]],
    ["the same host gets them again", false, false, ["Basic YTpi", "c=d", "kept"]],
    ["who listens for redirect decides", true, true, ["Basic YTpi", "c=d", "kept"]],
  ])("%s", async (_, isElsewhere, listens, expected) => {
    const seen: unknown[] = [];
    const { http: goal, url: goalUrl } = await serve();
    const { http, url } = await serve();
    goal.on("upgrade", note);
    http.on("upgrade", (request, socket) => {
      if (request.url !== "/") return note(request, socket);
      socket.end(`HTTP/1.1 302 Found\r\nLocation: ${isElsewhere ? goalUrl : url}/goal\r\n\r\n`);
    });
    function note(request: IncomingMessage, socket: { end(text: string): void }): void {
      const { authorization, cookie, "x-other": other } = request.headers;
      seen.push(authorization, cookie, other);
      socket.end("HTTP/1.1 404 Not Found\r\n\r\n");
    }
    const ws = dial(implementation, url, [], {
      followRedirects: true,
      headers: { Authorization: "Basic YTpi", Cookie: "c=d", "X-Other": "kept" },
    });
    if (listens) ws.on("redirect", () => {});
    ws.on("error", () => {});
    await closed(ws);
    expect(seen).toEqual(expected);
  });
});
