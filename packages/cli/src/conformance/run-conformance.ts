// Judges, shows how far it is, and writes what came of it.
import { writeFile } from "node:fs/promises";
import {
  htmlReport,
  isConformant,
  isStrict,
  type JudgeOptions,
  jsonReport,
  markdownReport,
  type RunReport,
  textReport,
} from "@ws/conformance";
import { sentence, usageError } from "../command-error.ts";
import { type CommandIo, write } from "../command-io.ts";
import { ExitCode } from "../exit-code.ts";
import { ProgressBar } from "../load/progress-bar.ts";
import { inertJson, printable } from "../terminal-text.ts";
import { judgeClientThatComes, type JudgeFlags, judgeServerAt } from "./judge.ts";

export interface ConformanceFlags extends JudgeFlags {
  readonly cases?: readonly string[];
  readonly short?: true;
  readonly long?: true;
  readonly strict?: true;
  readonly deadline: number;
  readonly html?: string;
  readonly markdown?: string;
}

export async function runConformance(
  address: string | undefined,
  flags: ConformanceFlags,
  io: CommandIo,
): Promise<ExitCode> {
  if ((address === undefined) === (flags.listen === undefined)) {
    throw usageError("Cannot tell whom to judge: give the URL of a server, or --listen for a client");
  }
  const bar = new ProgressBar(io.stderr);
  const options = optionsOf(flags, bar);
  let report: RunReport;
  try {
    report = await (address === undefined
      ? judgeClientThatComes(flags, options, io)
      : judgeServerAt(address, flags, options, io));
  } finally {
    bar.clear();
  }
  await write(
    io.stdout,
    flags.json === true ? inertJson(jsonReport([report])) : `${printable(textReport(report))}\n`,
  );
  if (flags.html !== undefined) await writeReport(flags.html, htmlReport([report]));
  if (flags.markdown !== undefined) await writeReport(flags.markdown, markdownReport([report]));
  if (io.signal.aborted) return ExitCode.interrupted;
  const isGood = flags.strict === true ? isStrict(report) : isConformant(report);
  return isGood ? ExitCode.ok : ExitCode.failed;
}

function optionsOf({ cases, short, long, deadline }: ConformanceFlags, bar: ProgressBar): JudgeOptions {
  let failed = 0;
  return {
    cases: cases?.flatMap((patterns) => patterns.split(",")),
    form: short === true ? "short" : long === true ? "long" : "full",
    deadlineMs: deadline,
    onResult({ verdict }, done, total) {
      if (verdict === "failed") failed++;
      bar.draw(done / total, `${done} of ${total} cases, ${failed} failed`);
    },
  };
}

async function writeReport(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw usageError(`Cannot write ${file}: ${sentence(error)}`, error);
  }
}
