// `wsc echo`, `wsc broadcast` and `wsc serve`.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connect } from "@ws/client";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ExitCode } from "@ws/cli";
import { certificate } from "./certificate.ts";
import { run, type Running, start } from "./scene.ts";

/** Starts a server, and tells the URL that it printed. */
async function serving(...argv: string[]): Promise<{ readonly url: string; readonly server: Running }> {
  const server = start(argv);
  await server.until("\n");
  return { url: server.stdout.trim(), server };
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wsc-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function fetchPath(
  url: string,
  path: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const { host } = new URL(url);
  // Not fetch: it would tidy the path up before it asks.
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ host: host.split(":")[0], port: host.split(":")[1], path, agent: false }, resolve).on(
      "error",
      reject,
    );
  });
  return { status: response.statusCode!, body: await text(response) };
}

describe("echo", () => {
  it("sends back what it is sent, all of it before it answers a close, and says who came", async () => {
    // Pulled messages were answered one by one, so the close that came behind them was answered first.
    const { url, server } = await serving("echo");
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/$/);
    const lines = Array.from({ length: 5000 }, (_, i) => String(i)).join("\n");
    const { code, stdout } = await run(["-w", "0ms", url], lines);
    expect(code).toBe(ExitCode.ok);
    expect(stdout).toBe(`${lines}\n`);
    server.interrupt();
    const finished = await server.finished;
    expect(finished.code).toBe(ExitCode.ok);
    expect(finished.stderr).toBe("#1 connected from 127.0.0.1 to /\n#1 closed (1000)\n");
  });

  it("says of requests that are no WebSockets what it is", async () => {
    const { url } = await serving("echo", "-q");
    expect(await fetchPath(url, "/")).toEqual({ status: 426, body: "This is a WebSocket server\n" });
  });

  it("refuses pages of other origins unless they are allowed", async () => {
    const closed = await serving("echo", "-q");
    await expect(connect(closed.url, { origin: "https://example.org" })).rejects.toThrow("403");
    for (const origin of ["https://example.org", "*"]) {
      const open = await serving("echo", "-q", "-o", origin);
      const connection = await connect(open.url, { origin: "https://example.org" });
      expect(await connection.close()).toMatchObject({ code: 1000 });
    }
  });

  it("bounds connections and messages", async () => {
    const { url } = await serving("echo", "-q", "--max-connections", "1", "--max-message", "10");
    const connection = await connect(url);
    await expect(connect(url)).rejects.toThrow("503");
    connection.send("x".repeat(11));
    expect(await connection.closed).toMatchObject({ code: 1009 });
  });

  it("agrees to subprotocols and compression", async () => {
    const { url } = await serving("echo", "-q", "-s", "one", "-s", "two", "-c");
    const connection = await connect(url, { protocols: ["two"], perMessageDeflate: true });
    expect(connection.protocol).toBe("two");
    expect(connection.extensions).toContain("permessage-deflate");
    await connection.close();
  });

  it("speaks TLS with a certificate, which is verified unless somebody says otherwise", async () => {
    const { cert, key } = await certificate();
    const folder = await temporaryFolder();
    const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    await Promise.all([writeFile(certFile, cert), writeFile(keyFile, key)]);
    const { url } = await serving("echo", "-q", "--cert", certFile, "--key", keyFile);
    expect(url).toMatch(/^wss:/);
    const named = url.replace("127.0.0.1", "localhost");

    const refused = await run([named], "hello");
    expect(refused.code).toBe(ExitCode.unreachable);
    expect(refused.stderr).toMatch(/^wsc: Cannot connect: .*; give the CA that signed it with --ca\n$/);

    const trusted = await run(["--ca", certFile, "-n", "1", named], "hello");
    expect(trusted).toMatchObject({ code: ExitCode.ok, stdout: "hello\n", stderr: "" });

    const insecure = await run(["--insecure", "-n", "1", url], "hello");
    expect(insecure).toMatchObject({
      code: ExitCode.ok,
      stdout: "hello\n",
      stderr: "warning: nobody checks who the server is (--insecure)\n",
    });
  });

  it("listens where it is told to", async () => {
    const { url, server } = await serving("echo", "--quiet", "--host", "localhost");
    expect(url).toMatch(/^ws:\/\/localhost:\d+\/$/);
    server.interrupt();
    await server.finished;
    // Nobody has taken it meanwhile, or the next lines would say so.
    const { port } = new URL(url);
    const again = await serving("echo", "--quiet", "--host", "localhost", "--port", port);
    expect(again.url).toBe(url);
  });

  it("says in one sentence that a port is taken", async () => {
    const { url } = await serving("echo", "-q");
    const { code, stderr } = await run(["echo", "-p", new URL(url).port]);
    expect(code).toBe(ExitCode.unreachable);
    expect(stderr).toMatch(/^wsc: Cannot listen: listen EADDRINUSE.*\n$/);
  });

  it("shows in its log what peers ask for and does not obey it (security: terminal escapes)", async () => {
    const { url, server } = await serving("echo");
    const connection = await connect(url);
    await connection.close(4000, "\u001B[2J");
    server.interrupt();
    expect((await server.finished).stderr).toContain("#1 closed (4000): \\x1b[2J\n");
  });
});

