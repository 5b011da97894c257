import { lookup } from "node:dns/promises";
import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { connect, ConnectError } from "@ws/client";
import { certificate } from "./certificate.ts";
import { echoServer, expectEcho } from "./echo.ts";
import { letGo, listen, rawServer } from "./raw-server.ts";
import { socksProxy } from "./socks-proxy.ts";

vi.mock("node:dns/promises", () => ({ lookup: vi.fn() }));

const failure = (promise: Promise<unknown>): Promise<ConnectError> =>
  promise.then(
    () => Promise.reject(new Error("It connected")),
    (error: unknown) => error as ConnectError,
  );

describe("client › through a SOCKS proxy (RFC 1928)", () => {
  it.each([
    ["socks5h", "5 name chat.localhost:80"],
    ["socks", "5 name chat.localhost:80"],
    ["socks5", "5 address 192.0.2.7:80"],
    ["socks4a", "4 name chat.localhost:80"],
    ["socks4", "4 address 192.0.2.7:80"],
  ])("%s: asks for %s", async (scheme, request) => {
    vi.mocked(lookup).mockResolvedValue({ address: "192.0.2.7", family: 4 });
    const server = await rawServer(echoServer);
    const proxy = await socksProxy({ port: server.port });
    const url = `${scheme}://localhost:${proxy.port}`;
    await expectEcho(await connect("ws://chat.localhost/", { proxy: url }));
    expect(proxy.requests).toEqual([request]);
    await letGo(proxy.sockets);
  });

  it("sends an IPv6 address as one", async () => {
    const server = await rawServer(echoServer);
    const proxy = await socksProxy({ port: server.port });
    await expectEcho(await connect("ws://[2001:db8::1]/", { proxy: `socks5h://localhost:${proxy.port}` }));
    expect(proxy.requests).toEqual(["5 address 32,1,13,184,0,0,0,0,0,0,0,0,0,0,0,1:80"]);
  });

  it("speaks TLS with the server inside", async () => {
    const tls = await certificate("chat.example.org");
    const server = await rawServer(echoServer, { tls });
    const proxy = await socksProxy({ port: server.port });
    const url = `socks5h://localhost:${proxy.port}`;
    await expectEcho(await connect("wss://chat.example.org/", { proxy: url, tls: { ca: tls.cert } }));
    expect(proxy.requests).toEqual(["5 name chat.example.org:443"]);
  });

  it("says user and password to the proxy alone (RFC 1929)", async () => {
    const server = await rawServer(echoServer);
    const proxy = await socksProxy({ port: server.port, password: "päss" });
    const url = `socks5h://me:p%C3%A4ss@localhost:${proxy.port}`;
    await expectEcho(await connect("ws://example.org/", { proxy: url }));
    expect(proxy.credentials).toEqual(["me:päss"]);
    expect(server.requests[0]).not.toMatch(/authorization/i);
  });

  it("refuses to go on without the right password, and does not repeat the wrong one", async () => {
    const proxy = await socksProxy({ password: "right" });
    const url = `socks5h://me:hunter2@localhost:${proxy.port}`;
    const error = await failure(connect("ws://example.org/", { proxy: url }));
    expect(error.code).toBe("PROXY");
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("hunter2");
    await letGo(proxy.sockets);
  });

  it.each(["socks4a", "socks5h"])("%s: reports the no of the proxy, with its reason", async (scheme) => {
    const proxy = await socksProxy({ reply: 5 });
    const error = await failure(
      connect("ws://example.org/", { proxy: `${scheme}://localhost:${proxy.port}` }),
    );
    expect(error).toBeInstanceOf(ConnectError);
    expect(error.code).toBe("PROXY");
    expect(error.message).toMatch(scheme === "socks5h" ? /ConnectionRefused/ : /Rejected/i);
    await letGo(proxy.sockets);
  });

  it("loses no byte of the tunnel that shares a segment with the proxy's answer", async () => {
    const behind = Buffer.from("HTTP/1.1 403 Forbidden\r\n\r\n");
    const proxy = await socksProxy({ behind });
    const error = await failure(connect("ws://example.org/", { proxy: `socks5h://localhost:${proxy.port}` }));
    expect(error.response?.status).toBe(403);
  });

  it("refuses a name too long for the protocol, which crashed the process where a redirect brought it", async () => {
    const long = `${"a.".repeat(150)}example.org`;
    const server = await rawServer((socket) => {
      socket.end(`HTTP/1.1 302 Found\r\nLocation: ws://${long}/\r\n\r\n`);
    });
    const proxy = await socksProxy({ port: server.port });
    const url = `socks5h://localhost:${proxy.port}`;
    const error = await failure(connect("ws://example.org/", { proxy: url, maxRedirects: 1 }));
    expect(error.code).toBe("PROXY");
    expect(proxy.requests).toHaveLength(1);
  });

  it.each([
    ["another version", [[4, 0]]],
    ["a method that was not offered", [[5, 3]]],
    ["no method", [[5, 255]]],
    [
      "a kind of address that does not exist",
      [
        [5, 0],
        [5, 0, 0, 9, ...Array<number>(20).fill(0)],
      ],
    ],
    [
      "a name that is cut short",
      [
        [5, 0],
        [5, 0, 0, 3, 255, 97],
      ],
    ],
    ["an answer that is cut short", [[5, 0], [5]]],
    ["HTTP", [[...Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")]]],
  ])("survives a proxy that answers with %s", async (_what, answers) => {
    const { port, sockets } = await listen((socket) => {
      let next = 0;
      socket.on("data", () => {
        const answer = answers[next++];
        if (answer === undefined) socket.end();
        else socket.write(Buffer.from(answer));
        if (next === answers.length) socket.end();
      });
    });
    const error = await failure(connect("ws://example.org/", { proxy: `socks5h://localhost:${port}` }));
    expect(error).toBeInstanceOf(ConnectError);
    await letGo(sockets);
  });

  it("reports a name that cannot be looked up here", async () => {
    const cause = new Error("getaddrinfo ENOTFOUND");
    vi.mocked(lookup).mockRejectedValue(cause);
    const proxy = await socksProxy();
    const error = await failure(connect("ws://example.org/", { proxy: `socks5://localhost:${proxy.port}` }));
    expect(error).toMatchObject({ code: "NETWORK", cause });
    expect(proxy.sockets).toHaveLength(0);
  });

  it("gives up after handshakeTimeoutMs, on the proxy and on the lookup, and leaves no socket behind", async () => {
    const silent = await rawServer(() => {});
    const options = { proxy: `socks5h://localhost:${silent.port}`, handshakeTimeoutMs: 50 };
    await expect(connect("ws://example.org/", options)).rejects.toMatchObject({ code: "HANDSHAKE_TIMEOUT" });
    await letGo(silent.sockets);
    vi.mocked(lookup).mockReturnValue(new Promise(() => {}));
    await expect(
      connect("ws://example.org/", { ...options, proxy: options.proxy.replace("5h", "5") }),
    ).rejects.toMatchObject({ code: "HANDSHAKE_TIMEOUT" });
  });
});
