import dns from "node:dns";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { connect, type ConnectOptions } from "@ws/client";
import { certificate } from "./certificate.ts";
import { httpProxy } from "./http-proxy.ts";
import { rawServer, type RawServer, welcome } from "./raw-server.ts";

const VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUEST_METHOD"];

beforeEach(() => {
  for (const name of VARIABLES) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toLowerCase(), undefined);
  }
  // Every name is this machine, so that a host is there both with a proxy and without.
  vi.spyOn(dns, "lookup").mockImplementation((...values: unknown[]) => {
    const callback = values.at(-1) as (error: null, address: unknown, family?: number) => void;
    const wantsAll = (values[1] as { all?: boolean }).all === true;
    if (wantsAll) callback(null, [{ address: "127.0.0.1", family: 4 }]);
    else callback(null, "127.0.0.1", 4);
  });
});

afterEach(() => vi.unstubAllEnvs());

/** Which of the proxies the connection went through; `undefined` for none. */
async function way(
  url: string,
  proxies: readonly RawServer[],
  options: ConnectOptions = {},
): Promise<number | undefined> {
  await connect(url, { tls: { rejectUnauthorized: false }, ...options }).then(
    (connection) => connection.terminate(),
    // Where it was not the proxy, it does not matter whether somebody listens.
    () => {},
  );
  const index = proxies.findIndex((proxy) => proxy.requests.length > 0);
  return index === -1 ? undefined : index;
}

