// What was typed, kept in a file for the next time: readable by its owner only, bounded, and never with a line that begins
// with a space, which is how shells are told that something is secret.
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CommandIo } from "../command-io.ts";

const MAX_LINES = 1000;
const MAX_LINE_LENGTH = 10_000;

/** `$WSC_HISTORY`, or `wsc/history` where the system keeps the state of programs; `undefined` for nowhere. */
export function historyPath(env: CommandIo["env"]): string | undefined {
  const { WSC_HISTORY: chosen, XDG_STATE_HOME: state, HOME: home } = env;
  if (chosen !== undefined) return chosen === "" ? undefined : chosen;
  if (state !== undefined && state !== "") return join(state, "wsc/history");
  return home === undefined || home === "" ? undefined : join(home, ".local/state/wsc/history");
}

export class HistoryFile {
  /** The newest first, as `node:readline` wants them. */
  readonly lines: string[];
  readonly #path: string;

  /** Reads what there is. A history that cannot be read or kept is no reason not to connect. */
  constructor(path: string) {
    this.#path = path;
    const lines = readLines(path);
    this.lines = lines.slice(-MAX_LINES).reverse();
    if (lines.length > 2 * MAX_LINES) rewrite(path, lines.slice(-MAX_LINES));
  }

  add(line: string): void {
    if (line === "" || line.startsWith(" ") || line.length > MAX_LINE_LENGTH) return;
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      appendFileSync(this.#path, `${line}\n`, { mode: 0o600 });
    } catch {
      // See above.
    }
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  } catch {
    return [];
  }
}

/** Whole or not at all, whoever else reads it now. */
function rewrite(path: string, lines: readonly string[]): void {
  const next = `${path}.${process.pid}`;
  try {
    writeFileSync(next, `${lines.join("\n")}\n`, { mode: 0o600 });
    renameSync(next, path);
  } catch {
    // It stays as long as it is.
  }
}
