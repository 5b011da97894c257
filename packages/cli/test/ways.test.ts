// The flags that say how a server is reached: the way there, whom one claims to be, and what is too long or too much.
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { WebSocketServer } from "@ws/server";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { ExitCode } from "@ws/cli";
import { type Certificate, certificate } from "./certificate.ts";
import { ourEcho, ourServer, urlOf } from "./echo-servers.ts";
import { run } from "./scene.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wsc-"));
  return () => rm(folder, { recursive: true });
});

/** A certificate, and where it and its key are. */
async function pems(name: string): Promise<Certificate & { certFile: string; keyFile: string }> {
  const made = await certificate(name);
  const [certFile, keyFile] = [join(folder, `${name}.cert.pem`), join(folder, `${name}.key.pem`)];
  await Promise.all([writeFile(certFile, made.cert), writeFile(keyFile, made.key)]);
  return { ...made, certFile, keyFile };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe("TLS", () => {
  it("shows the server a client certificate, and nobody comes in without", async () => {
    const [server, client] = [await pems("localhost"), await pems("client")];
    const tls = { cert: server.cert, key: server.key, ca: client.cert, requestCert: true };
    const secured = await ourServer({ tls });
    const names: unknown[] = [];
    secured.on("connection", (connection, request) => {
      names.push((request.socket as TLSSocket).getPeerCertificate().subject.CN);
      connection.on("message", (data) => void connection.send(data));
    });
    const argv = ["--ca", server.certFile, "-n", "1", `wss://localhost:${secured.address()!.port}/`];

    const stranger = await run(argv, "hello");
    expect({ ...stranger, names }).toMatchObject({ code: ExitCode.unreachable, stdout: "", names: [] });
    expect(stranger.stderr).toMatch(/^wsc: Cannot connect: .+\n$/);

    const known = await run(["--cert", client.certFile, "--key", client.keyFile, ...argv], "hello");
    expect(known).toMatchObject({ code: ExitCode.ok, stdout: "hello\n", stderr: "" });
    expect(names).toEqual(["client"]);
  });

  it.each([
    ["use a client certificate", ["wss://127.0.0.1:1/"]],
    ["speak TLS", ["echo"]],
    ["speak TLS", ["conformance", "--listen"]],
  ])("says so where certificate and key do not belong together: cannot %s", async (purpose, argv) => {
    const [one, other] = [await pems("one"), await pems("other")];
    const { code, stderr } = await run([...argv, "--cert", one.certFile, "--key", other.keyFile]);
    expect(code).toBe(ExitCode.usage);
    expect(stderr).toMatch(new RegExp(`^wsc: Cannot ${purpose}: .*key values mismatch\\n$`));
  });

  it("takes the name of a certificate that is for another host from --servername", async () => {
    const { cert, key, certFile } = await pems("example.test");
    const url = (await ourEcho({ tls: { cert, key } })).replace("ws://127.0.0.1", "wss://localhost");
    const refused = await run(["--ca", certFile, url]);
    expect(refused.code).toBe(ExitCode.unreachable);
    expect(refused.stderr).toContain("example.test");
    const named = await run(["--ca", certFile, "--servername", "example.test", "-n", "1", url], "hello");
    expect(named).toMatchObject({ code: ExitCode.ok, stdout: "hello\n", stderr: "" });
  });
});

describe("the way", () => {
  it("goes to a Unix socket, and asks there for what the URL says", async () => {
    const http = createServer();
    const socketPath = join(folder, "socket");
    http.listen(socketPath);
    await once(http, "listening");
    onTestFinished(() => void http.close());
    const server = new WebSocketServer({ server: http });
    onTestFinished(() => server.shutdown({ deadlineMs: 0 }));
    const asked: unknown[] = [];
    server.on("connection", (connection, { headers, url }) => {
      asked.push(headers.host, url);
      connection.on("message", (data) => void connection.send(data));
    });
    const argv = ["--unix-socket", socketPath, "-n", "1", "ws://somewhere.example/path?query"];
    expect(await run(argv, "hello")).toMatchObject({ code: ExitCode.ok, stdout: "hello\n", stderr: "" });
    expect(asked).toEqual(["somewhere.example", "/path?query"]);

    const nowhere = await run(["--unix-socket", join(folder, "nowhere"), "ws://localhost/"]);
    expect(nowhere.code).toBe(ExitCode.unreachable);
    expect(nowhere.stderr).toMatch(/^wsc: Cannot connect: .*ENOENT.*\n$/);
  });

  it("follows as many redirects as are allowed, and none by itself", async () => {
    const url = await ourEcho();
    const port = await listening(
      createServer((_, response) => void response.writeHead(302, { Location: url }).end()),
    );
    const argv = ["-n", "1", `ws://127.0.0.1:${port}/`];
    expect(await run(["--max-redirects", "1", ...argv], "hello")).toMatchObject({
      code: ExitCode.ok,
      stdout: "hello\n",
    });
    const unfollowed = await run(argv, "hello");
    expect(unfollowed.code).toBe(ExitCode.unreachable);
    expect(unfollowed.stderr).toMatch(/^wsc: .*302.*\n$/);
  });

  it("is the environment's, unless a flag says otherwise", async () => {
    for (const name of ["no_proxy", "NO_PROXY", "http_proxy", "all_proxy"]) vi.stubEnv(name, "");
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv("HTTP_PROXY", "http://127.0.0.1:1/");
    vi.stubEnv("http_proxy", "http://127.0.0.1:1/");
    const proxied = await run(["ws://somewhere.invalid/"]);
    expect(proxied.code).toBe(ExitCode.unreachable);
    expect(proxied.stderr).toContain("ECONNREFUSED 127.0.0.1:1");
    const direct = await run(["--no-proxy", "ws://somewhere.invalid/"]);
    expect(direct.code).toBe(ExitCode.unreachable);
    expect(direct.stderr).not.toContain("127.0.0.1:1");
  });

  it("goes over HTTP/2 where the server offers it, and over HTTP/1.1 where it does not", async () => {
    const { cert, key, certFile } = await pems("localhost");
    for (const [http2, version] of [
      [true, "2.0"],
      [false, "1.1"],
    ] as const) {
      const server = await ourServer({ http2, tls: { cert, key } });
      const came = new Promise((resolve) => {
        server.on("connection", (connection, { httpVersion }) => {
          resolve(httpVersion);
          void connection.close();
        });
      });
      const argv = ["--http2", "auto", "--ca", certFile, `wss://localhost:${server.address()!.port}/`];
      expect((await run(argv)).code).toBe(ExitCode.ok);
      expect(await came).toBe(version);
    }
  });
});

describe("too long, too much", () => {
  it("gives up a handshake after --timeout", async () => {
    const port = await listening(createTcpServer((socket) => void socket.on("error", () => {})));
    const { code, stderr } = await run(["--timeout", "20ms", `ws://127.0.0.1:${port}/`]);
    expect(code).toBe(ExitCode.unreachable);
    expect(stderr).toMatch(/^wsc: Cannot connect: .*20 ms.*\n$/);
  });

  it("takes no message beyond --max-message", async () => {
    const server = await ourServer();
    const closed = new Promise((resolve) => {
      server.on("connection", (connection) => {
        connection.on("close", resolve);
        connection.send("0123456789");
        connection.send("0123456789a");
      });
    });
    const { code, stdout } = await run(["--max-message", "10", urlOf(server), "--wait"]);
    expect({ code, stdout }).toEqual({ code: ExitCode.disconnected, stdout: "0123456789\n" });
    expect(await closed).toMatchObject({ code: 1009 });
  });
});

describe("every command that dials", () => {
  const HAR = {
    log: { entries: [{ _webSocketMessages: [{ type: "send", time: 1, opcode: 1, data: "x" }] }] },
  };

  it.each([
    ["connect", ["-n", "1"], "x"],
    ["ping", ["-n", "1"], ""],
    ["script", ["-"], "send text x\nexpect text x\n"],
    ["load", ["-n", "1", "-d", "10ms"], ""],
    ["replay", ["capture.har"], ""],
  ])("takes the same flags: %s", async (command, argv, input) => {
    const capture = join(folder, "capture.har");
    await writeFile(capture, JSON.stringify(HAR));
    const server = await ourServer({ protocols: ["two"], perMessageDeflate: true });
    const agreed: unknown[] = [];
    server.on("connection", (connection, { headers }) => {
      agreed.push(headers["x-one"], connection.protocol, connection.extensions);
      connection.on("message", (data) => void connection.send(data));
    });
    const flags = ["--header", "X-One: 1", "--subprotocol", "two", "--compress"];
    const names = argv.map((name) => (name === "capture.har" ? capture : name));
    const { code, stderr } = await run([command, ...flags, ...names, urlOf(server)], input);
    expect({ code, stderr }).toEqual({ code: ExitCode.ok, stderr: "" });
    expect(agreed).toEqual(["1", "two", expect.stringContaining("permessage-deflate")]);
  });
});
