import { Buffer } from "node:buffer";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { connect, ConnectError } from "@ws/client";
import { certificate } from "./certificate.ts";
import { echoServer, expectEcho } from "./echo.ts";
import { httpProxy } from "./http-proxy.ts";
import { letGo, listen, rawServer, welcome } from "./raw-server.ts";

const failure = (promise: Promise<unknown>): Promise<ConnectError> =>
  promise.then(
    () => Promise.reject(new Error("It connected")),
    (error: unknown) => error as ConnectError,
  );

describe("client › through an HTTP proxy (RFC 6455 §4.1, RFC 9110 §9.3.6)", () => {
  it("asks it to CONNECT to host and port, and speaks with the server inside", async () => {
    const server = await rawServer(echoServer);
    const proxy = await httpProxy({ port: server.port });
    await expectEcho(await connect("ws://chat.example.org/room", { proxy: proxy.url }));
    expect(proxy.requests).toEqual([
      "CONNECT chat.example.org:80 HTTP/1.1\r\nHost: chat.example.org:80\r\n\r\n",
    ]);
    expect(server.requests[0]).toMatch(/^GET \/room HTTP\/1\.1\r\nHost: chat\.example\.org\r\n/);
  });

  it("writes an IPv6 address in brackets", async () => {
    const server = await rawServer(echoServer);
    const proxy = await httpProxy({ port: server.port });
    await expectEcho(await connect("ws://[2001:db8::1]:81/", { proxy: new URL(proxy.url) }));
    expect(proxy.requests[0]).toMatch(/^CONNECT \[2001:db8::1\]:81 HTTP/);
  });

  it("takes host:port for an http: proxy", async () => {
    const server = await rawServer(echoServer);
    const proxy = await httpProxy({ port: server.port });
    await expectEcho(await connect("ws://example.org/", { proxy: `localhost:${proxy.port}` }));
  });

  it("gives the proxy its credentials and nothing of ours, and the server nothing of the proxy's", async () => {
    const server = await rawServer(echoServer);
    const proxy = await httpProxy({ port: server.port });
    const withPassword = proxy.url.replace("//", "//me:p%C3%A4ss%3A@");
    await expectEcho(
      await connect("ws://user:secret@example.org/", {
        proxy: withPassword,
        headers: { Cookie: "session=1" },
      }),
    );
    const credentials = Buffer.from("me:päss:").toString("base64");
    expect(proxy.requests[0]).toContain(`\r\nProxy-Authorization: Basic ${credentials}\r\n`);
    expect(proxy.requests[0]).not.toMatch(/^(?:authorization|cookie)/im);
    expect(server.requests[0]).toContain("\r\nCookie: session=1\r\n");
    expect(server.requests[0]).toMatch(/^Authorization: Basic/m);
    expect(server.requests[0]).not.toMatch(/proxy/i);
  });

  it("speaks TLS with the server inside the tunnel, and with its name", async () => {
    const tls = await certificate("chat.example.org");
    const server = await rawServer(echoServer, { tls });
    const proxy = await httpProxy({ port: server.port });
    await expectEcho(await connect("wss://chat.example.org/", { proxy: proxy.url, tls: { ca: tls.cert } }));
    expect(proxy.requests[0]).toMatch(/^CONNECT chat\.example\.org:443 /);
    await expect(connect("wss://chat.example.org/", { proxy: proxy.url })).rejects.toMatchObject({
      code: "NETWORK",
      cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    });
  });

  it.each(["ws", "wss"])("speaks TLS with an https: proxy, and %s inside it", async (scheme) => {
    const inner = await certificate("chat.example.org");
    const outer = await certificate("localhost");
    const server = await rawServer(echoServer, scheme === "wss" ? { tls: inner } : {});
    const proxy = await httpProxy({ port: server.port, tls: outer });
    const options = { proxy: proxy.url, tls: { ca: inner.cert } };
    await expectEcho(
      await connect(`${scheme}://chat.example.org/`, { ...options, proxyTls: { ca: outer.cert } }),
    );
    await letGo(proxy.sockets);

    // The CA of the server says nothing of the proxy.
    const error = await failure(connect(`${scheme}://chat.example.org/`, options));
    expect(error).toMatchObject({ code: "PROXY", cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" } });
  });

  it.each([
    ["407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="x"'],
    ["403 Forbidden", "X-Why: no"],
    ["502 Bad Gateway", "X-Why: unreachable"],
    ["302 Found", "Location: http://elsewhere/"],
    ["101 Switching Protocols", "Upgrade: websocket"],
  ])("refuses the answer %s of the proxy, with status and headers", async (status, header) => {
    const proxy = await httpProxy({ answer: `HTTP/1.1 ${status}\r\n${header}\r\n\r\nbody` });
    const error = await failure(connect("ws://example.org/", { proxy: proxy.url, maxRedirects: 3 }));
    expect(error).toBeInstanceOf(ConnectError);
    expect(error.code).toBe("PROXY");
    expect(error.response?.status).toBe(Number(status.slice(0, 3)));
    const [name = "", value] = header.split(": ");
    expect(error.response?.headers.get(name)).toBe(value);
    await letGo(proxy.sockets);
  });

  it("loses no byte of the tunnel that shares a segment with the proxy's answer", async () => {
    // A server that speaks first can only say no: it does not know the key yet.
    const proxy = await httpProxy({
      answer: "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n",
    });
    const error = await failure(connect("ws://example.org/", { proxy: proxy.url }));
    expect(error).toMatchObject({ code: "UNEXPECTED_STATUS", response: { status: 403 } });
  });

  it.each([
    ["is no HTTP", "SSH-2.0-OpenSSH\r\n\r\n"],
    ["has no end", `HTTP/1.1 200 OK\r\nX-Y: ${"y".repeat(20_000)}\r\n\r\n`],
    ["has too many fields", `HTTP/1.1 200 OK\r\n${"X-Y: y\r\n".repeat(101)}\r\n`],
    ["promises for ever", "HTTP/1.1 100 Continue\r\n\r\n".repeat(100)],
  ])("refuses an answer of the proxy that %s, and drops it", async (_what, answer) => {
    const proxy = await httpProxy({ answer });
    expect((await failure(connect("ws://example.org/", { proxy: proxy.url }))).code).toBe("PROXY");
    await letGo(proxy.sockets);
  });

  it("reports a proxy that cannot be reached, or leaves without an answer", async () => {
    const error = await failure(connect("ws://example.org/", { proxy: "http://localhost:1" }));
    expect(error).toMatchObject({ code: "PROXY", cause: { code: "ECONNREFUSED" } });
    const { port } = await listen((socket) => socket.once("data", () => socket.end()));
    const another = await failure(connect("ws://example.org/", { proxy: `http://localhost:${port}` }));
    expect(another).toMatchObject({ code: "PROXY" });
  });

  it.each([
    ["a proxy that does not answer", { answer: "" }],
    ["a server behind it that does not answer", {}],
  ])("gives up on %s after handshakeTimeoutMs, and leaves no socket behind", async (_what, options) => {
    const server = await rawServer(() => {});
    const proxy = await httpProxy({ ...options, port: server.port });
    await expect(
      connect("ws://example.org/", { proxy: proxy.url, handshakeTimeoutMs: 100 }),
    ).rejects.toMatchObject({ code: "HANDSHAKE_TIMEOUT" });
    await letGo([...proxy.sockets, ...server.sockets]);
  });

  it("gives up on TLS inside the tunnel when aborted, with the signal's reason", async () => {
    const controller = new AbortController();
    const reason = new Error("changed my mind");
    const server = await listen((socket) => socket.once("data", () => controller.abort(reason)));
    const proxy = await httpProxy({ port: server.port });
    await expect(connect("wss://example.org/", { proxy: proxy.url, signal: controller.signal })).rejects.toBe(
      reason,
    );
    await letGo([...proxy.sockets, ...server.sockets]);
  });

  it.each([
    ["no URL", "http://"],
    ["a scheme of no proxy", "ftp://user:hunter2@localhost"],
    ["credentials that do not decode", "http://user:hunter2%ff@localhost"],
  ])("refuses %s before it dials, and does not repeat the password", async (_what, proxy) => {
    const error = await failure(connect("ws://example.org/", { proxy }));
    expect(error).toBeInstanceOf(TypeError);
    expect(inspect(error)).not.toContain("hunter2");
  });

  it("refuses a user name with a colon, which would move the boundary (RFC 7617 §2)", async () => {
    await expect(connect("ws://example.org/", { proxy: "http://a%3Ab:c@localhost" })).rejects.toBeInstanceOf(
      TypeError,
    );
  });

  it("dials directly where proxy is false", async () => {
    const server = await rawServer(welcome);
    (await connect(server.url, { proxy: false })).terminate();
  });
});