describe("broadcast", () => {
  it("sends what one sends to all others", async () => {
    const { url } = await serving("broadcast", "-q");
    const [one, two, three] = await Promise.all([connect(url), connect(url), connect(url)]);
    const heard: string[] = [];
    one.on("message", (data) => heard.push(`one: ${String(data)}`));
    one.send("hello");
    for (const listener of [two, three]) {
      expect(await listener[Symbol.asyncIterator]().next()).toEqual({ done: false, value: "hello" });
    }
    two.send("hello back");
    await three[Symbol.asyncIterator]().next();
    await Promise.all([one.close(), two.close(), three.close()]);
    expect(heard).toEqual(["one: hello back"]);
  });
});

describe("serve", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "wsc-"));
    await mkdir(join(folder, "public"));
    await writeFile(join(folder, "public", "index.html"), "<p>a page</p>");
    await writeFile(join(folder, "public", ".hidden"), "hidden");
    await writeFile(join(folder, "secret.txt"), "secret");
    return () => rm(folder, { recursive: true });
  });

  it("serves the files of a folder, and a WebSocket beside them", async () => {
    const { url } = await serving("serve", "-q", join(folder, "public"));
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect(await fetchPath(url, "/")).toEqual({ status: 200, body: "<p>a page</p>" });
    const { stdout } = await run(["-n", "1", `${url}socket`], "hello");
    expect(stdout).toBe("hello\n");
  });

  it.each([
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/.hidden",
    "/%2ehidden",
    "/%zz",
    "/missing",
  ])("serves nothing else: %s", async (path) => {
    const { url } = await serving("serve", "-q", join(folder, "public"));
    const { status, body } = await fetchPath(url, path);
    expect({ status, body }).toMatchObject({ status: 404 });
    expect(body).not.toContain("secret");
  });

  it("broadcasts beside them where it is told to", async () => {
    const { url } = await serving("serve", "-q", "--websocket", "broadcast", join(folder, "public"));
    const socket = url.replace("http", "ws");
    const [one, other] = await Promise.all([connect(socket), connect(socket)]);
    one.send("hello");
    expect(await other[Symbol.asyncIterator]().next()).toEqual({ done: false, value: "hello" });
    await Promise.all([one.close(), other.close()]);
  });

  it("says so where there is no such folder", async () => {
    const { code, stderr } = await run(["serve", join(folder, "nowhere")]);
    expect(code).toBe(ExitCode.usage);
    expect(stderr).toBe(`wsc: Cannot serve ${join(folder, "nowhere")}: it is no folder\n`);
  });
});
