// `wsc conformance`: verdicts, reports and exit codes, of servers and of a client.
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@ws/client";
import { dialRaw, listenRaw, type MisbehaviourName, misbehaviours } from "@ws/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { ExitCode } from "@ws/cli";
import { certificate } from "./certificate.ts";
import { npmEcho, ourEcho, ourServer, urlOf } from "./echo-servers.ts";
import { type Finished, run, type Running, start } from "./scene.ts";

const FULL_COMPRESSION = {
  thresholdBytes: 0,
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
};

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wsc-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describe("conformance of a server", () => {
  it("is complete in the short form for ours, by section of the RFCs", { timeout: 120_000 }, async () => {
    const url = await ourEcho({ perMessageDeflate: FULL_COMPRESSION });
    const { code, stdout, stderr } = await run([
      "conformance",
      "--short",
      "--strict",
      "--deadline",
      "1m",
      url,
    ]);
    expect(stdout).toMatch(/^\d{3} cases in \d+\.\d s: \d{3} ok, 0 non-strict, 0 failed, 0 not offered$/m);
    expect(stdout).toMatch(/^ {2}RFC 6455 §5\.2 +\d\d +· +· +·  framing; reserved bits; opcodes/m);
    expect({ code, stderr }).toEqual({ code: ExitCode.ok, stderr: "" });
  });

  it("is 1 where a MUST is broken, and says in which case and how", async () => {
    const cases = [
      "--cases",
      "6455-4.2.1-no-host,6455-5.5.2-*",
      "--cases",
      "6455-5.2-non-minimal-binary-0-*",
    ];
    const { code, stdout } = await run(["conformance", "--short", ...cases, await npmEcho()]);
    expect(code).toBe(ExitCode.failed);
    expect(stdout).toContain("  failed      6455-4.2.1-no-host\n              accepted the request\n");
    expect(stdout).toMatch(
      /failed {6}6455-5\.2-non-minimal-binary-0-in-16-bits\n +binary .* instead of close 1002/,
    );
    expect(stdout).toMatch(/: \d ok, 0 non-strict, 2 failed, 0 not offered$/m);
  });

  it("is 0 where something is merely late, unless it has to be strict", async () => {
    const cases = ["--short", "--cases", "6455-8.1-fail-fast-fragment-*"];
    const url = await npmEcho();
    const lenient = await run(["conformance", ...cases, url]);
    expect(lenient.stdout).toMatch(/: 0 ok, 3 non-strict, 0 failed, 0 not offered$/m);
    expect(lenient.code).toBe(ExitCode.ok);
    expect((await run(["conformance", "--strict", ...cases, url])).code).toBe(ExitCode.failed);
  });

  it("is 1 for a server that misbehaves, and says how", async () => {
    const complaints: readonly [MisbehaviourName, RegExp][] = [
      ["wrongMask", /sent a masked frame/],
      ["reservedBits", /sent reserved bits 010/],
      ["reservedOpcode", /sent reserved opcode 0x3/],
      ["badText", /sent text that is not UTF-8/],
      ["cutMidFrame", /TCP .* instead of a pong/],
      ["silence", /nothing more came within 300 ms/],
    ];
    const judge = async (name: MisbehaviourName): Promise<Finished> => {
      await using server = await listenRaw((peer) => void misbehaviours[name].act(peer));
      const flags = ["--cases", "6455-5.5.2-ping-text", "--deadline", "300ms"];
      return await run(["conformance", ...flags, server.url]);
    };
    const results = await Promise.all(complaints.map(([name]) => judge(name)));
    for (const [i, [name, complaint]] of complaints.entries()) {
      const { code, stdout } = results[i]!;
      expect(code, name).toBe(ExitCode.failed);
      expect(stdout.slice(stdout.indexOf("6455-5.5.2-ping-text")), name).toMatch(complaint);
    }
  });

  it("sends headers and credentials, and keeps those of the URL out of its report", async () => {
    const server = await ourServer();
    const headers = new Promise((resolve) => {
      server.on("connection", (connection, request) => {
        resolve(request.headers);
        void connection.close();
      });
    });
    const url = urlOf(server).replace("ws://", "me:sec%20ret@");
    const flags = ["--cases", "6455-5.5.2-ping-text", "-H", "X-One: 1"];
    const { stdout } = await run(["conformance", "--json", ...flags, url]);
    expect(await headers).toMatchObject({
      "x-one": "1",
      authorization: `Basic ${Buffer.from("me:sec ret").toString("base64")}`,
    });
    expect(stdout).toContain(`"target": "${urlOf(server)}"`);
    expect(stdout).not.toContain("sec%20ret");
  });

  it("goes over HTTP/2, with a certificate that is verified unless somebody says otherwise", async () => {
    const { cert, key } = await certificate();
    const ca = join(await temporaryFolder(), "cert.pem");
    await writeFile(ca, cert);
    const named = (await ourEcho({ http2: true, tls: { cert, key } })).replace(
      "ws://127.0.0.1",
      "wss://localhost",
    );
    const argv = ["conformance", "--http2", "--cases", "8441-5-plain,6455-5.5.2-ping-text", named];
    expect(await run(argv)).toMatchObject({
      code: ExitCode.unreachable,
      stderr: expect.stringMatching(/^wsc: Cannot judge wss:.*self-signed.*\n$/) as string,
    });
    expect(await run([...argv, "--ca", ca])).toMatchObject({
      code: ExitCode.ok,
      stdout: expect.stringMatching(/^2 cases in .*: 2 ok/m) as string,
    });
    expect(await run([...argv, "--insecure"])).toMatchObject({
      code: ExitCode.ok,
      stderr: "warning: nobody checks who the server is (--insecure)\n",
    });
  });

  it("writes JSON, a page and tables", async () => {
    const folder = await temporaryFolder();
    const [html, markdown] = [join(folder, "report.html"), join(folder, "report.md")];
    const flags = [
      "--cases",
      "6455-4.2.1-no-host,6455-5.5.2-ping-text",
      "--html",
      html,
      "--markdown",
      markdown,
    ];
    const url = await npmEcho();
    const { code, stdout } = await run(["conformance", "--json", ...flags, url]);
    expect(code).toBe(ExitCode.failed);
    expect(JSON.parse(stdout)).toMatchObject({
      format: 1,
      runs: [{ target: url, role: "server", counts: { ok: 1, failed: 1 }, cases: [{}, {}] }],
    });
    expect(await readFile(html, "utf8")).toContain('<details data-verdict="failed">');
    expect(await readFile(markdown, "utf8")).toContain("| `6455-4.2.1-no-host` | **failed** |");
    const nowhere = join(folder, "nowhere", "report.html");
    const unwritten = await run(["conformance", "--cases", "6455-5.5.2-ping-text", "--html", nowhere, url]);
    expect(unwritten).toMatchObject({
      code: ExitCode.usage,
      stderr: expect.stringContaining("ENOENT") as string,
    });
  });

  it("shows what a server says and does not obey it (security: terminal escapes)", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end("HTTP/1.1 400 \u001B[2J\u009B\r\n\r\n", "latin1"));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    for (const flags of [[], ["--json"]]) {
      const { code, stdout } = await run(["conformance", "--cases", "6455-4.2.2-*", ...flags, url]);
      expect(code).toBe(ExitCode.failed);
      expect(stdout).toMatch(/400 \\(?:x|u00)1b\[2J/);
      for (const obeyed of ["\u001B", "\u009B"]) expect(stdout).not.toContain(obeyed);
    }
  });

  it("ends when it is interrupted, with what it has by then", async () => {
    let begin: (peer: unknown) => void = () => {};
    const begun = new Promise((resolve) => (begin = resolve));
    await using server = await listenRaw((peer) => begin(peer));
    const { interrupt, finished } = start(["conformance", "--deadline", "10m", server.url]);
    await begun;
    interrupt();
    const { code, stdout } = await finished;
    expect(code).toBe(ExitCode.interrupted);
    expect(stdout).toMatch(/^\d+ cases in /m);
  });

  it("says so where there is no server", async () => {
    const { code, stdout, stderr } = await run(["conformance", "127.0.0.1:1"]);
    expect({ code, stdout }).toEqual({ code: ExitCode.unreachable, stdout: "" });
    expect(stderr).toBe("wsc: Cannot judge ws://127.0.0.1:1/: connect ECONNREFUSED 127.0.0.1:1\n");
  });
});

