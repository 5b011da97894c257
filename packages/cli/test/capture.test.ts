// `--capture` and `wsc replay`.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Har, readJsonLines } from "@ws/capture";
import { beforeAll, describe, expect, it } from "vitest";
import { ExitCode } from "@ws/cli";
import { makes, ourEcho, ourServer, urlOf } from "./echo-servers.ts";
import { run } from "./scene.ts";

const TSHARK = "/usr/bin/tshark";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wsc-"));
  return () => rm(folder, { recursive: true });
});

/** Captures a conversation of two lines with an echo. */
async function capture(name: string, url: string, ...flags: string[]): Promise<string> {
  const file = join(folder, name);
  const argv = ["--capture", file, "-n", "2", "-w", "60s", ...flags, url];
  const { code, stderr } = await run(argv, `hello\n${"long ".repeat(100)}\n`);
  expect({ code, stderr }).toEqual({ code: ExitCode.ok, stderr: "" });
  return file;
}

describe.each(makes)("a capture of $make", ({ startEcho }) => {
  it.each([["plain"], ["compressed"]])("has what both said, and can be replayed: %s", async (kind) => {
    const file = await capture("both.jsonl", await startEcho(), ...(kind === "compressed" ? ["-c"] : []));
    const { connections, frames, messages, leftOut } = readJsonLines(await readFile(file, "utf8"));
    expect(connections).toHaveLength(1);
    expect(connections[0]).toMatchObject({ end: { code: 1000, wasClean: true }, isFromStart: true });
    expect(leftOut).toEqual({ frames: 0, bytes: 0 });
    const said = messages.map(({ direction, data }) => `${direction} ${new TextDecoder().decode(data)}`);
    const long = "long ".repeat(100);
    expect(said.toSorted()).toEqual(["received hello", `received ${long}`, "sent hello", `sent ${long}`]);
    expect(frames.filter(({ opcode }) => opcode === 8).map(({ direction }) => direction)).toEqual([
      "received",
      "sent",
    ]);
    for (const { direction, isMasked, header } of frames) {
      expect(isMasked).toBe(direction === "received");
      expect((header[1]! & 0x80) !== 0).toBe(isMasked);
    }

    const { code, stdout } = await run(["replay", "--fast", file, await ourEcho()]);
    expect(code).toBe(ExitCode.ok);
    expect(stdout).toBe(`hello\n${long}\n`);
  });
});

describe("a capture", () => {
  it("is readable by its owner only, and has no secret of the handshake", async () => {
    const file = await capture(
      "secret.jsonl",
      await ourEcho(),
      "-a",
      "me:secret",
      "-H",
      "Cookie: id=secret",
      "-H",
      "X-One: 1",
    );
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = await readFile(file, "utf8");
    expect(text).not.toContain('secret"');
    expect(text).not.toContain(Buffer.from("me:secret").toString("base64"));
    const [connection] = readJsonLines(text).connections;
    expect(connection!.handshake.request.fields).toEqual(
      expect.arrayContaining([
        { name: "Cookie", value: "•••", isMasked: true },
        { name: "Authorization", value: "•••", isMasked: true },
        { name: "X-One", value: "1" },
      ]),
    );
  });

  it("is a HAR where its name says so, and can be replayed from there", async () => {
    const file = await capture("both.har", await ourEcho());
    const { log } = JSON.parse(await readFile(file, "utf8")) as Har;
    const { _webSocketMessages: messages } = log.entries[0]!;
    expect(messages.map(({ type }) => type).toSorted()).toEqual(["receive", "receive", "send", "send"]);
    const { stdout } = await run(["replay", "--fast", file, await ourEcho()]);
    expect(stdout).toBe(`hello\n${"long ".repeat(100)}\n`);
  });

  it.runIf(existsSync(TSHARK) || process.env["CI"] === "true")(
    "is read by tshark as pcapng",
    { timeout: 60_000 },
    async () => {
      const file = await capture("both.pcapng", await ourEcho());
      const fields = ["-T", "fields", "-e", "websocket.opcode", "-e", "websocket.mask"];
      const { stdout } = await promisify(execFile)(TSHARK, ["-r", file, "-Y", "websocket", ...fields]);
      const lines = stdout.trimEnd().split("\n").toSorted();
      expect(lines).toEqual(["1\t0", "1\t0", "1\t1", "1\t1", "8\t0", "8\t1"]);
    },
  );

  it("is written also where the connection was lost, each connection that there was", async () => {
    const server = await ourServer();
    let connections = 0;
    server.on("connection", (connection) => {
      if (++connections === 1) void connection.close(1012, "retry-after-ms=1");
      else void connection.close(4000, "enough");
    });
    const file = join(folder, "lost.jsonl");
    const { code } = await run(["-r", "--capture", file, urlOf(server), "--wait"]);
    expect(code).toBe(ExitCode.disconnected);
    const { connections: records } = readJsonLines(await readFile(file, "utf8"));
    expect(records.map(({ end }) => end?.code)).toEqual([1012, 4000]);
  });

  it("needs a name that says its format", async () => {
    const { code, stderr } = await run(["--capture", "all.txt", "ws://127.0.0.1:1/"]);
    expect(code).toBe(ExitCode.usage);
    expect(stderr).toBe("wsc: Cannot capture to all.txt: its name ends in .jsonl, .har, .pcapng\n");
  });
});

