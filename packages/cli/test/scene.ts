// A command under test, run in this process with streams of its own.
import { PassThrough } from "node:stream";
import { onTestFinished } from "vitest";
import { Recorder } from "./recorder.ts";
import { type ExitCode, runCommand } from "@ws/cli";

export interface Finished {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stdoutBytes: Buffer;
  readonly stderr: string;
}

export interface Running {
  readonly stdin: PassThrough;
  /** What is there of standard output so far. */
  readonly stdout: string;
  /** And of standard error. */
  readonly stderr: string;
  readonly finished: Promise<Finished>;
  /** Resolves when standard output contains this. */
  readonly until: (text: string) => Promise<unknown>;
  /** Resolves when standard error does. */
  readonly untilError: (text: string) => Promise<unknown>;
  readonly interrupt: () => void;
}

/** @param env has no history, and no colours are asked for: there is no terminal */
export function start(argv: readonly string[], env: Record<string, string> = {}): Running {
  const stdin = new PassThrough();
  const stdout = new Recorder();
  const stderr = new Recorder();
  const interrupted = new AbortController();
  const io = { stdin, stdout: stdout.stream, stderr: stderr.stream, env, signal: interrupted.signal };
  const finished = runCommand(argv, io).then((code) => ({
    code,
    stdout: stdout.text,
    stdoutBytes: stdout.bytes,
    stderr: stderr.text,
  }));
  onTestFinished(async () => {
    interrupted.abort();
    await finished;
  });
  return {
    stdin,
    get stdout() {
      return stdout.text;
    },
    get stderr() {
      return stderr.text;
    },
    finished,
    until: (text) => stdout.until(text),
    untilError: (text) => stderr.until(text),
    interrupt: () => interrupted.abort(),
  };
}

/** Runs to the end, with all of the input there from the beginning. */
export function run(argv: readonly string[], input: string | Uint8Array = ""): Promise<Finished> {
  const { stdin, finished } = start(argv);
  stdin.end(input);
  return finished;
}

/** The objects of `--json`. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
