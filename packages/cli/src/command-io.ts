// What a command has of the world: three streams, the environment, and a signal that ends it. Writing waits until the
// stream has taken it, so whoever reads slowly slows the peer down. Knows nothing of what is written.
import type { Readable, Writable } from "node:stream";
import colors from "picocolors";

/** A stream to write to, which may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** A stream to read from, which may be a terminal. */
export type Input = Readable & { readonly isTTY?: boolean };

/** What a command reads, writes and obeys. */
export interface CommandIo {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the command in an orderly way when aborted: an interrupt. */
  readonly signal: AbortSignal;
}

export type Palette = ReturnType<typeof colors.createColors>;

/** Resolves when the stream has room for more; rejects where nobody reads it any more. */
export function write(output: Output, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(data, (error) => (error == null ? resolve() : reject(error)));
  });
}

/** Writes a line without waiting: for what is said beside the data. */
export function note(output: Output, text: string): void {
  output.write(`${text}\n`);
}

/** Colours where a terminal shows them, and nobody asked for none (https://no-color.org). */
export function paletteFor(output: Output, env: CommandIo["env"]): Palette {
  const isUnwanted = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return colors.createColors(output.isTTY === true && !isUnwanted);
}

/** Whether this is a reader that has left: `wsc … | head -1`. No error of anybody's. */
export function isBrokenPipe(error: unknown): boolean {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  return code === "EPIPE" || code === "ERR_STREAM_DESTROYED";
}
