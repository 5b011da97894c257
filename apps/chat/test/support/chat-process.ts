// The chat as a process of its own, as people run it; killed when the test is over, if it has not ended by then.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const main = fileURLToPath(new URL("../../dist/server/main.js", import.meta.url));

export interface ChatProcess {
  readonly child: ChildProcess;
  /** Resolves with what it printed once that matches. */
  readonly says: (pattern: RegExp) => Promise<string>;
  readonly exit: Promise<{ readonly code: number | null; readonly output: string }>;
}

/** @param environment besides ours, whose port is not taken over */
export function runChat(environment: Record<string, string>): ChatProcess {
  const { PORT: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [main], {
    env: { ...inherited, LOG_LEVEL: "warn", ...environment },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  const read = (text: string): void => {
    output += text;
    child.emit("output");
  };
  child.stdout.setEncoding("utf8").on("data", read);
  child.stderr.setEncoding("utf8").on("data", read);
  return {
    child,
    says: async (pattern) => {
      while (!pattern.test(output)) await once(child, "output");
      return output;
    },
    exit: once(child, "close").then(([code]) => ({ code: code as number | null, output })),
  };
}

/** Where it says that it is, once it does. */
export async function addressOf({ says }: ChatProcess): Promise<string> {
  const output = await says(/^Chat is open at \S+.*\n/m);
  return /^Chat is open at (\S+)/m.exec(output)![1]!;
}
