import { describe, expect, test } from "vitest";
import { htmlReport } from "../src/report/html-report.ts";
import { jsonReport } from "../src/report/json-report.ts";
import { markdownReport } from "../src/report/markdown-report.ts";
import { isConformant, isStrict, type RunReport } from "../src/report/run-report.ts";
import { textReport } from "../src/report/text-report.ts";
import { ClientListener } from "../src/suite/client-listener.ts";
import { caseWithId, selectCases } from "../src/suite/registry.ts";
import { runServer } from "../src/suite/run-server.ts";
import type { Verdict } from "../src/suite/verdict.ts";
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

  test("are chosen by form and by pattern", () => {
    const short = selectCases({ role, form: "short" });
    const full = selectCases({ role, form: "full" });
    expect(short.length).toBeGreaterThan(150);
    expect(full.length).toBeGreaterThan(1200);
    expect(cases.length).toBeGreaterThan(full.length);
    const some = full.filter(({ id }) => id.startsWith("7692-7.2.3") || id.includes("rsv"));
    expect(selectCases({ role, cases: ["7692-7.2.3*", "*rsv*"] })).toEqual(some);
    // A dot is one, and a part is not the whole.
    expect(selectCases({ role, cases: ["7692x7.2.3*", "6455-5", ""] })).toEqual([]);
  });
});

describe("reports", () => {
  async function someReport(): Promise<RunReport> {
    await using server = await tinyServer({ faults: ["accepts RSV", "validates late"] });
    const cases = [
      "6455-5.2-rsv-010-text",
      "6455-8.1-fail-fast-fragment-late",
      "6455-5.5.2-ping-text",
      "7692-7.2-bare-0",
    ];
    const results = await runServer(selectCases({ role: "server", cases }), server);
    return { target: "<tiny>", role: "server", setting: "tcp", results, durationMs: 5 };
  }

  test("count every verdict, and name what is wrong", async () => {
    const report = await someReport();
    const text = textReport(report);
    expect(text).toMatch(/^ +RFC 6455 §5\.2 +· +· +1 +·  reserved bits$/m);
    expect(text).toMatch(/^ +all +1 +1 +1 +1$/m);
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

    const markdown = markdownReport([report, { ...report, target: "other" }]);
    expect(markdown).toContain("| section | <tiny> | other |");
    expect(markdown).toContain("| `6455-5.2-rsv-010-text` | **failed** | **failed** |");
  });
});

describe("what it comes to", () => {
  const withVerdicts = (...verdicts: Verdict[]): RunReport => ({
    target: "",
    role: "server",
    setting: "",
    results: verdicts.map((verdict) => ({
      case: caseWithId("server", "6455-5.5.2-ping-text"),
      role: "server",
      verdict,
      got: "",
      remarks: [],
      wire: [],
      durationMs: 1,
    })),
    durationMs: 1,
  });

  test.each<[Verdict, isConformant: boolean, isStrict: boolean]>([
    ["ok", true, true],
    ["not offered", true, true],
    ["non-strict", true, false],
    ["failed", false, false],
  ])("with a case that is %s", (verdict, conformant, strict) => {
    const report = withVerdicts("ok", verdict);
    expect([isConformant(report), isStrict(report)]).toEqual([conformant, strict]);
  });
});

describe("the list for clients", () => {
  test("is served over HTTP and over a WebSocket alike, and unknown paths are refused", async () => {
    const { default: WebSocket } = await import("ws");
    const listener = new ClientListener(
      selectCases({ role: "client", form: "short", cases: ["6455-4.1-response-plain"] }),
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
    // A client on another machine knows this one by another name.
    const named = await fetch(url.replace("127.0.0.1", "localhost"));
    expect(await named.json()).toMatchObject({
      done: expect.stringMatching(/^http:\/\/localhost:\d+\/done$/),
    });
    await fetch(overHttp.done);
    await listener.finished;
    await listener.close();
  });
});
