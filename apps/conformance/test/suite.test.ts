import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseOptions } from "../src/options.ts";
import { comparison } from "../src/report/comparison.ts";
import { consoleReport } from "../src/report/console-report.ts";
import { htmlReport } from "../src/report/html-report.ts";
import { jsonReport } from "../src/report/json-report.ts";
import { isClean, type RunReport } from "../src/report/run-report.ts";
import { ClientListener } from "../src/suite/client-listener.ts";
import { selectCases } from "../src/suite/registry.ts";
import { runServer } from "../src/suite/run-server.ts";
import { tinyServer } from "./tiny-server.ts";

const roles = ["server", "client"] as const;

describe.each(roles)("the cases for a %s", (role) => {
  const cases = selectCases({ role, form: "long" });

  test("have ids of their own that fit a URL", () => {
    const ids = cases.map(({ id }) => id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    expect(ids.filter((id) => !/^\d{4}-[\w.-]+$/.test(id))).toEqual([]);
  });

  test("say what they are about", () => {
    for (const { id, section, rule, sends, expects } of cases) {
      expect(section, id).toMatch(/^RFC \d{4} §\d/);
      expect(Math.min(rule.length, sends.length, expects.length), id).toBeGreaterThan(3);
    }
  });

  test("are chosen by form and by prefix", () => {
    const short = selectCases({ role, form: "short" });
    const full = selectCases({ role, form: "full" });
    expect(short.length).toBeGreaterThan(150);
    expect(full.length).toBeGreaterThan(1200);
    expect(cases.length).toBeGreaterThan(full.length);
    expect(
      selectCases({ role, form: "full", only: ["7692-7.2.3"] }).every(({ id }) =>
        id.startsWith("7692-7.2.3"),
      ),
    ).toBe(true);
  });
});

describe("reports", () => {
  async function someReport(): Promise<RunReport> {
    await using server = await tinyServer({ faults: ["accepts RSV", "validates late"] });
    const only = [
      "6455-5.2-rsv-010-text",
      "6455-8.1-fail-fast-fragment-late",
      "6455-5.5.2-ping-text",
      "7692-7.2-bare-0",
    ];
    const results = await runServer(selectCases({ role: "server", form: "full", only }), server);
    return { target: "<tiny>", role: "server", setting: "tcp", results, durationMs: 5 };
  }

  test("count every verdict, and name what is wrong", async () => {
    const report = await someReport();
    expect(isClean([report])).toBe(false);

    const text = consoleReport(report);
    expect(text).toMatch(/failed +6455-5.2-rsv-010-text/);
    expect(text).toMatch(/\d+ cases in 0.0 s: \d ok, 1 non-strict, 1 failed, 1 not offered$/);

    const html = htmlReport([report]);
    expect(html).toContain("&lt;tiny&gt;");
    expect(html).toContain('<details data-verdict="non-strict">');
    expect(html).not.toMatch(/src=|href=|@import/);

    const json = JSON.parse(jsonReport([report]));
    expect(json.runs[0].counts).toMatchObject({ failed: 1, "non-strict": 1, "not offered": 1 });
    expect(json.runs[0].cases.find((one: { verdict: string }) => one.verdict === "failed")).toMatchObject({
      id: "6455-5.2-rsv-010-text",
      section: "RFC 6455 §5.2",
      expects: "close 1002",
      wire: expect.arrayContaining([
        expect.objectContaining({ direction: "sent", what: "text, RSV 010, 5 bytes, masked" }),
      ]),
    });

    const markdown = comparison([report, { ...report, target: "other" }]);
    expect(markdown).toContain("| section | <tiny> | other |");
    expect(markdown).toContain("| `6455-5.2-rsv-010-text` | **failed** | **failed** |");
  });
});

describe("the list for clients", () => {
  test("is served over HTTP and over a WebSocket alike, and unknown paths are refused", async () => {
    const { default: WebSocket } = await import("ws");
    const listener = new ClientListener(
      selectCases({ role: "client", form: "short", only: ["6455-4.1-response-plain"] }),
    );
    const url = await listener.listen();
    const overHttp = (await (await fetch(url)).json()) as { cases: unknown[]; done: string };
    expect(overHttp).toEqual({
      cases: [
        {
          id: "6455-4.1-response-plain",
          url: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+\/case\/6455-4\.1-response-plain$/),
        },
      ],
      done: expect.stringMatching(/\/done$/),
    });
    const socket = new WebSocket(url.replace("http", "ws"));
    const overWebSocket = await new Promise<string>((resolve) =>
      socket.on("message", (data) => resolve((data as Buffer).toString())),
    );
    expect(JSON.parse(overWebSocket)).toEqual(overHttp);
    await new Promise((resolve) => socket.on("close", resolve));
    expect((await fetch(url.replace("/cases", "/nothing"))).status).toBe(404);
    await fetch(overHttp.done);
    await listener.finished;
    await listener.close();
  });
});

