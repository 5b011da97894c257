// `wsc connect` on a terminal, typed at.
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ExitCode } from "@ws/cli";
import { makes, ourEcho, ourServer, urlOf } from "./echo-servers.ts";
import { hasTerminal, Key, Terminal } from "./terminal.ts";

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wsc-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A terminal that is connected, and ready to be typed at. */
async function connected(argv: readonly string[], env: Record<string, string> = {}): Promise<Terminal> {
  const terminal = new Terminal(argv, env);
  await terminal.until("connected to ");
  await terminal.until("> ");
  return terminal;
}

describe.runIf(hasTerminal()).each(makes)("on a terminal, with $make", ({ startEcho }) => {
  it("sends what is typed, shows what comes, and leaves with Ctrl+D", async () => {
    const terminal = await connected([await startEcho()]);
    terminal.enter("hello");
    await terminal.until("< hello");
    terminal.enter("/ping");
    await terminal.until("pong after ");
    terminal.enter("/binary 00 ff 2a");
    await terminal.until("binary, 3 bytes: 00 ff 2a");
    terminal.type(Key.ctrlD);
    await terminal.until("closed (1000)");
    expect(await terminal.exitCode).toBe(ExitCode.ok);
  });
});

describe.runIf(hasTerminal())("on a terminal", () => {
  it("completes commands and paths, and sends files", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "numbers.bin"), Uint8Array.of(1, 2, 3));
    const terminal = await connected([await ourEcho()]);
    terminal.type(`/fil${Key.tab}`);
    await terminal.until("/file ");
    terminal.type(`${folder}/num${Key.tab}`);
    await terminal.until("numbers.bin");
    terminal.type(Key.enter);
    await terminal.until("binary, 3 bytes: 01 02 03");
    terminal.type(Key.ctrlC);
    await terminal.until("closed (1000)");
    expect(await terminal.exitCode).toBe(ExitCode.ok);
  });

  it("shows frames once they are asked for", async () => {
    const terminal = await connected([await ourEcho()]);
    terminal.enter("before");
    await terminal.until("before");
    terminal.enter("/frames");
    await terminal.until("frames are shown");
    terminal.enter("//slash");
    await terminal.until("6+6 bytes");
    await terminal.until('"/slash"');
    await terminal.until("2+6 bytes");
    terminal.enter("/close 4000 that was all");
    await terminal.until("closed (4000)");
    expect(terminal.screen).not.toContain("6+6 bytes  before");
    expect(await terminal.exitCode).toBe(ExitCode.disconnected);
  });

  it("explains commands, and what is wrong with one", async () => {
    const terminal = await connected([await ourEcho()]);
    terminal.enter("/help");
    await terminal.until("/binary <hex>");
    terminal.enter("/nonsense");
    await terminal.until("There is no /nonsense");
    terminal.enter("/binary xy");
    await terminal.until("/binary takes pairs of hexadecimal digits");
    terminal.enter("/file /does/not/exist");
    await terminal.until("no such file");
    terminal.enter("/close 1006");
    await terminal.until("1006");
    terminal.enter("still here");
    await terminal.until("< ");
    terminal.type(Key.ctrlD);
    expect(await terminal.exitCode).toBe(ExitCode.ok);
  });

  it("remembers what was typed in a file of the user's own, but what begins with a space", async () => {
    const WSC_HISTORY = join(await temporaryFolder(), "deep", "history");
    const url = await ourEcho();
    const first = await connected([url], { WSC_HISTORY });
    first.enter("remember me");
    await first.until("< ");
    first.enter(" secret");
    await first.until("< ");
    first.type(Key.ctrlD);
    await first.exitCode;
    expect(await readFile(WSC_HISTORY, "utf8")).toBe("remember me\n");
    expect((await stat(WSC_HISTORY)).mode & 0o777).toBe(0o600);

    const second = await connected([url], { WSC_HISTORY });
    second.type(Key.up + Key.enter);
    await second.until("< ");
    await second.until("remember me");
    second.type(Key.ctrlD);
    await second.exitCode;
  });

  it("keeps no history with --no-history", async () => {
    const WSC_HISTORY = join(await temporaryFolder(), "history");
    const terminal = await connected(["--no-history", await ourEcho()], { WSC_HISTORY });
    terminal.enter("hello");
    await terminal.until("< ");
    terminal.type(Key.ctrlD);
    await terminal.exitCode;
    await expect(stat(WSC_HISTORY)).rejects.toThrow("ENOENT");
  });

  it("shows what a peer sends and does not obey it (security: terminal escapes)", async () => {
    const server = await ourServer();
    server.on("connection", (connection) => {
      const answers = new Map<unknown, () => unknown>([
        ["message", () => connection.send("\u001B]0;owned\u0007 \u009B2J \u202Eabc end")],
        ["ping", () => connection.ping("\u001B[2J")],
        ["close", () => connection.close(4000, "\u001B[2J bye")],
      ]);
      connection.on("message", (data) => void answers.get(data)?.());
    });
    const terminal = await connected([urlOf(server)]);
    terminal.enter("message");
    await terminal.until("\\x1b]0;owned\\x07 \\x9b2J \\u202eabc end");
    terminal.enter("ping");
    await terminal.until("ping \\x1b[2J");
    terminal.enter("close");
    await terminal.until("closed (4000): \\x1b[2J bye");
    await terminal.exitCode;
    for (const obeyed of ["\u001B]0;owned", "\u001B[2J", "\u009B", "\u202E"]) {
      expect(terminal.screen).not.toContain(obeyed);
    }
  });

  it("uses colours, and none where NO_COLOR asks for none", async () => {
    const url = await ourEcho();
    const coloured = await connected([url], { NO_COLOR: "" });
    coloured.enter("hello");
    await coloured.until("\u001B[36m<\u001B[39m hello");
    const plain = await connected([url], { NO_COLOR: "1" });
    plain.enter("hello");
    await plain.until("< hello");
    expect(plain.screen).not.toContain("\u001B[36m");
    for (const terminal of [coloured, plain]) {
      terminal.type(Key.ctrlD);
      await terminal.exitCode;
    }
  });

  it("draws again what was being typed when something came", async () => {
    const server = await ourServer();
    const connection = new Promise<{ send(text: string): void }>((resolve) => {
      server.on("connection", (one) => {
        one.on("message", (data) => one.send(`got ${String(data)}`));
        resolve(one);
      });
    });
    const terminal = await connected([urlOf(server)]);
    terminal.type("half a ");
    await terminal.until("half a ");
    (await connection).send("interruption");
    await terminal.until("interruption");
    await terminal.until("half a ");
    terminal.enter("line");
    await terminal.until("got half a line");
    terminal.type(Key.ctrlD);
    await terminal.exitCode;
  });

  it("says in one sentence why there is no connection", async () => {
    const terminal = new Terminal(["ws://127.0.0.1:1/"]);
    await terminal.until("wsc: Cannot connect: connect ECONNREFUSED 127.0.0.1:1");
    expect(await terminal.exitCode).toBe(ExitCode.unreachable);
    expect(terminal.screen).not.toContain("    at ");
  });
});
