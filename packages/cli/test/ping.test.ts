// `wsc ping`: round trips, counted and summed up.
import { describe, expect, it } from "vitest";
import { ExitCode } from "@ws/cli";
import { makes, ourServer, urlOf } from "./echo-servers.ts";
import { rawServer } from "./raw-server.ts";
import { jsonLines, run, start } from "./scene.ts";

describe.each(makes)("ping, with $make", ({ startEcho }) => {
  it("times as many pings as were asked for", async () => {
    const url = await startEcho();
    const { code, stdout, stderr } = await run(["ping", "-n", "3", "-i", "1ms", url]);
    expect({ code, stderr }).toEqual({ code: ExitCode.ok, stderr: "" });
    expect(stdout).toMatch(/^(?:ping \d: \d+\.\d{3} ms\n){3}/);
    expect(stdout).toContain(`${url}: 3 sent, 3 answered\nmin/avg/max/stddev `);
  });
});

describe("ping", () => {
  it("tells JSON for programs", async () => {
    const server = await ourServer();
    const { stdout } = await run(["ping", "-n", "2", "-i", "1ms", "--json", urlOf(server)]);
    const events = jsonLines(stdout);
    expect(events.map(({ event }) => event)).toEqual(["pong", "pong", "summary"]);
    expect(events[2]).toMatchObject({ sent: 2, received: 2 });
    const [one, two] = events.map(({ ms }) => Number(ms));
    const { minMs, avgMs, maxMs, stddevMs } = events[2] as Record<string, number>;
    expect([minMs, maxMs]).toEqual([Math.min(one!, two!), Math.max(one!, two!)]);
    // Of two values the deviation is half of what is between them.
    expect(avgMs).toBeCloseTo((one! + two!) / 2, 2);
    expect(stddevMs).toBeCloseTo(Math.abs(one! - two!) / 2, 2);
  });

  it("exits with 1 where a ping is not answered", async () => {
    // Answers a close and nothing else.
    const url = await rawServer((frame) => (frame[0] === 0x88 ? Uint8Array.of(0x88, 0x00) : undefined));
    const { code, stdout } = await run(["ping", "-n", "2", "-i", "1ms", "-p", "10ms", url]);
    expect(code).toBe(ExitCode.failed);
    expect(stdout).toContain("ping 1: no pong\nping 2: no pong\n");
    expect(stdout).toContain("2 sent, 0 answered\nmin/avg/max/stddev 0.000/0.000/0.000/0.000 ms\n");
  });

  it("says so where the server closes meanwhile", async () => {
    const server = await ourServer();
    server.on("connection", (connection) => {
      connection.on("ping", () => void connection.close(4000, "no pings"));
    });
    const { code, stderr } = await run(["ping", "-n", "9", "-i", "1ms", urlOf(server)]);
    expect(code).toBe(ExitCode.disconnected);
    expect(stderr).toBe("wsc: The connection was closed (4000): no pings\n");
  });

  it("sums up what there is when it is interrupted", async () => {
    const { until, interrupt, finished } = start(["ping", "-i", "1m", urlOf(await ourServer())]);
    await until("ping 1: ");
    interrupt();
    const { code, stdout } = await finished;
    expect(code).toBe(ExitCode.interrupted);
    expect(stdout).toContain("1 sent, 1 answered");
  });
});
