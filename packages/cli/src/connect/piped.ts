// Standard input to the server, messages to standard output; each no faster than the other side takes it. When the input
// has ended and no answer has come for a while, the connection is closed: many servers answer only after they have read
// the next message, and a close frame would overtake those answers.
import type { CloseResult } from "@ws/client";
import type { CommandIo } from "../command-io.ts";
import type { EventOutput } from "./event-output.ts";
import { linesOf } from "./lines-of.ts";
import { isEnd, type Session } from "./session.ts";

export interface PipeOptions {
  /** Send what is read as it is read, as binary messages; otherwise each line as text. */
  readonly isBinary: boolean;
  /**
   * How long nothing must come, once the input has ended, for the connection to be closed, in milliseconds; `Infinity`
   * leaves it to the server.
   */
  readonly waitMs: number;
  /** Close after so many messages. */
  readonly maxMessages: number;
}

export async function pipe(
  session: Session,
  output: EventOutput,
  options: PipeOptions,
  io: CommandIo,
): Promise<CloseResult> {
  const quiet = new QuietTimer(options.waitMs, () => void session.close());
  const onAbort = (): void => void session.close();
  io.signal.addEventListener("abort", onAbort, { once: true });
  if (io.signal.aborted) onAbort();
  const sending = feed(session, options, io).then((isOver) => isOver && quiet.start());
  // It is awaited below; until then a failure is no unhandled one.
  sending.catch(() => session.terminate());
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
    // Nobody reads what would come, or wants what would be sent.
    quiet.stop();
    session.terminate();
    io.signal.removeEventListener("abort", onAbort);
    io.stdin.destroy();
    await sending;
  }
}

/** @returns whether all of the input was sent */
async function feed(session: Session, { isBinary }: PipeOptions, { stdin }: CommandIo): Promise<boolean> {
  try {
    const inputs: AsyncIterable<string | Uint8Array> = isBinary ? stdin : linesOf(stdin);
    for await (const input of inputs) await session.send(input);
    return true;
  } catch (error) {
    // How the connection ended is told where it is awaited; so is what became of the input when it was destroyed.
    if (!isEnd(error) && !stdin.destroyed) throw error;
    return false;
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