describe("replay", () => {
  const har = (...messages: unknown[]): string =>
    JSON.stringify({ log: { entries: [{ _webSocketMessages: messages }] } });

  it("sends text as text and binary as binary, at the pace of the capture", async () => {
    const file = join(folder, "paced.har");
    await writeFile(
      file,
      har(
        { type: "send", time: 100, opcode: 1, data: "first" },
        { type: "receive", time: 100.05, opcode: 1, data: "not ours" },
        { type: "send", time: 100.2, opcode: 2, data: "AP8q" },
      ),
    );
    const begun = performance.now();
    const { code, stdout } = await run(["replay", "--json", file, await ourEcho()]);
    expect(code).toBe(ExitCode.ok);
    expect(performance.now() - begun).toBeGreaterThan(190);
    expect(stdout).toContain('"type":"text","data":"first"');
    expect(stdout).toContain('"type":"binary","base64":"AP8q"');
    expect(stdout).not.toContain("not ours");
  });

  it("takes the connection that it is told to, shows its frames, and captures anew", async () => {
    const file = join(folder, "two.har");
    const entry = (data: string): object => ({
      _webSocketMessages: [{ type: "send", time: 1, opcode: 1, data }],
    });
    await writeFile(file, JSON.stringify({ log: { entries: [entry("first"), entry("second")] } }));
    const again = join(folder, "again.jsonl");
    const flags = ["--connection", "2", "--frames", "--capture", again, "--wait", "2s"];
    const { code, stdout, stderr } = await run(["replay", ...flags, file, await ourEcho()]);
    expect({ code, stdout }).toEqual({ code: ExitCode.ok, stdout: "second\n" });
    expect(stderr).toMatch(/^→ text .* "second"\n← text .* "second"\n→ close .*\n← close .*\n$/);
    const { messages } = readJsonLines(await readFile(again, "utf8"));
    expect(messages.map(({ direction }) => direction)).toEqual(["received", "sent"]);
  });

  it("offers the subprotocol that the client had", async () => {
    const file = await capture("protocol.jsonl", await ourEcho({ protocols: ["chat"] }), "-s", "chat");
    const { stdout } = await run([
      "replay",
      "--json",
      "--fast",
      file,
      await ourEcho({ protocols: ["chat"] }),
    ]);
    expect(stdout).toContain('"protocol":"chat"');
  });

  it.each([
    ["nothing", "", "Cannot read the capture: it is empty"],
    ["no JSON", "hello", expect.stringContaining("JSON") as string],
    ["another JSON", "{}", "Cannot read the capture: its first line is not of websocket-capture, version 1"],
    ["a HAR without entries", '{"log":{}}', "it is neither JSON Lines of a capture nor a HAR"],
    ["a message without a time", har({ type: "send", opcode: 1, data: "x" }), "a message has no time"],
    [
      "a message that is not known",
      har({ type: "send", time: 1, opcode: 1, data: "", _gap: "redacted" }),
      "a message is not in it (redacted)",
    ],
  ])("says what is wrong with a file: %s", async (_what, text, message) => {
    const file = join(folder, "wrong.txt");
    await writeFile(file, text);
    const { code, stderr } = await run(["replay", file, "ws://127.0.0.1:1/"]);
    expect(code).toBe(ExitCode.usage);
    expect(stderr.slice(`wsc: Cannot replay ${file}: `.length, -1)).toEqual(message);
  });

  it("says so where there is no such connection, nothing to be said, and no such file", async () => {
    const file = join(folder, "one.har");
    await writeFile(file, har({ type: "send", time: 1, opcode: 1, data: "x" }));
    const other = await run(["replay", "--connection", "2", file, "ws://127.0.0.1:1/"]);
    expect(other.stderr).toBe(`wsc: Cannot replay connection 2 of ${file}: it has 1\n`);
    await writeFile(file, har(null));
    const silent = await run(["replay", file, "ws://127.0.0.1:1/"]);
    expect(silent.stderr).toBe(`wsc: Cannot replay ${file}: no client says anything in it\n`);
    const missing = await run(["replay", `${file}.not`, "ws://127.0.0.1:1/"]);
    expect(missing.stderr).toContain("ENOENT");
    expect([other.code, silent.code, missing.code]).toEqual([ExitCode.usage, ExitCode.usage, ExitCode.usage]);
  });
});