describe("conformance of a client", () => {
  interface List {
    readonly cases: readonly { readonly url: string; readonly protocols?: string[] }[];
    readonly done: string;
  }

  /** Starts listening, and tells the URL of the list that it printed. */
  async function listening(...flags: string[]): Promise<{ url: string; judging: Running }> {
    const judging = start(["conformance", "--listen", ...flags]);
    await judging.until('under "done".');
    return { url: /1\. gets (\S+):/.exec(judging.stdout)![1]!, judging };
  }

  /** Does what it is told to do there. */
  async function play(url: string): Promise<void> {
    const { cases, done } = (await (await fetch(url)).json()) as List;
    const waiting = [...cases];
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        try {
          const { protocols = [] } = next;
          const connection = await connect(next.url, { protocols, perMessageDeflate: { thresholdBytes: 0 } });
          connection.on("message", (data) => void connection.send(data));
          await connection.closed;
        } catch {
          // A case may be one that no client should open.
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    await fetch(done);
  }

  it("is complete in the short form for ours", { timeout: 120_000 }, async () => {
    const { url, judging } = await listening("--short", "--strict", "--deadline", "1m");
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/cases$/);
    await play(url);
    const { code, stdout, stderr } = await judging.finished;
    expect(stdout).toMatch(/^\d{3} cases in \d+\.\d s: \d{3} ok, 0 non-strict, 0 failed, 0 not offered$/m);
    expect({ code, stderr }).toEqual({ code: ExitCode.ok, stderr: "" });
  });

  it("is 1 for one that breaks a MUST, and for one without HTTP the list is a message", async () => {
    const flags = ["--json", "--deadline", "300ms", "--cases", "6455-5.5.2-ping-text"];
    const judging = start(["conformance", "--listen", "127.0.0.1:0", ...flags]);
    await judging.untilError('to "done".');
    const connection = await connect(/connects a WebSocket to (ws:\S+) instead/.exec(judging.stderr)![1]!);
    const { value } = await connection[Symbol.asyncIterator]().next();
    const { cases, done } = JSON.parse(value as string) as List;
    // Opens what it is told to, and answers nothing.
    for (const { url } of cases) await (await dialRaw(url)).ended();
    await dialRaw(done.replace("http", "ws"), { answersClose: true });
    const { code, stdout } = await judging.finished;
    expect(code).toBe(ExitCode.failed);
    expect(JSON.parse(stdout)).toMatchObject({ runs: [{ role: "client", counts: { ok: 0, failed: 1 } }] });
  });

  it("listens where it is told to, with TLS, and over HTTP/2", async () => {
    const { cert, key } = await certificate();
    const folder = await temporaryFolder();
    const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    await Promise.all([writeFile(certFile, cert), writeFile(keyFile, key)]);
    const flags = ["--cert", certFile, "--key", keyFile, "--http2", "--cases", "6455-5.5.2-ping-text"];
    const { url, judging } = await listening("localhost:0", ...flags);
    expect(url).toMatch(/^https:\/\/localhost:\d+\/cases$/);
    const connection = await connect(
      url.replace("https:", "wss:").replace("/cases", "/case/6455-5.5.2-ping-text"),
      {
        tls: { ca: cert },
        http2: "only",
      },
    );
    connection.on("message", (data) => void connection.send(data));
    await connection.closed;
    judging.interrupt();
    const { code, stdout } = await judging.finished;
    expect(code).toBe(ExitCode.interrupted);
    expect(stdout).toMatch(/^1 cases in .*: 1 ok/m);
  });

  it("says that a port is taken", async () => {
    const { url } = await listening("--short");
    const { host, port } = new URL(url);
    for (const address of [host, port, `:${port}`]) {
      const { code, stderr } = await run(["conformance", "--listen", address]);
      expect(code).toBe(ExitCode.unreachable);
      expect(stderr).toMatch(/^wsc: Cannot listen: listen EADDRINUSE.*\n$/);
    }
  });
});