describe("client › the proxy of the environment", () => {
  it("is HTTPS_PROXY for wss: and HTTP_PROXY for ws:, and ALL_PROXY for what has none of its own", async () => {
    const plain = await rawServer(welcome);
    const secure = await rawServer(welcome, { tls: await certificate() });
    const make = (): Promise<RawServer[]> =>
      Promise.all([httpProxy({ port: plain.port }), httpProxy({ port: secure.port }), httpProxy()]);
    const set = (proxies: RawServer[]): RawServer[] => {
      vi.stubEnv("HTTP_PROXY", proxies[0]!.url);
      vi.stubEnv("HTTPS_PROXY", proxies[1]!.url);
      vi.stubEnv("ALL_PROXY", proxies[2]!.url);
      return proxies;
    };
    expect(await way("ws://example.org/", set(await make()))).toBe(0);
    expect(await way("wss://example.org/", set(await make()))).toBe(1);
    const proxies = set(await make());
    vi.stubEnv("HTTPS_PROXY", "");
    expect(await way(`wss://example.org:${secure.port}/`, proxies)).toBe(2);
  });

  it("is asked for in lower case first", async () => {
    const server = await rawServer(welcome);
    const proxies = [await httpProxy({ port: server.port }), await httpProxy({ port: server.port })];
    vi.stubEnv("http_proxy", proxies[0]!.url);
    vi.stubEnv("HTTP_PROXY", proxies[1]!.url);
    expect(await way("ws://example.org/", proxies)).toBe(0);
  });

  it("is not HTTP_PROXY under CGI, where a client sets it by a header (CVE-2016-5385)", async () => {
    const server = await rawServer(welcome);
    const proxy = await httpProxy({ port: server.port });
    vi.stubEnv("HTTP_PROXY", proxy.url);
    vi.stubEnv("REQUEST_METHOD", "GET");
    expect(await way(`ws://example.org:${server.port}/`, [proxy])).toBe(undefined);
    vi.stubEnv("http_proxy", proxy.url);
    expect(await way(`ws://example.org:${server.port}/`, [proxy])).toBe(0);
  });

  it("is neither of them under CGI on Windows, where they are the same variable (CVE-2016-5385)", async () => {
    // The lower case was asked for first, and had what the client had sent.
    const server = await rawServer(welcome);
    const proxy = await httpProxy({ port: server.port });
    vi.stubEnv("http_proxy", proxy.url);
    vi.stubEnv("REQUEST_METHOD", "GET");
    const platform = vi.spyOn(process, "platform", "get").mockReturnValue("win32");
    onTestFinished(() => platform.mockRestore());
    expect(await way(`ws://example.org:${server.port}/`, [proxy])).toBe(undefined);
  });

  it("is not asked where proxy is false or another, nor with a socketPath", async () => {
    const server = await rawServer(welcome);
    const proxies = [await httpProxy({ port: server.port }), await httpProxy({ port: server.port })];
    vi.stubEnv("HTTP_PROXY", proxies[0]!.url);
    const url = `ws://example.org:${server.port}/`;
    expect(await way(url, proxies, { proxy: false })).toBe(undefined);
    expect(await way(url, proxies, { socketPath: "/nowhere" })).toBe(undefined);
    expect(await way(url, proxies, { proxy: proxies[1]!.url })).toBe(1);
  });

  it("never leads to this machine, which is not where the proxy is", async () => {
    const server = await rawServer(welcome);
    const proxy = await httpProxy({ port: server.port });
    vi.stubEnv("HTTP_PROXY", proxy.url);
    for (const host of ["localhost", "LOCALHOST.", "app.localhost", "127.0.0.1", "127.1.2.3", "[::1]"]) {
      expect(await way(`ws://${host}:${server.port}/`, [proxy]), host).toBe(undefined);
    }
    expect(await way(`ws://localhost.example.org:${server.port}/`, [proxy])).toBe(0);
  });

  it("is refused when it is none, rather than left out", async () => {
    vi.stubEnv("HTTP_PROXY", "ftp://user:hunter2@example.org");
    await expect(connect("ws://example.org/")).rejects.toThrow(/^(?=.*HTTP_PROXY)(?!.*hunter2)/);
  });

  const PORT = "the port";
  it.each([
    ["*", "chat.example.org", true],
    ["example.org", "example.org", true],
    ["example.org", "chat.example.org", true],
    ["example.org", "notexample.org", false],
    ["chat.example.org", "example.org", false],
    [".example.org", "chat.example.org", true],
    [".example.org", "example.org", true],
    ["*.example.org", "chat.example.org", true],
    ["EXAMPLE.org.", "chat.Example.ORG", true],
    ["example.org", "example.org.", true],
    ["elsewhere.net, example.org", "example.org", true],
    ["elsewhere.net example.org", "example.org", true],
    [` , , ${PORT}`, "example.org", false],
    ["", "example.org", false],
    [".", "example.org", false],
    [`example.org:${PORT}`, "chat.example.org", true],
    ["example.org:1", "chat.example.org", false],
    ["example.org:", "example.org", false],
    [`*:${PORT}`, "example.org", true],
    ["0.0.0.0", "0.0.0.0", true],
    ["0.0.0.0", "0", true],
    [`0.0.0.0:${PORT}`, "0.0.0.0", true],
    ["0.0.0.0:1", "0.0.0.0", false],
    ["0.0.0.1", "0.0.0.0", false],
    ["0", "0.0.0.0", false],
    [".0.0.0", "0.0.0.0", false],
    ["0.0.0.0/8", "0.0.0.0", true],
    ["10.0.0.0/8", "0.0.0.0", false],
    ["0.0.0.0/33", "0.0.0.0", false],
    ["0.0.0.0/", "0.0.0.0", false],
    ["0.0.0.0/8/8", "0.0.0.0", false],
    ["0.0.0.0/8", "example.org", false],
    ["::", "[::]", true],
    ["[::]", "[::]", true],
    [`[::]:${PORT}`, "[::]", true],
    ["[::]:1", "[::]", false],
    ["::/64", "[::]", true],
    ["2001:db8::/32", "[::]", false],
    ["::/129", "[::]", false],
  ])("NO_PROXY=%s keeps %s from it: %s", async (list, host, isExempt) => {
    const server = await rawServer(welcome);
    const proxy = await httpProxy({ port: server.port });
    vi.stubEnv("HTTP_PROXY", proxy.url);
    vi.stubEnv("NO_PROXY", list.replaceAll(PORT, String(server.port)));
    expect(await way(`ws://${host}:${server.port}/`, [proxy])).toBe(isExempt ? undefined : 0);
  });
});
