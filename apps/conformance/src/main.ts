#!/usr/bin/env node
// The program: options in, implementations run, reports out.
import { writeFile } from "node:fs/promises";
import {
  htmlReport,
  isStrict,
  jsonReport,
  markdownReport,
  type Role,
  type RunReport,
  textReport,
} from "@ws/conformance";
import { type Options, parseOptions, usage } from "./options.ts";
import { targetNamed } from "./targets/all-targets.ts";
import { runTarget } from "./targets/run-target.ts";
import { hasSetting, type Setting, type Target } from "./targets/target.ts";

async function main(argv: readonly string[]): Promise<number> {
  const options = parseOptions(argv);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const reports = await judge(options);
  if (options.json !== undefined) await writeFile(options.json, jsonReport(reports));
  if (options.html !== undefined) await writeFile(options.html, htmlReport(reports));
  if (options.markdown !== undefined) await writeFile(options.markdown, markdownReport(reports));
  else if (options.compare) console.log(`\n${markdownReport(reports)}`);
  return options.compare || reports.every(isStrict) ? 0 : 1;
}

async function judge({ run, role, settings, ...options }: Options): Promise<RunReport[]> {
  const reports: RunReport[] = [];
  for (const target of run.map(targetNamed)) {
    for (const one of target.roles.filter((other) => role === undefined || other === role)) {
      for (const setting of settings.filter((other) => hasSetting(target, one, other))) {
        const onResult = progress(target, one, setting);
        const report = await runTarget(target, one, setting, { ...options, onResult });
        console.log(textReport(report));
        reports.push(report);
      }
    }
  }
  return reports;
}

/** A line that counts, where somebody watches. */
function progress({ name }: Target, role: Role, setting: Setting) {
  return (_: unknown, done: number, total: number): void => {
    const line = `\r${name}, ${role}, ${setting.name}: ${done} of ${total}${done === total ? "\n" : ""}`;
    if (process.stderr.isTTY) process.stderr.write(line);
  };
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
