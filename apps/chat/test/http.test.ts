import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ChatServer } from "../src/server/chat-server.ts";
import { startNode } from "./support/nodes.ts";
import { enter } from "./support/visitor.ts";

let folder: string;
let server: ChatServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "chat-page-"));
  await mkdir(join(folder, "assets"));
  await writeFile(join(folder, "index.html"), "<!doctype html>the page");
  await writeFile(join(folder, "assets/index-abc123.js"), "// script");
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  server = await startNode({ webFolder: folder, secureCookie: true });
});

/** Sends a target as it stands, which fetch would tidy up. */
function get(target: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request({ port: server.port, host: "127.0.0.1", path: target }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on("error", reject)
      .end();
  });
}

describe("page", () => {
  it.each([
    "/",
    "/r/lobby",
    "/r/b%C3%BCro/",
    "/r/lobby?from=mail",
    "/r/~AAAAAAAAAAAAAAAAAAAAAA/tea",
    "/inspector",
    "/lab",
  ])("is served at %s, to be asked for each time", async (path) => {
    const response = await fetch(server.url + path);
    expect(await response.text()).toContain("the page");
    expect(response.headers.get("cache-control")).toBe("no-cache");
    const etag = response.headers.get("etag") ?? "";
    expect((await fetch(server.url + path, { headers: { "If-None-Match": etag } })).status).toBe(304);
  });

  it("has files that are kept for ever", async () => {
    const response = await fetch(`${server.url}/assets/index-abc123.js`);
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(response.headers.get("content-type")).toMatch(/javascript/);
  });

  it("allows no script and no style but its own files", async () => {
    for (const path of ["/", "/healthz", "/readyz", "/metrics", "/nothing", "/api/session", "/files/x"]) {
      const { headers } = await fetch(server.url + path);
      const policy = headers.get("content-security-policy") ?? "";
      // WebAssembly comes with our scripts; text that becomes a script is another thing.
      expect(policy).toContain("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';");
      expect(policy).not.toMatch(/'unsafe|data:|https?:/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  it.each([
    "/nothing",
    "/r/",
    "/r/a/b",
    "/../package.json",
    "/%2e%2e/package.json",
    "/%",
    "//",
    "/r/%zz",
    "/\\",
    "http://[/",
  ])("is not at %s, and nothing breaks", async (target) => {
    const { status, body } = await get(target);
    expect([200, 400, 404]).toContain(status);
    expect(body).not.toContain('"private"');
    expect((await get("/healthz")).body).toBe("ok\n");
  });
});

describe("/api/session", () => {
  const ask = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${server.url}/api/session`, { method: "POST", body, headers });

  it("comes in a cookie that scripts and other sites do not get", async () => {
    const response = await ask('{"name":"Ada"}');
    expect(response.headers.get("set-cookie")).toMatch(
      /^chat_session=[\w.-]{60,400}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure$/,
    );
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toEqual({
      you: { key: expect.stringMatching(/^[\w-]{12}$/), name: "Ada" },
    });
  });

  it.each([
    ["", 400],
    ["{", 400],
    ['{"name":7}', 400],
    ['{"name":"A","__proto__":{}}', 400],
    [`{"name":"${"x".repeat(5000)}"}`, 400],
    ['{"name":""}', 422],
    [`{"name":"${"x".repeat(25)}"}`, 422],
    ['{"name":"a\\u202eb"}', 422],
  ])("refuses %j with %i", async (body, status) => {
    expect((await ask(body)).status).toBe(status);
  });

  it("knows who comes back, and makes nobody new of them", async () => {
    const { cookie, body } = await enter(server.url, "Ada");
    const headers = { Cookie: cookie };
    expect(await (await fetch(`${server.url}/api/session`, { headers })).json()).toEqual(body);
    const again = await enter(server.url, " ada ", headers);
    expect(again).toMatchObject({ status: 200, cookie: "", body });
  });

  it("makes somebody new of who wants another name, and ends who they were", async () => {
    const ada = await enter(server.url, "Ada");
    const eve = await enter(server.url, "Eve", { Cookie: ada.cookie });
    expect(eve).toMatchObject({ status: 200, body: { you: { name: "Eve" } } });
    const headers = { Cookie: ada.cookie };
    expect(await (await fetch(`${server.url}/api/session`, { headers })).json()).toEqual({ you: null });
  });

  it("ends for good: its cookie is worth nothing afterwards", async () => {
    const { cookie } = await enter(server.url, "Ada");
    const headers = { Cookie: cookie };
    const left = await fetch(`${server.url}/api/session`, { method: "DELETE", headers });
    expect(left.headers.get("set-cookie")).toContain(
      "chat_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0",
    );
    expect(await (await fetch(`${server.url}/api/session`, { headers })).json()).toEqual({ you: null });
    expect((await enter(server.url, "Ada")).status).toBe(200);
  });

  it("knows nobody without a cookie, and no other method", async () => {
    expect(await (await fetch(`${server.url}/api/session`)).json()).toEqual({ you: null });
    const response = await fetch(`${server.url}/api/session`, { method: "PUT" });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, POST, DELETE");
  });

  it("is not given to, nor taken from, pages of other origins", async () => {
    const { cookie } = await enter(server.url, "Ada");
    const headers = { Origin: "https://evil.example", Cookie: cookie };
    expect((await ask('{"name":"Eve"}', headers)).status).toBe(403);
    expect((await fetch(`${server.url}/api/session`, { method: "DELETE", headers })).status).toBe(403);
    const mine = await fetch(`${server.url}/api/session`, {
      headers: { Cookie: cookie, Origin: server.url },
    });
    expect(await mine.json()).toMatchObject({ you: { name: "Ada" } });
    expect((await ask('{"name":"Ben"}', { Origin: server.url })).status).toBe(200);
  });

  it("is over after seven days, on the clock of the server", async () => {
    let now = Date.UTC(2030, 0, 1);
    const { url } = await startNode({ now: () => now });
    const { cookie } = await enter(url, "Ada");
    const who = async (): Promise<unknown> =>
      await (await fetch(`${url}/api/session`, { headers: { Cookie: cookie } })).json();
    now += 7 * 24 * 60 * 60 * 1000 - 1;
    expect(await who()).toMatchObject({ you: { name: "Ada" } });
    now += 1;
    expect(await who()).toEqual({ you: null });
  });

  it("is not given to who tries too often from one address, and says when it will be", async () => {
    const { url } = await startNode({ trustedProxies: ["127.0.0.1"], limitsNow: () => 0 });
    const from = { "X-Forwarded-For": "192.0.2.1" };
    for (let i = 0; i < 30; i++) expect((await enter(url, "", from)).status).toBe(422);
    const { status, body } = await enter(url, "", from);
    expect(status).toBe(429);
    expect(body).toMatchObject({ error: "too-many", retryAfterMs: expect.any(Number) });
    expect((await enter(url, "", { "X-Forwarded-For": "192.0.2.2" })).status).toBe(422);
  });
});

describe("/healthz, /readyz and /metrics", () => {
  const metrics = async (url: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}/metrics`, { headers });

  it("tell that the process lives, and that clients may come", async () => {
    expect((await get("/healthz")).body).toBe("ok\n");
    expect(await get("/readyz")).toEqual({ status: 200, body: "ready\n" });
  });

  it("tell this machine the numbers of the chat, of its connections and its process", async () => {
    await enter(server.url, "Ada");
    const response = await metrics(server.url);
    expect(response.headers.get("content-type")).toContain("text/plain");
    const text = await response.text();
    expect(text).toContain("\nchat_people 0\n");
    expect(text).toContain("\nchat_engine_up 1\n");
    expect(text).toContain('\nchat_sessions_total{outcome="entered"} 1\n');
    expect(text).toContain("\n# TYPE websocket_connections_open gauge\n");
    expect(text).toContain("\nprocess_cpu_seconds_total ");
  });

  it("tell no stranger behind a proxy on this machine", async () => {
    expect((await metrics(server.url, { "X-Forwarded-For": "192.0.2.1" })).status).toBe(403);
  });

  it("tell whoever has the token, where there is one, and nobody else", async () => {
    const metricsToken = "m".repeat(32);
    const { url } = await startNode({ metricsToken });
    expect((await metrics(url)).status).toBe(403);
    expect((await metrics(url, { Authorization: "Bearer m" })).status).toBe(403);
    const headers = { Authorization: `Bearer ${metricsToken}`, "X-Forwarded-For": "192.0.2.1" };
    expect((await metrics(url, headers)).status).toBe(200);
  });
});
