export type { CommandIo, Input, Output } from "./command-io.ts";
export { ExitCode } from "./exit-code.ts";
export { runCommand } from "./run-command.ts";
