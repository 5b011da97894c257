// What is to be sent to the server, its messages to an output; each no faster than the other side takes it. When the input
// has ended and no answer has come for a while, the connection is closed: many servers answer only after they have read
// the next message, and a close frame would overtake those answers.
import type { CloseResult, Message } from "@ws/client";
import type { Input } from "../command-io.ts";
import type { EventOutput } from "./event-output.ts";
import { linesOf } from "./lines-of.ts";
import { isEnd, type Session } from "./session.ts";

/** What is sent. */
export interface PipeInput {
  readonly messages: AsyncIterable<Message>;
  /** Ends the messages, or makes them throw: nobody wants them any more. */
  stop(): void;
}

export interface PipeOptions {
  /**
   * How long nothing must come, once the input has ended, for the connection to be closed, in milliseconds; `Infinity`
   * leaves it to the server.
   */
  readonly waitMs: number;
  /** Close after so many messages. */
  readonly maxMessages: number;
}

export const DEFAULT_WAIT_MS = 500;

/** Each line of a stream as text; or what is read of it as it is read, as binary messages. */
export function inputOf(stdin: Input, isBinary: boolean): PipeInput {
  return { messages: isBinary ? stdin : linesOf(stdin), stop: () => void stdin.destroy() };
}

export async function pipe(
  session: Session,
  input: PipeInput,
  output: EventOutput,
  options: PipeOptions,
  signal: AbortSignal,
): Promise<CloseResult> {
  const quiet = new QuietTimer(options.waitMs, () => void session.close());
  const onAbort = (): void => void session.close();
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  const feeding = new Feeding(session, input, () => quiet.start());
  let count = 0;
  try {
    for await (const message of session.messages) {
      quiet.touch();
      // Behind the last one that was asked for come those that the server sends before it closes.
      if (count === options.maxMessages) continue;
      await output.message(message);
      if (++count === options.maxMessages) void session.close();
    }
    return await session.closed;
  } finally {
    // Nobody reads what would come.
    quiet.stop();
    session.terminate();
    signal.removeEventListener("abort", onAbort);
    await feeding.stop();
  }
}

/** Sends the input, in its own time. */
class Feeding {
  readonly #session: Session;
  readonly #input: PipeInput;
  readonly #done: Promise<void>;
  #isStopped = false;

  /** @param onSent called when all of it was sent */
  constructor(session: Session, input: PipeInput, onSent: () => void) {
    this.#session = session;
    this.#input = input;
    this.#done = this.#feed(onSent);
    // It is awaited in the end; until then a failure is no unhandled one.
    this.#done.catch(() => session.terminate());
  }

  async #feed(onSent: () => void): Promise<void> {
    try {
      for await (const message of this.#input.messages) await this.#session.send(message);
    } catch (error) {
      // How the connection ended is told where that is awaited; so is what became of an input that was stopped.
      if (isEnd(error) || this.#isStopped) return;
      throw error;
    }
    if (!this.#isStopped) onSent();
  }

  /** @throws what kept it from sending, other than the end of the connection */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#input.stop();
    await this.#done;
  }
}

/** Calls when it has not been touched for so long since it was started. */
class QuietTimer {
  readonly #ms: number;
  readonly #onQuiet: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, onQuiet: () => void) {
    this.#ms = ms;
    this.#onQuiet = onQuiet;
  }

  start(): void {
    if (this.#ms !== Infinity) this.#timer = setTimeout(this.#onQuiet, this.#ms);
  }

  touch(): void {
    this.#timer?.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