describe("the command line", () => {
  test("takes --listen with and without a port", () => {
    expect(parseOptions(["--listen"]).listen).toBe(0);
    expect(parseOptions(["--listen", "9001", "--short"])).toMatchObject({ listen: 9001, form: "short" });
    expect(parseOptions(["--listen", "--short"])).toMatchObject({ listen: 0, form: "short" });
  });

  test("runs everything in all settings where nothing is named", () => {
    expect(parseOptions([]).settings.map(({ name }) => name)).toEqual([
      "tcp",
      "tls",
      "tcp-uncompressed",
      "tls-uncompressed",
      "h2c",
      "h2",
    ]);
    expect(parseOptions(["--settings", "tls"]).settings.map(({ name }) => name)).toEqual(["tls"]);
  });

  test("splits lists and defaults to TCP with compression", () => {
    const options = parseOptions(["--compare", "npm-ws,undici", "--only", "6455-5,7692", "--only", "6455-7"]);
    expect(options).toMatchObject({
      run: ["npm-ws", "undici"],
      compare: true,
      only: ["6455-5", "7692", "6455-7"],
      jobs: 8,
    });
    expect(options.settings.map(({ name }) => name)).toEqual(["tcp"]);
  });

  test.each([
    [["--target", "http://x"], /begins with ws:\/\//],
    [["--target", "ws://x", "--listen"], /choose one/],
    [["--jobs", "0"], /integer from 1 to 64/],
    [["--role", "peer"], /server or client/],
    [["--settings", "udp"], /no such setting/],
    [["--cert", "x"], /come together/],
    [["--nonsense"], /nonsense/],
  ])("refuses %j", (argv, message) => {
    expect(() => parseOptions(argv)).toThrow(message);
  });

  test("runs as a program: verdicts, reports and exit code", async () => {
    const { execFile } = await import("node:child_process");
    const main = new URL("../dist/main.js", import.meta.url).pathname;
    const folder = await mkdtemp(join(tmpdir(), "conformance-"));
    await using honest = await tinyServer();
    await using broken = await tinyServer({ faults: ["ignores pings"] });
    const run = (url: URL): Promise<number | string | undefined> =>
      new Promise((resolve) => {
        const args = [
          main,
          "--target",
          url.href,
          "--only",
          "6455-5.5.2-ping-empty,6455-5.5.2-ping-one",
          "--short",
          "--deadline",
          "1000",
          "--json",
          join(folder, "report.json"),
        ];
        execFile(process.execPath, args, (error) => resolve(error === null ? 0 : (error.code ?? undefined)));
      });
    expect(await run(honest.url)).toBe(0);
    expect(JSON.parse(await readFile(join(folder, "report.json"), "utf8")).runs[0].counts.ok).toBe(1);
    expect(await run(broken.url)).toBe(1);
    await rm(folder, { recursive: true });
  }, 30_000);
});
