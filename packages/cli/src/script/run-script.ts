// Plays a script on a connection, step by step, up to the first that fails. Each step that waits has a deadline.
import type { CloseResult, Connection, Message } from "@ws/client";
import { sentence } from "../command-error.ts";
import { describeClose } from "../connect/event-output.ts";
import { describeMessage, describePattern, matches } from "./match-message.ts";
import type { Pattern, Step } from "./script-file.ts";

/** How a step went. */
export interface StepResult {
  readonly step: Step;
  readonly ms: number;
  /** What went wrong; nothing where it went well. */
  readonly failure?: string;
}

/** So many of the messages that were passed over are shown. */
const SHOWN_PASSED_OVER = 5;

/** The steps as they have been played; the last one may have failed, and none comes behind it. */
export async function* runScript(
  steps: readonly Step[],
  connection: Connection,
  timeoutMs: number,
  signal: AbortSignal,
): AsyncGenerator<StepResult> {
  const player = new ScriptPlayer(connection, timeoutMs, signal);
  for (const step of steps) {
    const begun = performance.now();
    const failure = await player.play(step).catch(sentence);
    yield { step, ms: performance.now() - begun, ...(failure !== undefined && { failure }) };
    if (failure !== undefined) return;
  }
}

type Arrival = { readonly message: Message } | { readonly closed: CloseResult } | "late" | "interrupted";

class ScriptPlayer {
  readonly #connection: Connection;
  readonly #signal: AbortSignal;
  readonly #messages: AsyncIterator<Message>;
  #timeoutMs: number;
  /** The message that is waited for: one that came too late for a step is there for the next. */
  #next: Promise<IteratorResult<Message>> | undefined;

  constructor(connection: Connection, timeoutMs: number, signal: AbortSignal) {
    this.#connection = connection;
    this.#signal = signal;
    this.#timeoutMs = timeoutMs;
    this.#messages = connection[Symbol.asyncIterator]();
  }

  /** @returns why it failed */
  async play(step: Step): Promise<string | undefined> {
    switch (step.action) {
      case "timeout":
        this.#timeoutMs = step.ms;
        return undefined;
      case "send":
        await this.#connection.sendAsync(step.data);
        return undefined;
      case "close":
        void this.#connection.close(step.code, step.reason);
        return undefined;
      case "expect":
        return this.#expect(step.pattern);
      case "await":
        return this.#await(step.pattern);
      case "expect-close":
        return this.#expectClose(step.code);
      case "silence": {
        const arrival = await this.#arrival(step.ms);
        return arrival === "late"
          ? undefined
          : `expected nothing for ${step.ms} ms, ${describeArrival(arrival)}`;
      }
      default:
        return step satisfies never;
    }
  }

  async #expect(pattern: Pattern): Promise<string | undefined> {
    const arrival = await this.#arrival(this.#timeoutMs);
    if (hasMessage(arrival) && matches(pattern, arrival.message)) return undefined;
    return `expected ${describePattern(pattern)}, ${this.#describe(arrival)}`;
  }

  /** Passes over what does not match. */
  async #await(pattern: Pattern): Promise<string | undefined> {
    const deadline = performance.now() + this.#timeoutMs;
    const passedOver: string[] = [];
    let count = 0;
    for (;;) {
      const arrival = await this.#arrival(Math.max(0, deadline - performance.now()));
      if (!hasMessage(arrival)) {
        const others =
          count === 0 ? "" : `; before that came ${count} others, the last: ${passedOver.join(", ")}`;
        return `awaited ${describePattern(pattern)}, ${this.#describe(arrival)}${others}`;
      }
      if (matches(pattern, arrival.message)) return undefined;
      count++;
      passedOver.push(describeMessage(arrival.message));
      if (passedOver.length > SHOWN_PASSED_OVER) passedOver.shift();
    }
  }

  async #expectClose(code: number | undefined): Promise<string | undefined> {
    const wanted = `a close${code === undefined ? "" : ` with ${code}`}`;
    const arrival = await this.#arrival(this.#timeoutMs);
    if (typeof arrival === "object" && "closed" in arrival) {
      const { closed } = arrival;
      if (closed.wasClean && (code === undefined || closed.code === code)) return undefined;
    }
    return `expected ${wanted}, ${this.#describe(arrival)}`;
  }

  async #arrival(withinMs: number): Promise<Arrival> {
    let timer: NodeJS.Timeout | undefined;
    let onAbort: (() => void) | undefined;
    const late = new Promise<"late">((resolve) => (timer = setTimeout(resolve, withinMs, "late")));
    const interrupted = new Promise<"interrupted">((resolve) => {
      onAbort = () => resolve("interrupted");
      this.#signal.addEventListener("abort", onAbort);
      if (this.#signal.aborted) onAbort();
    });
    this.#next ??= this.#messages.next();
    const first = await Promise.race([this.#next, late, interrupted]);
    clearTimeout(timer);
    this.#signal.removeEventListener("abort", onAbort!);
    if (typeof first === "string") return first;
    this.#next = undefined;
    return first.done === true ? { closed: await this.#connection.closed } : { message: first.value };
  }

  #describe(arrival: Arrival): string {
    return arrival === "late" ? `and nothing came for ${this.#timeoutMs} ms` : describeArrival(arrival);
  }
}

function hasMessage(arrival: Arrival): arrival is { readonly message: Message } {
  return typeof arrival === "object" && "message" in arrival;
}

function describeArrival(arrival: Arrival): string {
  if (typeof arrival === "string") return `and was ${arrival}`;
  if ("message" in arrival) return `and ${describeMessage(arrival.message)} came`;
  return `and the connection was ${describeClose(arrival.closed)}`;
}
