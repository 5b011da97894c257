#!/usr/bin/env node
// The program: options in, cases played, reports out.
import { writeFile } from "node:fs/promises";
import { type Options, parseOptions, usage } from "./options.ts";
import { comparison } from "./report/comparison.ts";
import { consoleReport } from "./report/console-report.ts";
import { htmlReport } from "./report/html-report.ts";
import { jsonReport } from "./report/json-report.ts";
import { isClean, type RunReport } from "./report/run-report.ts";
import type { Role } from "./role.ts";
import type { Case } from "./suite/case.ts";
import { ClientListener } from "./suite/client-listener.ts";
import { selectCases } from "./suite/registry.ts";
import type { CaseResult } from "./suite/run-case.ts";
import { runServer } from "./suite/run-server.ts";
import { defaultTargets, targetNamed } from "./targets/all-targets.ts";
import { runTarget } from "./targets/run-target.ts";
import { hasSetting } from "./targets/target.ts";

async function main(argv: readonly string[]): Promise<number> {
  const options = parseOptions(argv);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const reports = await judge(options);
  if (reports.every(({ results }) => results.length === 0)) {
    throw new RangeError(`Cannot run: no case begins with ${options.only.join(", ")}`);
  }
  if (options.json !== undefined) await writeFile(options.json, jsonReport(reports));
  if (options.html !== undefined) await writeFile(options.html, htmlReport(reports));
  if (options.markdown !== undefined) await writeFile(options.markdown, comparison(reports));
  else if (options.compare) console.log(`\n${comparison(reports)}`);
  return options.compare || isClean(reports) ? 0 : 1;
}

async function judge(options: Options): Promise<RunReport[]> {
  if (options.target !== undefined) return [await judgeServer(options, options.target)];
  if (options.listen !== undefined) return [await judgeClient(options, options.listen)];

  const reports: RunReport[] = [];
  for (const name of options.run.length > 0 ? options.run : defaultTargets) {
    const target = targetNamed(name);
    for (const role of target.roles.filter((one) => options.role === undefined || one === options.role)) {
      for (const setting of options.settings.filter((one) => hasSetting(target, role, one))) {
        const cases = select(options, role);
        const onResult = progress(`${name}, ${role}, ${setting.name}`, cases.length);
        const run = timed(() =>
          runTarget(target, role, setting, cases, {
            jobs: options.jobs,
            deadlineMs: options.deadlineMs,
            onResult,
          }),
        );
        reports.push(finish({ target: name, role, setting: setting.name, ...(await run) }));
      }
    }
  }
  return reports;
}

async function judgeServer(options: Options, url: string): Promise<RunReport> {
  const cases = select(options, "server");
  const { ca, insecure, http2 } = options;
  const address = { url: new URL(url), ca, insecure, http2 };
  const onResult = progress(url, cases.length);
  const run = await timed(() =>
    runServer(cases, address, { jobs: options.jobs, deadlineMs: options.deadlineMs, onResult }),
  );
  return finish({ target: url, role: "server", setting: "", ...run });
}

async function judgeClient(options: Options, port: number): Promise<RunReport> {
  const cases = select(options, "client");
  const { host, tls, http2, deadlineMs } = options;
  const listener = new ClientListener(cases, {
    port,
    host,
    tls,
    http2,
    deadlineMs,
    onResult: progress("client", cases.length),
  });
  console.log(
    `Get ${await listener.listen()}, connect to each url and echo until it is closed, then get the url under "done".`,
  );
  const run = await timed(async () => {
    await listener.finished;
    return listener.close();
  });
  return finish({ target: "the client", role: "client", setting: "", ...run });
}

function select({ only, form }: Options, role: Role): Case[] {
  return selectCases({ role, only, form });
}

async function timed(
  play: () => Promise<CaseResult[]>,
): Promise<{ results: CaseResult[]; durationMs: number }> {
  const started = performance.now();
  const results = await play();
  return { results, durationMs: performance.now() - started };
}

function finish(report: RunReport): RunReport {
  console.log(consoleReport(report));
  return report;
}

/** A line that counts, where somebody watches. */
function progress(name: string, total: number): () => void {
  let done = 0;
  return () => {
    done++;
    if (process.stderr.isTTY)
      process.stderr.write(`\r${name}: ${done} of ${total}${done === total ? "\n" : ""}`);
  };
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
