// `wsc script`: a conversation that must go as written, for CI.
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { connect } from "@ws/client";
import type { Command } from "commander";
import { sentence, usageError } from "../command-error.ts";
import { type CommandIo, note, paletteFor, write } from "../command-io.ts";
import { ExitCode } from "../exit-code.ts";
import { parseDuration } from "../flags/quantity.ts";
import { addTargetFlags, readTarget, type TargetFlags } from "../flags/target-flags.ts";
import { jsonLine, printable, printableLine } from "../terminal-text.ts";
import { runScript, type StepResult } from "./run-script.ts";
import { parseScript } from "./script-file.ts";

interface ScriptFlags extends TargetFlags {
  readonly stepTimeout: number;
  readonly json?: true;
  readonly quiet?: true;
}

const HELP = `
Steps, one a line; # begins a comment:
  send text|json|binary <value>      text in "quotes" is a string of JSON, binary is hexadecimal
  expect text|json|regex|binary|any  the very next message; JSON may have more keys than are named
  await text|json|regex|binary|any   the next message that fits, whatever comes before it
  expect close [code]                that the server closes
  close [code] [reason]              close; answers may still be expected
  silence <duration>                 that nothing comes for so long
  timeout <duration>                 how long the steps behind it wait`;

export function addScript(program: Command, io: CommandIo, end: (code: ExitCode) => void): void {
  const command = program
    .command("script")
    .argument("<file>", "the steps; - for standard input")
    .argument("<url>", "ws:, wss:, or without a scheme")
    .summary("send and expect, step by step")
    .description("Play a conversation, and exit with 1 at the first step that does not go as written.")
    .option("-t, --step-timeout <duration>", "how long a step waits", parseDuration, 5000)
    .option("-q, --quiet", "say nothing but what failed")
    .option("--json", "write one JSON object a line")
    .addHelpText("after", HELP);
  addTargetFlags(command).action(async (file: string, address: string, flags: ScriptFlags) => {
    end(await runScriptCommand(file, address, flags, io));
  });
}

async function runScriptCommand(
  file: string,
  address: string,
  flags: ScriptFlags,
  io: CommandIo,
): Promise<ExitCode> {
  const steps = parseScript(await readScript(file, io), file);
  const { url, options } = await readTarget(address, flags, io);
  const connection = await connect(url, { ...options, signal: io.signal });
  const begun = performance.now();
  let failed = false;
  try {
    for await (const result of runScript(steps, connection, flags.stepTimeout, io.signal)) {
      failed = result.failure !== undefined;
      await report(result, file, flags, io);
    }
  } finally {
    // What is still to come was not asked for.
    if (failed) connection.terminate();
    else void connection.close();
    await connection.closed;
  }
  if (io.signal.aborted) return ExitCode.interrupted;
  if (failed) return ExitCode.failed;
  const ms = Math.round(performance.now() - begun);
  if (flags.json === true) {
    await write(io.stdout, jsonLine({ event: "passed", steps: steps.length, ms }));
  } else if (flags.quiet !== true) {
    await write(io.stdout, `${file}: ${steps.length} steps passed in ${ms} ms\n`);
  }
  return ExitCode.ok;
}

async function report(
  { step, ms, failure }: StepResult,
  file: string,
  flags: ScriptFlags,
  io: CommandIo,
): Promise<void> {
  const { line, source } = step;
  if (flags.json === true) {
    const event = { event: "step", line, source, ms: Math.round(ms), ok: failure === undefined };
    await write(io.stdout, jsonLine({ ...event, ...(failure !== undefined && { failure }) }));
  } else if (failure !== undefined) {
    const red = paletteFor(io.stderr, io.env).red;
    note(io.stderr, `${red(`${file}:${line}:`)} ${printable(failure)}\n  ${printableLine(source)}`);
  } else if (flags.quiet !== true) {
    const green = paletteFor(io.stdout, io.env).green;
    await write(io.stdout, `${green("ok")} ${printableLine(source)} (${Math.round(ms)} ms)\n`);
  }
}

async function readScript(file: string, { stdin }: CommandIo): Promise<string> {
  if (file === "-") return text(stdin);
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw usageError(`Cannot read ${file}: ${sentence(error)}`, error);
  }
}
