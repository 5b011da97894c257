// Load on an echo server: so many connections, each with so many messages under way, for so long. Ends by itself, whatever
// the server does: no answer is waited for beyond a deadline. Knows nothing of terminals.
import { setMaxListeners } from "node:events";
import { connect, type Connection, type Message } from "@ws/client";
import { sentence } from "../command-error.ts";
import type { Target } from "../flags/target-flags.ts";
import { Latencies } from "./latencies.ts";

export interface LoadPlan {
  readonly connections: number;
  readonly durationMs: number;
  /** Messages that each connection has under way. */
  readonly inFlight: number;
  readonly messageBytes: number;
  /** How long an answer is waited for. */
  readonly answerTimeoutMs: number;
}

export interface LoadResult {
  /** Connections that were opened, and those that were lost before the end. */
  readonly opened: number;
  readonly failed: number;
  readonly lost: number;
  readonly sent: number;
  readonly answered: number;
  /** Answers that were not what was sent. */
  readonly wrong: number;
  readonly elapsedMs: number;
  /** What went wrong first. */
  readonly firstError?: string;
}

/** So many are being opened at a time: a server has limits for that. */
const OPENING_AT_ONCE = 50;

export class LoadGenerator {
  readonly latencies: Latencies = new Latencies();
  readonly #target: Target;
  readonly #plan: LoadPlan;
  readonly #payload: string;
  #opened = 0;
  #failed = 0;
  #lost = 0;
  #sent = 0;
  #answered = 0;
  #wrong = 0;
  #begun = 0;
  #firstError: string | undefined;

  constructor(target: Target, plan: LoadPlan) {
    this.#target = target;
    this.#plan = plan;
    this.#payload = "x".repeat(plan.messageBytes);
  }

  get result(): LoadResult {
    return {
      opened: this.#opened,
      failed: this.#failed,
      lost: this.#lost,
      sent: this.#sent,
      answered: this.#answered,
      wrong: this.#wrong,
      elapsedMs: this.#begun === 0 ? 0 : performance.now() - this.#begun,
      ...(this.#firstError !== undefined && { firstError: this.#firstError }),
    };
  }

  /** Opens the connections, then loads them until the time is over or the signal is aborted. */
  async run(signal: AbortSignal): Promise<LoadResult> {
    const connections = await this.#open(signal);
    this.#begun = performance.now();
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(), this.#plan.durationMs);
    const end = AbortSignal.any([signal, over.signal]);
    setMaxListeners(connections.length + 1, end);
    try {
      await Promise.all(connections.map((connection) => this.#load(connection, end)));
      return this.result;
    } finally {
      clearTimeout(timer);
      await Promise.all(connections.map((connection) => connection.close()));
    }
  }

  async #open(caller: AbortSignal): Promise<Connection[]> {
    // One of our own, because many will listen to it at once.
    const signal = AbortSignal.any([caller]);
    setMaxListeners(2 * OPENING_AT_ONCE, signal);
    const { url, options } = this.#target;
    const connections: Connection[] = [];
    let toOpen = this.#plan.connections;
    const opener = async (): Promise<void> => {
      while (toOpen-- > 0 && !signal.aborted) {
        try {
          connections.push(await connect(url, { ...options, signal }));
          this.#opened++;
        } catch (error) {
          this.#failed++;
          this.#firstError ??= sentence(error);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(OPENING_AT_ONCE, toOpen) }, opener));
    return connections;
  }

  /** Resolves when the connection has nothing to do any more. */
  #load(connection: Connection, end: AbortSignal): Promise<void> {
    const { inFlight, answerTimeoutMs } = this.#plan;
    return new Promise((resolve) => {
      // Answers come in the order of the messages: the times at which those were sent are a queue.
      const pending: number[] = [];
      const finish = (): void => {
        clearTimeout(silence);
        connection.off("message", onMessage).off("close", onClose);
        // Whatever comes now is nobody's.
        connection.on("message", () => {});
        end.removeEventListener("abort", onEnd);
        resolve();
      };
      const send = (): void => {
        this.#sent++;
        pending.push(performance.now());
        connection.send(this.#payload);
      };
      const onMessage = (message: Message): void => {
        silence.refresh();
        const sentAt = pending.shift();
        if (sentAt === undefined || message !== this.#payload) this.#wrong++;
        else {
          this.#answered++;
          this.latencies.record(performance.now() - sentAt);
        }
        if (!end.aborted) send();
        else if (pending.length === 0) finish();
      };
      const onClose = (): void => {
        this.#lost++;
        this.#firstError ??= "a connection was closed by the server, or lost";
        finish();
      };
      const onSilence = (): void => {
        this.#firstError ??= `no answer came for ${answerTimeoutMs} ms`;
        finish();
      };
      const onEnd = (): void => {
        if (pending.length === 0) finish();
      };
      const silence = setTimeout(onSilence, answerTimeoutMs);
      connection.on("message", onMessage).on("close", onClose);
      end.addEventListener("abort", onEnd);
      if (connection.state === "closed") onClose();
      else if (end.aborted) finish();
      else for (let i = 0; i < inFlight; i++) send();
    });
  }
}
