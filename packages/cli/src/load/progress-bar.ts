// A bar that fills, on one line of a terminal; nothing where nobody watches.
import type { Output } from "../command-io.ts";

const CELLS = 30;

export class ProgressBar {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  /** @param part from 0 to 1 */
  draw(part: number, text: string): void {
    if (this.#output.isTTY !== true) return;
    const full = Math.round(Math.min(1, Math.max(0, part)) * CELLS);
    const bar = `${"█".repeat(full)}${"░".repeat(CELLS - full)}`;
    const line = `${bar} ${text}`.slice(0, (this.#output.columns ?? 80) - 1);
    this.#output.write(`\r\u001B[K${line}`);
  }

  clear(): void {
    if (this.#output.isTTY === true) this.#output.write("\r\u001B[K");
  }
}
