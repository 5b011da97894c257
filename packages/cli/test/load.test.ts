// `wsc load`: bounded, and honest about what was lost.
import { describe, expect, it } from "vitest";
import { ExitCode } from "@ws/cli";
import { ourEcho, ourServer, urlOf } from "./echo-servers.ts";
import { jsonLines, run, start } from "./scene.ts";

describe("load", () => {
  it("opens as many connections as were asked for, and times every answer", async () => {
    const url = await ourEcho();
    const { code, stdout, stderr } = await run([
      "load",
      "-n",
      "7",
      "-m",
      "3",
      "-d",
      "200ms",
      "-b",
      "20",
      "--json",
      url,
    ]);
    expect({ code, stderr }).toEqual({ code: ExitCode.ok, stderr: "" });
    const [result] = jsonLines(stdout) as [
      Record<string, number> & { latency: Record<string, number>; histogram: { count: number }[] },
    ];
    expect(result).toMatchObject({ url, opened: 7, failed: 0, lost: 0, wrong: 0 });
    expect(result.sent).toBeGreaterThanOrEqual(21);
    expect(result.answered).toBe(result.sent);
    expect(result.latency["count"]).toBe(result.sent);
    expect(result.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(result.sent);
    expect(result.latency["p50Ms"]).toBeLessThanOrEqual(result.latency["p99Ms"]!);
  });

  it("draws a histogram for people", async () => {
    const { code, stdout } = await run(["load", "-n", "2", "-d", "50ms", await ourEcho()]);
    expect(code).toBe(ExitCode.ok);
    expect(stdout).toMatch(/2 connections for \d\.\d s\n\d+ sent, \d+ answered, \d+ a second\n/);
    expect(stdout).toMatch(/ +\d+(?:\.\d)? (?:µs|ms|s) █+ +\d+\n/);
  });

  it("ends by itself where a server does not answer, and exits with 1", async () => {
    const server = await ourServer();
    server.on("connection", (connection) => connection.on("message", () => {}));
    const { code, stdout, stderr } = await run([
      "load",
      "-n",
      "3",
      "-d",
      "10ms",
      "-p",
      "20ms",
      urlOf(server),
    ]);
    expect(code).toBe(ExitCode.failed);
    expect(stdout).toContain("3 sent, 0 answered");
    expect(stderr).toBe(
      "wsc: 0 not opened, 0 lost, 0 wrong answers, 3 not answered; first: no answer came for 20 ms\n",
    );
  });

  it("counts connections that were refused, and those that were lost", async () => {
    const server = await ourServer({ maxConnections: 2 });
    server.on("connection", (connection) => {
      connection.on("message", () => void connection.close(1013));
    });
    const { code, stderr } = await run(["load", "-n", "5", "-d", "10s", urlOf(server)]);
    expect(code).toBe(ExitCode.failed);
    expect(stderr).toMatch(/^wsc: 3 not opened, 2 lost, 0 wrong answers, 2 not answered; first: .*503/);
  });

  it("says so where there is no server", async () => {
    const { code, stderr } = await run(["load", "ws://127.0.0.1:1/"]);
    expect(code).toBe(ExitCode.unreachable);
    expect(stderr).toContain("ECONNREFUSED");
  });

  it("ends when it is interrupted", async () => {
    const server = await ourServer();
    const loaded = new Promise((resolve) => {
      server.on("connection", (connection) => {
        connection.on("message", (data) => {
          connection.send(data);
          resolve(undefined);
        });
      });
    });
    const { interrupt, finished } = start(["load", "-d", "5m", urlOf(server)]);
    await loaded;
    interrupt();
    expect((await finished).code).toBe(ExitCode.interrupted);
  });

  it.each([
    [["-n", "5001"], "It is a whole number from 1 to 5000."],
    [["-d", "11m"], "Cannot load a server for more than 10m at a time"],
    [["-n", "5000", "-b", "1000000"], "Cannot have 5000000000 bytes under way: 256 MiB is the most"],
  ])("has bounds: %j", async (flags, message) => {
    const { code, stderr } = await run(["load", ...flags, "ws://127.0.0.1:1/"]);
    expect(code).toBe(ExitCode.usage);
    expect(stderr).toContain(message);
  });
});
