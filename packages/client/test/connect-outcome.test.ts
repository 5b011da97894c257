import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { connect, type ConnectError, type ConnectOptions, type ConnectResponse, WebSocket } from "@ws/client";
import { letGo, rawServer, response, welcome } from "./raw-server.ts";

function published(name: string): Record<string, unknown>[] {
  const seen: Record<string, unknown>[] = [];
  const listener = (message: unknown): void => void seen.push(message as Record<string, unknown>);
  subscribe(name, listener);
  onTestFinished(() => void unsubscribe(name, listener));
  return seen;
}

describe("client › what it tells of a handshake", () => {
  it("shows the headers of the answer that opened the WebSocket: Set-Cookie, each by itself", async () => {
    const server = await rawServer((socket, key) => {
      socket.write(response(key, { "Set-Cookie": ["a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2"] }));
    });
    const responses: ConnectResponse[] = [];
    const connection = await connect(server.url, { onResponse: (answer) => responses.push(answer) });
    connection.terminate();
    expect(responses).toHaveLength(1);
    expect(responses[0]).toMatchObject({ url: server.url, status: 101, httpVersion: "1.1" });
    expect(responses[0]!.headers.values("set-cookie")).toEqual([
      "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
      "b=2",
    ]);
  });

  it("shows a refusal too", async () => {
    const server = await rawServer((socket, key) => void socket.write(response(key, {}, "HTTP/1.1 401 Who")));
    const statuses: number[] = [];
    await expect(
      connect(server.url, { onResponse: ({ status }) => statuses.push(status) }),
    ).rejects.toMatchObject({ code: "UNEXPECTED_STATUS" });
    expect(statuses).toEqual([401]);
  });

  it("rejects with what onResponse throws, and drops the socket", async () => {
    const server = await rawServer(welcome);
    const mistake = new Error("of the caller");
    const options: ConnectOptions = {
      onResponse: () => {
        throw mistake;
      },
    };
    await expect(connect(server.url, options)).rejects.toBe(mistake);
    await letGo(server.sockets);
  });

  it("publishes a connection on ws:handshake:accepted, without the password in its URL", async () => {
    const accepted = published("ws:handshake:accepted");
    const rejected = published("ws:handshake:rejected");
    const server = await rawServer(welcome);
    const connection = await connect(server.url.replace("//", "//user:secret@"));
    expect(accepted).toEqual([{ role: "client", url: server.url, connection }]);
    expect(rejected).toEqual([]);
    connection.terminate();
  });

  it("publishes on ws:handshake:rejected what kept it from connecting", async () => {
    const accepted = published("ws:handshake:accepted");
    const rejected = published("ws:handshake:rejected");
    const server = await rawServer((socket) => socket.end());
    const error = (await connect(server.url).catch((reason: unknown) => reason)) as ConnectError;
    expect(rejected).toEqual([{ role: "client", url: server.url, error }]);
    expect(accepted).toEqual([]);
  });
});

