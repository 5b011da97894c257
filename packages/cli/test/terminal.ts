// A command on a real terminal: Python's pty module makes one, and carries keys and screen through pipes. The program is
// the built one, as `pnpm turbo test` leaves it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { Recorder } from "./recorder.ts";

const PYTHON = "/usr/bin/python3";
const program = fileURLToPath(new URL("../bin/wsc.js", import.meta.url));
const built = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** Sets a size, because a terminal without one has lines of no length. */
const SPAWN = `
import fcntl, os, pty, struct, sys, termios
def child():
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 200, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
pid, master = pty.fork()
if pid == 0:
    child()
def read(fd):
    return os.read(fd, 65536)
pty._copy(master, read, read)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

export const Key = {
  tab: "\t",
  enter: "\r",
  up: "\u001B[A",
  ctrlC: "\u0003",
  ctrlD: "\u0004",
} as const;

/** Whether there are terminals here; in CI there must be. */
export function hasTerminal(): boolean {
  return existsSync(PYTHON) || process.env["CI"] === "true";
}

export class Terminal {
  readonly exitCode: Promise<number>;
  readonly #child;
  readonly #output = new Recorder();
  #seen = 0;

  constructor(argv: readonly string[], env: Record<string, string> = {}) {
    if (!existsSync(built)) throw new Error("Cannot test the program: it is not built");
    this.#child = spawn(PYTHON, ["-c", SPAWN, process.execPath, program, ...argv], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { PATH: process.env["PATH"], TERM: "xterm", WSC_HISTORY: "", NO_COLOR: "1", ...env },
    });
    this.#child.stdout.pipe(this.#output.stream);
    this.exitCode = once(this.#child, "exit").then(([code]) => code as number);
    onTestFinished(() => void this.#child.kill("SIGKILL"));
  }

  /** All that was written, escapes included. */
  get screen(): string {
    return this.#output.text;
  }

  type(keys: string): void {
    this.#child.stdin.write(keys);
  }

  /** Types a line. */
  enter(line: string): void {
    this.type(`${line}${Key.enter}`);
  }

  /** Resolves when this has been written behind what was waited for last. */
  async until(text: string): Promise<void> {
    this.#seen = (await this.#output.until(text, this.#seen)) + text.length;
  }
}
