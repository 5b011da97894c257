// The program: the process's arguments and streams, and its interrupts as a signal. The second interrupt ends it as ever.
import { runCommand } from "./run-command.ts";

const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interrupted.abort());

const { stdin, stdout, stderr, env } = process;
// A reader that has left, as of `wsc --help | head`, is told of when the command may already be over.
for (const output of [stdout, stderr]) output.on("error", () => {});
process.exitCode = await runCommand(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env,
  signal: interrupted.signal,
});
