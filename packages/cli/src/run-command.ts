// The command line as a function: arguments and streams in, an exit code out. Every error ends here, as a sentence.
import { Command, CommanderError } from "commander";
import { toCommandError } from "./command-error.ts";
import { type CommandIo, isBrokenPipe, note } from "./command-io.ts";
import { addReplay } from "./capture/replay-command.ts";
import { addConformance } from "./conformance/conformance-command.ts";
import { addConnect } from "./connect/connect-command.ts";
import { ExitCode } from "./exit-code.ts";
import { addLoad } from "./load/load-command.ts";
import { addPing } from "./ping/ping-command.ts";
import { addScript } from "./script/script-command.ts";
import { addServers } from "./servers/server-commands.ts";
import { printable } from "./terminal-text.ts";
import { version } from "./version.ts";

/**
 * Runs one command, as `wsc` would.
 *
 * @param argv what stands behind the name of the program
 * @param io what it reads and writes. Default: those of the process, and no signal
 * @returns one of {@link ExitCode}; it does not reject
 *
 * @example
 * ```ts
 * const code = await runCommand(["ping", "--count", "3", "ws://localhost:8080"]);
 * ```
 */
export async function runCommand(argv: readonly string[], io: CommandIo = processIo()): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.ok;
  const program = createProgram(io, (code) => (exitCode = code));
  // What cannot be written is told to whoever wrote it.
  const ignore = (): void => {};
  for (const output of [io.stdout, io.stderr]) output.on("error", ignore);
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    if (isBrokenPipe(error)) return ExitCode.ok;
    if (io.signal.aborted) return ExitCode.interrupted;
    const { message, exitCode: code } = toCommandError(error);
    // What OpenSSL says ends with a line feed of its own.
    note(io.stderr, `wsc: ${printable(message.trimEnd())}`);
    return code;
  } finally {
    for (const output of [io.stdout, io.stderr]) output.off("error", ignore);
  }
}

function createProgram(io: CommandIo, end: (code: ExitCode) => void): Command {
  const program = new Command("wsc")
    .description("WebSockets from the command line, for people, pipes and CI.")
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text.replace(/^error: /, "wsc: ")),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
    })
    .addHelpText("after", `\nExit codes: ${EXIT_CODES}.`);
  addConnect(program, io, end);
  addPing(program, io, end);
  addScript(program, io, end);
  addServers(program, io, end);
  addLoad(program, io, end);
  addReplay(program, io, end);
  addConformance(program, io, end);
  return program;
}

const EXIT_CODES =
  "0 good, 1 an expectation was not met or a MUST is broken, 2 the command line makes no sense, 3 no connection, 4 the connection was lost or closed with another code than 1000 and 1001, 130 interrupted";

function processIo(): CommandIo {
  const { stdin, stdout, stderr, env } = process;
  return { stdin, stdout, stderr, env, signal: new AbortController().signal };
}
