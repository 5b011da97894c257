import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TlsOptions } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { connect } from "@ws/client";
import { certificate } from "./certificate.ts";
import { echoServer, expectEcho } from "./echo.ts";
import { rawServer } from "./raw-server.ts";

async function socketPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "connect-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, "socket");
}

describe("client › Unix sockets", () => {
  it("dials the socket, and asks it for what the URL says", async () => {
    const path = await socketPath();
    const server = await rawServer(echoServer, { path });
    await expectEcho(await connect("ws://chat.example.org/room?id=1", { socketPath: path }));
    expect(server.requests[0]).toMatch(/^GET \/room\?id=1 HTTP\/1\.1\r\nHost: chat\.example\.org\r\n/);
  });

  it("speaks TLS over it for wss:, and verifies the host of the URL", async () => {
    const path = await socketPath();
    const tls = await certificate("chat.example.org");
    const names: string[] = [];
    const SNICallback: TlsOptions["SNICallback"] = (name, callback) => {
      names.push(name);
      callback(null);
    };
    await rawServer(echoServer, { path, tls: { ...tls, SNICallback } });
    const options = { socketPath: path, tls: { ca: tls.cert } };
    await expectEcho(await connect("wss://chat.example.org/", options));
    // RFC 6066 §3 knows no trailing dot.
    await expectEcho(await connect("wss://chat.example.org./", options));
    expect(names).toEqual(["chat.example.org", "chat.example.org"]);
    await expect(connect("wss://other.example.org/", options)).rejects.toMatchObject({
      cause: { code: "ERR_TLS_CERT_ALTNAME_INVALID" },
    });
  });

  it("stays on it when redirected", async () => {
    const path = await socketPath();
    const server = await rawServer(
      (socket, key, head) => {
        if (head.startsWith("GET /there ")) return echoServer(socket, key);
        socket.end("HTTP/1.1 302 Found\r\nLocation: ws://elsewhere.example.org/there\r\n\r\n");
      },
      { path },
    );
    await expectEcho(await connect("ws://example.org/", { socketPath: path, maxRedirects: 1 }));
    expect(server.requests[1]).toContain("\r\nHost: elsewhere.example.org\r\n");
  });

  it("reports that there is nobody", async () => {
    await expect(connect("ws://localhost/", { socketPath: await socketPath() })).rejects.toMatchObject({
      code: "NETWORK",
      cause: { code: "ENOENT" },
    });
  });

  it.each([
    ["an empty path", { socketPath: "" }],
    ["what is no path", { socketPath: 1 as unknown as string }],
    ["a proxy besides", { socketPath: "/run/chat", proxy: "http://localhost" }],
  ])("refuses %s", async (_what, options) => {
    await expect(connect("ws://localhost/", options)).rejects.toBeInstanceOf(TypeError);
  });
});
