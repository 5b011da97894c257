// `wsc script`: conversations that go as written, and how it is said where they do not.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ExitCode } from "@ws/cli";
import { makes, ourEcho, ourServer, urlOf } from "./echo-servers.ts";
import { type Finished, jsonLines, run } from "./scene.ts";

/** Plays a script from standard input, where its name is "-". */
function play(url: string, steps: readonly string[], ...flags: string[]): Promise<Finished> {
  return run(["script", ...flags, "-", url], steps.join("\n"));
}

describe.each(makes)("script, with $make", ({ startEcho }) => {
  it("passes where every step goes as written", async () => {
    const steps = [
      "# greetings",
      "send text hello, world",
      "expect text hello, world",
      "",
      'send text " two\\nlines "',
      'expect text " two\\nlines "',
      'send json { "type": "join", "room": { "name": "lobby", "size": 3 } }',
      'expect json { "room": { "name": "lobby" } }',
      "send text 42 is the answer",
      "expect regex ^\\d+ is",
      "send binary 00 ff 2a",
      "expect binary 00ff2a",
      "send text one",
      "send text two",
      "await text two",
      "silence 1ms",
      "close 4000 that was all",
      "expect close",
    ];
    const { code, stdout, stderr } = await play(await startEcho(), steps, "-q", "-t", "20s");
    expect({ code, stdout, stderr }).toEqual({ code: ExitCode.ok, stdout: "", stderr: "" });
  });
});

describe("script", () => {
  it("is read from a file, and says how each step went", async () => {
    const folder = await mkdtemp(join(tmpdir(), "wsc-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, "hello.wsc");
    await writeFile(file, "send text hello\nexpect text hello\n");
    const { code, stdout } = await run(["script", file, await ourEcho()]);
    expect(code).toBe(ExitCode.ok);
    expect(stdout.replaceAll(/\d+ ms/g, "0 ms")).toBe(
      `ok send text hello (0 ms)\nok expect text hello (0 ms)\n${file}: 2 steps passed in 0 ms\n`,
    );
  });

  it.each([
    ["expect text bye", 'expected text "bye", and text "hello" came'],
    ["expect json {}", 'expected JSON that contains {}, and text "hello" came'],
    ["expect regex ^b", 'expected text that matches ^b, and text "hello" came'],
    ["expect binary 00", 'expected binary 00, and text "hello" came'],
    ["expect close", 'expected a close, and text "hello" came'],
    ["silence 20s", 'expected nothing for 20000 ms, and text "hello" came'],
  ])("stops at the first step that fails: %s", async (step, failure) => {
    const { code, stderr } = await play(
      await ourEcho(),
      ["send text hello", step, "send text never"],
      "-t",
      "20s",
    );
    expect(code).toBe(ExitCode.failed);
    expect(stderr).toBe(`-:2: ${failure}\n  ${step}\n`);
  });

  it("says what it passed over where what it awaited did not come", async () => {
    const steps = ["send text one", "send text two", "timeout 200ms", "await text three"];
    const { code, stderr } = await play(await ourEcho(), steps);
    expect(code).toBe(ExitCode.failed);
    expect(stderr).toBe(
      '-:4: awaited text "three", and nothing came for 200 ms; before that came 2 others, the last: text "one", text "two"\n  await text three\n',
    );
  });

  it("expects a code, and says how the connection ended otherwise", async () => {
    const server = await ourServer();
    server.on("connection", (connection) => void connection.close(4001, "go away"));
    const url = urlOf(server);
    expect((await play(url, ["expect close 4001"])).code).toBe(ExitCode.ok);
    const { code, stderr } = await play(url, ["expect close 4002"]);
    expect(code).toBe(ExitCode.failed);
    expect(stderr).toBe(
      "-:1: expected a close with 4002, and the connection was closed (4001): go away\n  expect close 4002\n",
    );
    expect((await play(url, ["expect any"])).stderr).toContain(
      "expected any message, and the connection was closed (4001)",
    );
  });

  it("tells JSON for programs", async () => {
    const { code, stdout } = await play(await ourEcho(), ["send text a", "expect text b"], "--json");
    expect(code).toBe(ExitCode.failed);
    const ms = expect.any(Number) as number;
    expect(jsonLines(stdout)).toEqual([
      { event: "step", line: 1, source: "send text a", ms, ok: true },
      {
        event: "step",
        line: 2,
        source: "expect text b",
        ms,
        ok: false,
        failure: 'expected text "b", and text "a" came',
      },
    ]);
  });

  it.each([
    [
      "shout text hello",
      "-:1: There is no step shout: they are send, expect, await, close, silence and timeout",
    ],
    ["send loud hello", "-:1: Cannot send loud: it is text, json or binary"],
    ["expect nothing", "-:1: Cannot expect nothing: it is text, json, regex, binary, any or close"],
    ["# one\nsend json {", "-:2: Cannot read {: it is no JSON"],
    ["send binary 0", "-:1: Cannot read 0: bytes are pairs of hexadecimal digits"],
    ["expect close 12", "-:1: Cannot use close code 12: it is from 1000 to 4999"],
    ["timeout 5", "-:1: A duration is a number and its unit: 250ms, 1.5s or 2m."],
    ["", "- has no step"],
  ])("is read before anything is sent: %j", async (steps, message) => {
    const { code, stderr } = await run(["script", "-", "ws://127.0.0.1:1/"], steps);
    expect(code).toBe(ExitCode.usage);
    expect(stderr).toBe(`wsc: ${message}\n`);
  });
});
