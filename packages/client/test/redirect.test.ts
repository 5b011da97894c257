import { createSecureContext } from "node:tls";
import { describe, expect, it } from "vitest";
import { connect, type ConnectError, type ConnectResponse } from "@ws/client";
import { certificate } from "./certificate.ts";
import { echoServer, expectEcho } from "./echo.ts";
import { httpProxy } from "./http-proxy.ts";
import { letGo, rawServer, type RawServer } from "./raw-server.ts";

const SECRETS = {
  Authorization: "Bearer secret",
  Cookie: "session=secret",
  "Proxy-Authorization": "Basic secret",
  "X-Client": "here",
};
const SECRET = /^(?:authorization|cookie|proxy-authorization)|secret/im;

/** Sends on whoever asks for `/`, and welcomes whoever asks for anything else. */
function redirecting(
  location: string | ((self: string) => string),
  status = 302,
  tls?: object,
): Promise<RawServer> {
  return rawServer(
    (socket, key, head) => {
      if (!head.startsWith("GET / ")) return echoServer(socket, key);
      const self = /^Host: (.*)\r$/m.exec(head)![1]!;
      const to = typeof location === "string" ? location : location(self);
      socket.end(`HTTP/1.1 ${status} Elsewhere\r\nLocation: ${to}\r\nSet-Cookie: seen=1\r\n\r\n`);
    },
    { ...(tls && { tls }) },
  );
}