it.each([
  [[], "Cannot tell whom to judge: give the URL of a server, or --listen for a client"],
  [
    ["ws://127.0.0.1:1/", "--listen"],
    "Cannot tell whom to judge: give the URL of a server, or --listen for a client",
  ],
  [
    ["--listen", "nonsense"],
    "option '-l, --listen [host:port]' argument 'nonsense' is invalid. It is host:port, or a port.",
  ],
  [
    ["--listen", "70000"],
    "option '-l, --listen [host:port]' argument '70000' is invalid. It is host:port, or a port.",
  ],
  [
    ["--listen", "--ca", "x.pem"],
    "option '-l, --listen [host:port]' cannot be used with option '--ca <file>'",
  ],
  [["--listen", "--http2"], "Cannot listen for HTTP/2: it needs tls here"],
  [["--listen", "--cert", "x.pem"], "Cannot speak TLS: it takes both --cert and --key"],
  [["--short", "--long", "localhost"], "option '--short' cannot be used with option '--long'"],
  [["--key", "x.pem", "localhost"], "Cannot use --cert and --key with a server: they are for --listen"],
  [
    ["--cases", "9999-*", "localhost"],
    "Cannot judge a server: no case fits 9999-* and is in this form over this version of HTTP",
  ],
  [["-H", "nonsense", "localhost"], 'Cannot send header "nonsense": it has the form "Name: value"'],
  [["-H", "X Y: 1", "localhost"], 'Cannot send header "X Y: 1": it is none of HTTP'],
])("conformance › makes no sense, in one sentence: %j", async (argv, message) => {
  const { code, stdout, stderr } = await run(["conformance", ...argv]);
  expect({ code, stdout, stderr }).toEqual({ code: ExitCode.usage, stdout: "", stderr: `wsc: ${message}\n` });
});
