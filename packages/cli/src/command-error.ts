// What goes wrong, as one sentence for whoever typed the command and a code for the script that did. No stack is shown.
import { ConnectError } from "@ws/client";
import { ExitCode } from "./exit-code.ts";

/** Ends a command with a sentence and an exit code. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** What the command line asks for cannot be. */
export function usageError(message: string, cause?: unknown): CommandError {
  return new CommandError(ExitCode.usage, message, { cause });
}

/** Any error as one: what `connect` says is about the network, what is wrong with an argument about the command line. */
export function toCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof ConnectError) {
    return new CommandError(ExitCode.unreachable, `${sentence(error)}${advice(error)}`, { cause: error });
  }
  if (error instanceof TypeError || error instanceof RangeError) return usageError(sentence(error), error);
  return new CommandError(ExitCode.failed, sentence(error), { cause: error });
}

/** The message, with that of its cause where it does not say so already. */
export function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error) || cause.message === "" || error.message.includes(cause.message)) {
    return error.message;
  }
  return `${error.message}: ${cause.message}`;
}

const UNTRUSTED = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

function advice({ cause }: ConnectError): string {
  const code = (cause as { readonly code?: unknown } | undefined)?.code;
  return typeof code === "string" && UNTRUSTED.has(code) ? "; give the CA that signed it with --ca" : "";
}
