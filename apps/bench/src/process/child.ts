// A process of the harness as a measurement sees it: questions go in, answers come back, and a death is an error of whoever
// waits. It never outlives its scope.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type Answers, onLines, type Reply } from "./answer.ts";

/** No question takes longer: a measurement that hangs ends as an error. */
const ANSWER_TIMEOUT_MS = 60_000;

interface Question {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export interface Program {
  /** What it is called in errors. */
  readonly name: string;
  readonly command: readonly [file: string, ...args: string[]];
  readonly env?: Readonly<Record<string, string>>;
}

export class Child<A extends Answers> implements AsyncDisposable {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #questions = new Map<number, Question>();
  #asked = 0;
  #end: string | undefined;

  constructor({ name, command: [file, ...args], env = {} }: Program) {
    this.#name = name;
    this.#process = spawn(file, args, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...env },
    });
    onLines(this.#process.stdout!, (line) => this.#settle(JSON.parse(line) as Reply));
    this.#process.stdin!.on("error", () => {});
    this.#process.on("exit", (code, signal) => this.#fail(`it ended with ${signal ?? `exit code ${code}`}`));
    this.#process.on("error", (error) => this.#fail(error.message));
  }

  ask<Name extends keyof A & string>(
    name: Name,
    ...args: Parameters<A[Name]>
  ): Promise<Awaited<ReturnType<A[Name]>>> {
    const id = this.#asked++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#settle({ id, error: `no answer to ${name} in ${ANSWER_TIMEOUT_MS} ms` });
      }, ANSWER_TIMEOUT_MS);
      this.#questions.set(id, { resolve, reject, timer });
      if (this.#end !== undefined) this.#fail(this.#end);
      else this.#process.stdin!.write(`${JSON.stringify({ id, name, args })}\n`);
    });
  }

  /** Without its input the process ends; one that does not is killed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#end !== undefined) return;
    const exited = once(this.#process, "exit");
    this.#process.stdin!.end();
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), 2000);
    await exited;
    clearTimeout(timer);
  }

  #settle({ id, value, error }: Reply): void {
    const question = this.#questions.get(id);
    if (question === undefined) return;
    this.#questions.delete(id);
    clearTimeout(question.timer);
    if (error === undefined) question.resolve(value as never);
    else question.reject(new Error(`${this.#name}: ${error}`));
  }

  #fail(why: string): void {
    this.#end = why;
    for (const id of [...this.#questions.keys()]) this.#settle({ id, error: why });
  }
}
