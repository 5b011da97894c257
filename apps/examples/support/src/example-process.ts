// An example as a person starts it: a process that prints where it is. Ended with the test, if it has not ended by then.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export interface Program {
  readonly child: ChildProcessWithoutNullStreams;
  /**
   * Resolves with the first match in what it printed from the beginning on.
   *
   * @throws Error when it ends without having printed such a thing
   */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Resolves when it has ended, with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

export interface Example extends Program {
  /** Where it is, for a browser: `http://localhost:…`, or `https:`. */
  readonly httpUrl: string;
  /** The same for a WebSocket: `ws:`, or `wss:`. */
  readonly url: string;
}

/**
 * Starts the example in whose folder the test runs, on a port that is free.
 *
 * @param environment more variables than ours, or other ones
 */
export async function startExample(environment: Readonly<Record<string, string>> = {}): Promise<Example> {
  const program = runProgram("main.js", [], { PORT: "0", ...environment });
  const [address] = await program.says(/\b(?:http|ws)s?:\/\/localhost:\d+/);
  return { ...program, httpUrl: address.replace(/^ws/, "http"), url: address.replace(/^http/, "ws") };
}

/** Starts a program of the example. @param script its name in `dist` */
export function runProgram(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Program {
  const file = join(process.cwd(), "dist", script);
  if (!existsSync(file)) throw new Error(`Cannot start ${file}: it has to be built, by pnpm turbo build`);
  const child = spawn(process.execPath, [file, ...args], { env: { ...process.env, ...environment } });
  let output = "";
  let hasEnded = false;
  const read = (text: string): void => {
    output += text;
    child.emit("output");
  };
  child.stdout.setEncoding("utf8").on("data", read);
  child.stderr.setEncoding("utf8").on("data", read);
  const ended = once(child, "close").then(([code, signal]) => {
    hasEnded = true;
    child.emit("output");
    return (code ?? signal) as number | NodeJS.Signals;
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return {
    child,
    ended,
    says: async (pattern) => {
      for (;;) {
        const found = pattern.exec(output);
        if (found !== null) return found;
        if (hasEnded) throw new Error(`${script} ended without a word like ${String(pattern)}: ${output}`);
        await once(child, "output");
      }
    },
  };
}
