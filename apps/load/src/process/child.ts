// A process of the harness as the scenario sees it: questions go in over IPC, answers come back, and a death is an error
// of whoever waits. What is measured lives in a process of its own, so that the clients' memory is not the server's.
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Answers, Note, Reply } from "./answer.ts";

/** No question takes longer: a scenario that hangs ends as an error. */
const ANSWER_TIMEOUT_MS = 180_000;

interface Question {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export class Child<A extends Answers> implements AsyncDisposable {
  readonly #entry: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<string>;
  readonly #questions = new Map<number, Question>();
  #asked = 0;

  /**
   * @param entry the built module to run: a path below our `dist` without its ending, or where one of another's is
   * @param onNote told what it says without being asked
   */
  constructor(entry: string | URL, onNote?: (note: string) => void) {
    this.#entry = String(entry);
    // From `src`, which the tests load, and from `dist` alike: processes run what was built.
    const file = typeof entry === "string" ? new URL(`../../dist/${entry}.js`, import.meta.url) : entry;
    this.#process = fork(fileURLToPath(file), {
      execArgv: ["--expose-gc", "--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#process.on("message", (said: Reply | Note) => {
      if ("note" in said) onNote?.(said.note);
      else this.#settle(said);
    });
    this.#ended = new Promise((resolve) => {
      this.#process.on("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
      this.#process.on("error", (error) => resolve(error.message));
    });
    void this.#ended.then((how) => this.#fail(`it ended with ${how}`));
  }

  ask<Name extends keyof A & string>(
    name: Name,
    ...args: Parameters<A[Name]>
  ): Promise<Awaited<ReturnType<A[Name]>>> {
    const id = this.#asked++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#questions.delete(id);
        reject(new Error(`Cannot ask ${this.#entry} for ${name}: no answer in ${ANSWER_TIMEOUT_MS} ms`));
      }, ANSWER_TIMEOUT_MS);
      this.#questions.set(id, { resolve, reject, timer });
      if (!this.#process.connected) return this.#fail("it has ended");
      this.#process.send({ id, name, args });
    });
  }

  /** Resolves when the process has ended, with how. */
  get ended(): Promise<string> {
    return this.#ended;
  }

  /** Ends it as a crash would: it is not asked, and says nothing any more. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }

  /** Without IPC the process ends; one that does not is killed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), 5000);
    await this.#ended;
    clearTimeout(timer);
  }

  #settle({ id, value, error }: Reply): void {
    const question = this.#questions.get(id);
    if (question === undefined) return;
    this.#questions.delete(id);
    clearTimeout(question.timer);
    if (error === undefined) question.resolve(value as never);
    else question.reject(new Error(`${this.#entry}: ${error}`));
  }

  #fail(why: string): void {
    for (const id of [...this.#questions.keys()]) this.#settle({ id, error: why });
  }
}
