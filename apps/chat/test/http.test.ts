import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ChatServer, startChatServer } from "../src/server/chat-server.ts";

let folder: string;
let server: ChatServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "chat-page-"));
  await mkdir(join(folder, "assets"));
  await writeFile(join(folder, "index.html"), "<!doctype html>the page");
  await writeFile(join(folder, "assets/index-abc123.js"), "// script");
  server = await startChatServer({ port: 0, host: "127.0.0.1", webFolder: folder, secureCookie: true });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
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
  it.each(["/", "/r/lobby", "/r/b%C3%BCro/", "/r/lobby?from=mail"])(
    "is served at %s, to be asked for each time",
    async (path) => {
      const response = await fetch(server.url + path);
      expect(await response.text()).toContain("the page");
      expect(response.headers.get("cache-control")).toBe("no-cache");
      const etag = response.headers.get("etag") ?? "";
      expect((await fetch(server.url + path, { headers: { "If-None-Match": etag } })).status).toBe(304);
    },
  );

  it("has files that are kept for ever", async () => {
    const response = await fetch(`${server.url}/assets/index-abc123.js`);
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(response.headers.get("content-type")).toMatch(/javascript/);
  });

  it("allows no script and no style but its own files", async () => {
    for (const path of ["/", "/healthz", "/nothing", "/api/session"]) {
      const { headers } = await fetch(server.url + path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
      expect(policy).not.toContain("unsafe");
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

describe("session", () => {
  const enter = (body: string): Promise<Response> =>
    fetch(`${server.url}/api/session`, { method: "POST", body });

  it("comes in a cookie that scripts and other sites do not get", async () => {
    const response = await enter('{"name":"Ada"}');
    expect(response.headers.get("set-cookie")).toMatch(
      /^chat_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure$/,
    );
    expect(response.headers.get("cache-control")).toBe("no-store");
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
    expect((await enter(body)).status).toBe(status);
  });

  it("knows nobody without a cookie, and no other method", async () => {
    expect(await (await fetch(`${server.url}/api/session`)).json()).toEqual({ you: null });
    const response = await fetch(`${server.url}/api/session`, { method: "PUT" });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, POST, DELETE");
  });
});
