// `wsc connect` between pipes.
import { describe, expect, it } from "vitest";
import { ExitCode } from "@ws/cli";
import { makes, ourEcho, ourServer, urlOf } from "./echo-servers.ts";
import { jsonLines, run, start } from "./scene.ts";

describe.each(makes)("piped, with $make", ({ startEcho }) => {
  it("sends each line, writes each answer as one, and closes when it has as many as were asked for", async () => {
    const url = await startEcho();
    const lines = Array.from({ length: 2000 }, (_, i) => `line ${i} äöü`).join("\n");
    const { code, stdout, stderr } = await run(["connect", "-n", "2000", "-w", "60s", url], `${lines}\n`);
    expect({ code, stderr }).toEqual({ code: ExitCode.ok, stderr: "" });
    expect(stdout).toBe(`${lines}\n`);
  });

  it("passes bytes on as they are with --binary", async () => {
    const url = await startEcho();
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 256);
    const { code, stdoutBytes } = await run(["-b", "-n", "1", "-w", "60s", url], bytes);
    expect(code).toBe(ExitCode.ok);
    expect([...stdoutBytes]).toEqual([...bytes]);
  });
});

describe("piped", () => {
  it("closes when the input has ended and nothing comes any more", async () => {
    const { code, stdout } = await run(["-w", "1ms", await ourEcho()]);
    expect({ code, stdout }).toEqual({ code: ExitCode.ok, stdout: "" });
  });

  it("stays until the server closes with --wait alone, and says with what where that was no good end", async () => {
    const server = await ourServer();
    server.on("connection", (connection) => {
      connection.on("message", () => void connection.close(4001, "no more of this"));
    });
    const { code, stderr } = await run([urlOf(server), "--wait"], "hello\n");
    expect(code).toBe(ExitCode.disconnected);
    expect(stderr).toBe("closed (4001): no more of this\n");
  });

  it("ends when the server closes, though its input has not ended", async () => {
    const server = await ourServer();
    server.on("connection", (connection) => {
      connection.send("bye");
      void connection.close();
    });
    const { code, stdout } = await start([urlOf(server)]).finished;
    expect({ code, stdout }).toEqual({ code: ExitCode.ok, stdout: "bye\n" });
  });

  it("does not mix bytes among lines: it says that there were some", async () => {
    const server = await ourServer();
    server.on("connection", (connection) => {
      connection.send(new Uint8Array(3));
      void connection.close();
    });
    const { stdout, stderr } = await run([urlOf(server), "--wait"]);
    expect(stdout).toBe("");
    expect(stderr).toBe("a binary message of 3 bytes is not text: see --binary and --json\n");
  });

  it("tells everything as JSON, an object a line", async () => {
    const url = await ourEcho({ protocols: ["chat"] });
    const { code, stdout, stderr } = await run(
      ["--json", "-n", "1", "-s", "chat", "-w", "60s", url],
      "hello",
    );
    expect({ code, stderr }).toEqual({ code: ExitCode.ok, stderr: "" });
    const time = expect.any(Number) as number;
    expect(jsonLines(stdout)).toEqual([
      { event: "open", time, url, protocol: "chat", extensions: "" },
      { event: "message", time, type: "text", data: "hello" },
      { event: "close", time, code: 1000, reason: "", wasClean: true },
    ]);
  });

  it("has in its JSON nothing that a terminal obeys (security: terminal escapes)", async () => {
    const { stdout } = await run(
      ["--json", "-n", "1", "-w", "60s", await ourEcho()],
      "\u001B[2J \u009B2J \u202Ex",
    );
    expect(stdout).toContain('"data":"\\u001b[2J \\u009b2J \\u202ex"');
    expect(jsonLines(stdout)[1]).toMatchObject({ data: "\u001B[2J \u009B2J \u202Ex" });
  });

  it("shows the frames of both directions on standard error, and sends what it was given", async () => {
    // Watching frames unmasked the bytes that were about to leave, so the server received no UTF-8.
    const url = await ourEcho();
    const { stdout, stderr } = await run(["-f", "-n", "1", "-w", "60s", url], "hello");
    expect(stdout).toBe("hello\n");
    const lines = stderr.trimEnd().split("\n");
    expect(lines[0]).toMatch(
      /^→ text +FIN {2}mask [0-9a-f]{8} {2}length 5 in 7 bits {2}6\+5 bytes {2}"hello"$/,
    );
    expect(lines[1]).toMatch(/^← text +FIN {2}no mask +length 5 in 7 bits {2}2\+5 bytes {2}"hello"$/);
    expect(lines[2]).toMatch(/^→ close .* 1000$/);
    expect(lines[3]).toMatch(/^← close .* 1000$/);
    expect(lines).toHaveLength(4);
  });

  it("tells of RSV1, long lengths and fragments in the JSON of frames", async () => {
    const url = await ourEcho({ perMessageDeflate: { thresholdBytes: 0 } });
    const { stdout } = await run(["--json", "-f", "-c", "-n", "1", "-w", "60s", url], "x".repeat(100_000));
    const compressed = jsonLines(stdout).find(({ event }) => event === "frame");
    expect(compressed).toMatchObject({ direction: "sent", name: "text", rsv1: true, masked: true });
    const { stdout: plain } = await run(["--json", "-f", "-n", "1", "-w", "60s", url], "x".repeat(100_000));
    const sent = jsonLines(plain).find(({ event }) => event === "frame");
    expect(sent).toMatchObject({ rsv1: false, lengthBits: 64, headerBytes: 14, payloadLength: 100_000 });
    expect((sent!["payload"] as string).length).toBe(128);
  });

  it("connects again with --reconnect, and loses nothing that it is given meanwhile", async () => {
    const server = await ourServer();
    let connections = 0;
    server.on("connection", (connection) => {
      if (++connections === 1) void connection.close(1012, "retry-after-ms=1");
      else connection.on("message", (data) => void connection.send(data));
    });
    const { stdin, until, finished } = start(["-r", "-n", "1", "-w", "60s", "--json", urlOf(server)]);
    await until('"reconnecting"');
    stdin.end("hello\n");
    const { code, stdout } = await finished;
    expect(code).toBe(ExitCode.ok);
    const events = jsonLines(stdout).map(({ event }) => event);
    expect(events).toEqual(["open", "reconnecting", "open", "message", "close"]);
  });

  it("gives up with --reconnect where there is no point, in one sentence", async () => {
    const server = await ourServer();
    const { code, stdout, stderr } = await run(["-r", "-o", "https://example.org", urlOf(server)], "hello\n");
    expect({ code, stdout }).toEqual({ code: ExitCode.unreachable, stdout: "" });
    expect(stderr).toMatch(/^wsc: .*403.*\n$/);
  });

  it("waits with --reconnect for a server that is not there yet, until it is interrupted", async () => {
    const { until, interrupt, finished } = start(["-r", "--json", "ws://127.0.0.1:1/"]);
    await until('"reconnecting"');
    interrupt();
    expect((await finished).code).toBe(ExitCode.interrupted);
  });

  it("ends an interrupt with a close frame, and 130", async () => {
    const server = await ourServer();
    const closed = new Promise((resolve) => {
      server.on("connection", (connection) => {
        connection.send("hello");
        connection.on("close", resolve);
      });
    });
    const { until, interrupt, finished } = start([urlOf(server)]);
    await until("hello");
    interrupt();
    expect((await finished).code).toBe(ExitCode.interrupted);
    expect(await closed).toMatchObject({ code: 1000, wasClean: true });
  });
});
