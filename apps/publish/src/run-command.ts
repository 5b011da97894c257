// Runs a program to its end and keeps what it said. It never hangs: each has a deadline.
import { spawn } from "node:child_process";

export interface Outcome {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it failed, in few lines. */
  readonly why: string;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly deadlineMs?: number;
}

export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<Outcome> {
  const { cwd, env, deadlineMs = 120_000 } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += String(chunk)));
    child.stderr.on("data", (chunk: Buffer) => (stderr += String(chunk)));
    const timer = setTimeout(() => child.kill("SIGKILL"), deadlineMs);
    const end = (why: string): void => {
      clearTimeout(timer);
      resolve({ ok: why === "", stdout, stderr, why });
    };
    child.once("error", (error) => end(error.message));
    child.once("close", (code, signal) => {
      if (code === 0) return end("");
      const said = (stderr.trim() || stdout.trim()).split("\n").slice(0, 12).join("\n");
      end(`${signal === null ? `exit code ${code}` : `ended by ${signal}`}: ${said}`);
    });
  });
}

/** The same, where a failure means that nothing further makes sense. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const { ok, stdout, why } = await runCommand(command, args, options);
  if (!ok) throw new Error(`Cannot run ${command} ${args.join(" ")}: ${why}`);
  return stdout;
}