describe("client › its options", () => {
  it.each([
    ["one that does not exist", { timeout: 1 }, TypeError],
    ["one of every object's prototype", { constructor: 1 }, TypeError],
    ["http2 of another kind", { http2: true }, TypeError],
    ["no time at all", { handshakeTimeoutMs: 0 }, RangeError],
    ["redirects without end", { maxRedirects: Infinity }, RangeError],
    ["redirects as text", { maxRedirects: "3" }, TypeError],
  ])("refuses %s before it dials", async (_what, options, type) => {
    const server = await rawServer(welcome);
    await expect(connect(server.url, options as ConnectOptions)).rejects.toBeInstanceOf(type);
    expect(server.sockets).toHaveLength(0);
  });

  it("says which one it does not know", async () => {
    await expect(connect("ws://localhost/", { timeout: 1 } as ConnectOptions)).rejects.toThrow(
      'Cannot connect with the option "timeout": it is unknown',
    );
  });

  it.each([
    ["a value", { headers: { "X-Y": "a\r\nInjected: yes" } }],
    ["a name", { headers: { "X-Y: a\r\nInjected": "yes" } }],
    ["a list", { headers: [["X-Y", "a\nInjected: yes"]] as const }],
    ["the origin", { origin: "https://a\r\nInjected: yes" }],
    ["a protocol", { protocols: "chat\r\nInjected: yes" }],
  ])("writes nothing at all where %s has a line break (CVE-2026-1527)", async (_what, options) => {
    const server = await rawServer(welcome);
    await expect(connect(server.url, options)).rejects.toBeInstanceOf(TypeError);
    expect(server.sockets).toHaveLength(0);
  });

  it("writes a line break in the URL as no line break (CVE-2026-1527)", async () => {
    const server = await rawServer(welcome);
    (await connect(`${server.url}a\r\nInjected: yes?b\r\nInjected: yes`)).terminate();
    expect(server.requests[0]).toMatch(/^GET \/aInjected:%20yes\?bInjected:%20yes HTTP\/1\.1\r\n/);
    expect(server.requests[0]).not.toMatch(/^Injected/m);
  });

  it("passes cookies on as they are", async () => {
    const server = await rawServer(welcome);
    (await connect(server.url, { headers: [["Cookie", "a=1; b=2"]] })).terminate();
    expect(server.requests[0]).toContain("\r\nCookie: a=1; b=2\r\n");
  });
});

describe("client › passwords", () => {
  it.each([
    ["connect", "a URL that cannot be parsed", (url: string) => connect(`${url} `.replace("@", "@a b"))],
    ["connect", "a scheme that is none of ours", (url: string) => connect(url.replace("ws:", "ftp:"))],
    ["connect", "a server that is not there", (url: string) => connect(url)],
    ["connect", "a fragment", (url: string) => connect(`${url}#a`)],
    // oxlint-disable-next-line typescript/require-await -- what it throws is to be a rejection
    ["WebSocket", "a space in the host", async (url: string) => new WebSocket(url.replace("@", "@a b"))],
    // oxlint-disable-next-line typescript/require-await
    ["WebSocket", "a fragment", async (url: string) => new WebSocket(`${url}#a`)],
  ])("are not in what %s throws for %s", async (_who, _what, action) => {
    // The message of one error, and a property of another, showed the URL as it was given.
    const error: unknown = await action("ws://user:hunter2@localhost:1/").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("hunter2");
  });
});

describe("client › the signal", () => {
  it("is let go of, whatever came of it", async () => {
    const { signal } = new AbortController();
    const counts: number[] = [];
    for (const name of ["addEventListener", "removeEventListener"] as const) {
      const original = signal[name].bind(signal) as (...values: unknown[]) => void;
      signal[name] = (...values: unknown[]) => {
        counts.push(name === "addEventListener" ? 1 : -1);
        original(...values);
      };
    }
    const server = await rawServer(welcome);
    const connection = await connect(server.url, { signal });
    await expect(connect("ws://localhost:1/", { signal })).rejects.toMatchObject({ code: "NETWORK" });
    expect(counts).toEqual([1, -1, 1, -1]);
    connection.terminate();
  });

  it("aborted by onResponse, leaves no connection behind", async () => {
    // The connection was resolved with, although it had been called off before anybody had it.
    const server = await rawServer(welcome);
    const controller = new AbortController();
    const reason = new Error("not this server");
    const onResponse = (): void => controller.abort(reason);
    await expect(connect(server.url, { signal: controller.signal, onResponse })).rejects.toBe(reason);
    await letGo(server.sockets);
  });

  it("does nothing to an open connection", async () => {
    const controller = new AbortController();
    const server = await rawServer(welcome);
    const connection = await connect(server.url, { signal: controller.signal });
    controller.abort();
    expect(connection.state).toBe("open");
    connection.terminate();
    await once(connection, "close");
  });
});