describe("client › redirects (RFC 6455 §4.1)", () => {
  it("follows none by default, and says where it was sent", async () => {
    const server = await redirecting("/there");
    const error = (await connect(server.url).catch((reason: unknown) => reason)) as ConnectError;
    expect(error.code).toBe("UNEXPECTED_STATUS");
    expect(error.response?.headers.get("location")).toBe("/there");
    expect(server.requests).toHaveLength(1);
  });

  it.each([301, 302, 303, 307, 308])("follows a %i, with another key and all headers", async (status) => {
    const server = await redirecting("/there?x=1#part", status);
    await expectEcho(await connect(server.url, { maxRedirects: 1, headers: SECRETS, protocols: "chat" }));
    const [first, second] = server.requests as [string, string];
    expect(second).toMatch(/^GET \/there\?x=1 HTTP\/1\.1\r\n/);
    for (const [name, value] of Object.entries(SECRETS))
      expect(second).toContain(`\r\n${name}: ${value}\r\n`);
    expect(second).toContain("\r\nSec-WebSocket-Protocol: chat\r\n");
    const key = /Sec-WebSocket-Key: (\S+)/;
    expect(key.exec(second)![1]).not.toBe(key.exec(first)![1]);
    await letGo(server.sockets);
  });

  it.each([300, 304, 305, 306])("does not follow a %i", async (status) => {
    const server = await redirecting("/there", status);
    await expect(connect(server.url, { maxRedirects: 5 })).rejects.toMatchObject({
      code: "UNEXPECTED_STATUS",
    });
  });

  it.each([
    ["relative", () => "there"],
    ["without a scheme", (self: string) => `//${self}/there`],
    ["ws:", (self: string) => `ws://${self}/there`],
    ["http:, which means ws:", (self: string) => `http://${self}/there`],
    ["with somebody's credentials", (self: string) => `http://evil:password@${self}/there`],
  ])("stays itself where the Location is %s", async (_what, location) => {
    const server = await redirecting(location);
    const url = server.url.replace("//", "//user:secret@");
    await expectEcho(await connect(url, { maxRedirects: 1 }));
    const credentials = Buffer.from("user:secret").toString("base64");
    expect(server.requests[1]).toContain(`\r\nAuthorization: Basic ${credentials}\r\n`);
    expect(server.requests[1]).toMatch(/^GET \/there /);
  });

  it("tells other origins nothing of who asks: headers and URL", async () => {
    const there = await rawServer(echoServer);
    const server = await redirecting(`http://evil:password@localhost:${there.port}/`);
    const url = server.url.replace("//", "//user:secret@");
    await expectEcho(await connect(url, { maxRedirects: 1, headers: SECRETS }));
    expect(server.requests[0]).toMatch(SECRET);
    expect(there.requests[0]).not.toMatch(SECRET);
    expect(there.requests[0]).toContain("\r\nX-Client: here\r\n");
  });

  it("takes another port and another scheme for another origin, and the way back too", async () => {
    const tls = await certificate();
    const server: RawServer = await redirecting(() => `wss://localhost:${secure.port}/`);
    const secure = await redirecting(() => "/there", 302, tls);
    await expectEcho(await connect(server.url, { maxRedirects: 2, headers: SECRETS, tls: { ca: tls.cert } }));
    expect(secure.requests).toHaveLength(2);
    for (const request of secure.requests) expect(request).not.toMatch(SECRET);
  });

  it("shows the client certificate to the first origin alone", async () => {
    const tls = await certificate();
    const ours = await certificate("client");
    const wanting = { ...tls, requestCert: true, rejectUnauthorized: false };
    const shown: unknown[] = [];
    const there = await rawServer(
      (socket, key) => {
        shown.push((socket as unknown as { getPeerCertificate(): object }).getPeerCertificate());
        echoServer(socket, key);
      },
      { tls: wanting },
    );
    const server = await redirecting(`wss://localhost:${there.port}/`, 302, wanting);
    await expectEcho(await connect(server.url, { maxRedirects: 1, tls: { ca: tls.cert, ...ours } }));
    expect(shown).toEqual([{}]);
    // A context holds the certificate, and so goes as a whole; with it goes the CA.
    const secureContext = createSecureContext({ ca: tls.cert, ...ours });
    await expect(connect(server.url, { maxRedirects: 1, tls: { secureContext } })).rejects.toMatchObject({
      code: "NETWORK",
    });
    expect(shown).toHaveLength(1);
  });

  it.each(["ws", "http"])(
    "does not follow from wss: to %s:, where credentials would be readable",
    async (scheme) => {
      const there = await rawServer(echoServer);
      const tls = await certificate();
      const server = await redirecting(`${scheme}://localhost:${there.port}/there`, 302, tls);
      await expect(
        connect(server.url, { maxRedirects: 5, headers: SECRETS, tls: { ca: tls.cert } }),
      ).rejects.toMatchObject({ code: "BAD_REDIRECT", response: { status: 302 } });
      expect(there.sockets).toHaveLength(0);
      await letGo(server.sockets);
    },
  );

  it.each([
    ["nothing", ""],
    ["what is no URL", "ws://["],
    ["a page", "javascript:alert(1)"],
    ["a file", "file:///etc/passwd"],
  ])("does not follow to %s", async (_what, location) => {
    const server = await rawServer((socket) => {
      socket.end(`HTTP/1.1 302 Found\r\n${location === "" ? "" : `Location: ${location}\r\n`}\r\n`);
    });
    await expect(connect(server.url, { maxRedirects: 5 })).rejects.toMatchObject({ code: "BAD_REDIRECT" });
  });

  it("ends in a circle after maxRedirects", async () => {
    const server = await redirecting("/");
    await expect(connect(server.url, { maxRedirects: 3 })).rejects.toMatchObject({
      code: "TOO_MANY_REDIRECTS",
      response: { status: 302 },
    });
    expect(server.requests).toHaveLength(4);
    await letGo(server.sockets);
    await expect(connect(server.url, { maxRedirects: 21 })).rejects.toBeInstanceOf(RangeError);
  });

  it("gives all redirects together handshakeTimeoutMs", async () => {
    const server = await rawServer((socket, _key, head) => {
      if (head.startsWith("GET / ")) socket.end("HTTP/1.1 302 Found\r\nLocation: /silence\r\n\r\n");
    });
    await expect(connect(server.url, { maxRedirects: 3, handshakeTimeoutMs: 100 })).rejects.toMatchObject({
      code: "HANDSHAKE_TIMEOUT",
    });
    await letGo(server.sockets);
  });

  it("goes through the proxy again", async () => {
    const there = await rawServer(echoServer);
    const proxy = await httpProxy();
    const server = await redirecting(`http://localhost:${there.port}/`);
    await expectEcho(await connect(server.url, { maxRedirects: 1, proxy: proxy.url }));
    expect(proxy.requests.map((head) => /:(\d+) /.exec(head)![1])).toEqual(
      [server, there].map(({ port }) => String(port)),
    );
  });

  it("shows each answer on the way to onResponse, and the URL it came from without credentials", async () => {
    const server = await redirecting("/there");
    const responses: ConnectResponse[] = [];
    const url = server.url.replace("//", "//user:secret@");
    await expectEcho(
      await connect(url, { maxRedirects: 1, onResponse: (response) => responses.push(response) }),
    );
    expect(responses.map(({ url: from, status, httpVersion }) => [from, status, httpVersion])).toEqual([
      [server.url, 302, "1.1"],
      [`${server.url}there`, 101, "1.1"],
    ]);
    expect(responses[0]!.headers.values("set-cookie")).toEqual(["seen=1"]);
  });
});
