// The flags of every command that dials.
import { once } from "node:events";
import { createServer } from "node:http";
import { connect as dial, type AddressInfo } from "node:net";
import type { IncomingMessage } from "node:http";
import { writeFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocketServer } from "@ws/server";
import { describe, expect, it, onTestFinished } from "vitest";
import { ExitCode } from "@ws/cli";
import { certificate } from "./certificate.ts";
import { ourServer, urlOf } from "./echo-servers.ts";
import { run } from "./scene.ts";

/** The request that a command makes, of a server that closes at once. */
async function requestOf(...flags: string[]): Promise<IncomingMessage> {
  const server = await ourServer({ protocols: ["one", "two"], origin: () => true });
  const request = new Promise<IncomingMessage>((resolve) => {
    server.on("connection", (connection, its) => {
      resolve(its);
      void connection.close();
    });
  });
  const { code, stderr } = await run([...flags, urlOf(server)]);
  expect({ code, stderr }).toEqual({ code: ExitCode.ok, stderr: "" });
  return request;
}

describe("what is asked for", () => {
  it("has headers, an origin, subprotocols and an offer of compression", async () => {
    const { headers } = await requestOf(
      ...["-H", "X-One: 1", "-H", "Cookie:a=b", "-o", "https://example.org", "-s", "zero", "-s", "two", "-c"],
    );
    expect(headers).toMatchObject({
      "x-one": "1",
      cookie: "a=b",
      origin: "https://example.org",
      "sec-websocket-protocol": "zero, two",
      "sec-websocket-extensions": expect.stringContaining("permessage-deflate") as string,
    });
  });

  it("has credentials", async () => {
    const { headers } = await requestOf("-a", "me:a:secret");
    expect(headers.authorization).toBe(`Basic ${Buffer.from("me:a:secret").toString("base64")}`);
  });

  it("needs no scheme", async () => {
    const server = await ourServer();
    server.on("connection", (connection) => void connection.close());
    const { code } = await run([urlOf(server).replace("ws://", "")]);
    expect(code).toBe(ExitCode.ok);
  });

  it("goes through a proxy, and past one", async () => {
    const server = await ourServer();
    server.on("connection", (connection) => void connection.close());
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on("connect", (request, socket) => {
      asked.push(request.url!);
      const far = dial(server.address()!.port, "127.0.0.1", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
      far.pipe(socket).pipe(far);
      for (const one of [far, socket]) one.on("error", () => {});
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    onTestFinished(() => void proxy.close());
    const { port } = proxy.address() as AddressInfo;
    expect(await run(["--proxy", `http://127.0.0.1:${port}`, "ws://far.example/"])).toMatchObject({
      code: ExitCode.ok,
    });
    expect(asked).toEqual(["far.example:80"]);
    expect(await run(["--no-proxy", urlOf(server)])).toMatchObject({ code: ExitCode.ok });
  });

  it("goes over HTTP/2", async () => {
    const { cert, key } = await certificate();
    const folder = await mkdtemp(join(tmpdir(), "wsc-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "cert.pem"), cert);
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", http2: true, tls: { cert, key } });
    await once(server, "listening");
    onTestFinished(() => server.shutdown({ deadlineMs: 0 }));
    const version = new Promise((resolve) => {
      server.on("connection", (connection, request) => {
        connection.on("message", (data) => void connection.send(data));
        resolve(request.httpVersion);
      });
    });
    const url = `wss://localhost:${server.address()!.port}/`;
    const { code, stdout } = await run(
      ["--http2", "only", "--ca", join(folder, "cert.pem"), "-n", "1", url],
      "hello",
    );
    expect({ code, stdout }).toEqual({ code: ExitCode.ok, stdout: "hello\n" });
    expect(await version).toBe("2.0");
  });

  it("is shown nowhere with its credentials", async () => {
    const server = await ourServer();
    server.on("connection", (connection) => void connection.close());
    const { stdout, stderr } = await run(["--json", urlOf(server).replace("://", "://me:secret@")]);
    expect(stdout).toContain('"event":"open"');
    expect(stdout + stderr).not.toContain("secret");
  });
});

describe("what makes no sense", () => {
  it.each([
    [["http2://localhost"], "Cannot connect to http2://localhost: its scheme is neither ws nor wss"],
    [["ws://localhost/#top"], "Cannot connect to ws://localhost/#top: a WebSocket URL has no fragment"],
    [["ws://:0:0"], "Cannot connect to ws://:0:0: it is no URL"],
    [["-H", "nonsense", "localhost"], 'Cannot send header "nonsense": it has the form "Name: value"'],
    [["-a", "me", "localhost"], "Cannot use --auth: it has the form user:password"],
    [["--cert", "x.pem", "localhost"], "Cannot use a client certificate: it takes both --cert and --key"],
    [
      ["--ca", "/nowhere.pem", "localhost"],
      "Cannot read /nowhere.pem: ENOENT: no such file or directory, open '/nowhere.pem'",
    ],
    [
      ["--wait", "5", "localhost"],
      "option '-w, --wait [duration]' argument '5' is invalid. A duration is a number and its unit: 250ms, 1.5s or 2m.",
    ],
    [
      ["--http2", "maybe", "localhost"],
      "option '--http2 [mode]' argument 'maybe' is invalid. Allowed choices are auto, only.",
    ],
    [["--nope", "localhost"], "unknown option '--nope'"],
  ])("is one sentence, and 2: %j", async (argv, message) => {
    const { code, stdout, stderr } = await run(argv);
    expect({ code, stdout, stderr }).toEqual({
      code: ExitCode.usage,
      stdout: "",
      stderr: `wsc: ${message}\n`,
    });
  });

  it("is told in a sentence of the server's where that refuses", async () => {
    const server = await ourServer({ authenticate: () => ({ accepted: false }) as never });
    server.on("handshakeError", () => {});
    const { code, stderr } = await run([urlOf(server)]);
    expect(code).toBe(ExitCode.unreachable);
    expect(stderr).toMatch(/^wsc: .*500.*\n$/);
  });
});

describe("help", () => {
  it.each([
    ["connect"],
    ["ping"],
    ["script"],
    ["echo"],
    ["broadcast"],
    ["serve"],
    ["load"],
    ["replay"],
    ["conformance"],
  ])("is there for %s, on standard output, and is no failure", async (command) => {
    const { code, stdout, stderr } = await run([command, "--help"]);
    expect({ code, stderr }).toEqual({ code: ExitCode.ok, stderr: "" });
    expect(stdout).toContain(`Usage: wsc ${command}`);
  });

  it("lists the commands and the exit codes", async () => {
    const { code, stdout } = await run(["--help"]);
    expect(code).toBe(ExitCode.ok);
    expect(stdout).toContain("talk to a server");
    expect(stdout).toContain("130 interrupted");
  });
});
