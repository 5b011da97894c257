// `wsc replay`: says again what a client said in a capture, at the pace at which it did.
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Message } from "@ws/client";
import type { Command } from "commander";
import { sentence, usageError } from "../command-error.ts";
import type { CommandIo } from "../command-io.ts";
import { JsonOutput } from "../connect/json-output.ts";
import { DEFAULT_WAIT_MS, pipe, type PipeInput } from "../connect/piped.ts";
import { PlainOutput } from "../connect/plain-output.ts";
import { exitCodeOf, openSession } from "../connect/session.ts";
import { Watching } from "../connect/watching.ts";
import { ExitCode } from "../exit-code.ts";
import { parseDuration, wholeNumber } from "../flags/quantity.ts";
import { addTargetFlags, readTarget, type TargetFlags } from "../flags/target-flags.ts";
import { readReplays, type Replay, type ReplayedMessage } from "./read-replay.ts";

interface ReplayFlags extends TargetFlags {
  readonly connection?: number;
  readonly fast?: true;
  readonly wait: number;
  readonly json?: true;
  readonly frames?: true;
  readonly capture?: string;
}

export function addReplay(program: Command, io: CommandIo, end: (code: ExitCode) => void): void {
  const command = program
    .command("replay")
    .argument("<file>", "a capture, .jsonl or .har: the inspector's, or one of --capture")
    .argument("<url>", "ws:, wss:, or without a scheme")
    .summary("say again what a client said")
    .description("Send the messages that a client sent in a capture, and write what the server answers.")
    .option(
      "--connection <n>",
      "which one of the capture, from 1 on (default: the first that says something)",
      wholeNumber(1, 1e6),
    )
    .option("--fast", "without the pauses between messages")
    .option(
      "-w, --wait <duration>",
      "close when nothing has come for so long after the last",
      parseDuration,
      DEFAULT_WAIT_MS,
    )
    .option("--json", "write one JSON object a line for everything that happens")
    .option("-f, --frames", "show each frame, in both directions, on standard error")
    .option("--capture <file>", "write what passes to a file: .jsonl, .har or .pcapng");
  addTargetFlags(command).action(async (file: string, address: string, flags: ReplayFlags) => {
    end(await runReplay(file, address, flags, io));
  });
}

async function runReplay(
  file: string,
  address: string,
  flags: ReplayFlags,
  io: CommandIo,
): Promise<ExitCode> {
  const replay = choose(readReplays(await readCapture(file), file), file, flags.connection);
  const subprotocol = flags.subprotocol ?? (replay.protocol === "" ? undefined : [replay.protocol]);
  const target = await readTarget(
    address,
    { ...flags, ...(subprotocol !== undefined && { subprotocol }) },
    io,
  );
  const output = flags.json === true ? new JsonOutput(io) : new PlainOutput(io, false);
  const watching = new Watching(target, output, {
    showsFrames: flags.frames === true,
    captureFile: flags.capture,
  });
  watching.start();
  try {
    const session = await openSession(watching, output, io.signal);
    const input = new ReplayInput(replay.messages, flags.fast === true);
    const options = { waitMs: flags.wait, maxMessages: Infinity };
    const result = await pipe(session, input, output, options, io.signal);
    output.closed(result);
    return io.signal.aborted ? ExitCode.interrupted : exitCodeOf(result);
  } finally {
    await watching.finish();
  }
}

function choose(replays: readonly Replay[], file: string, number: number | undefined): Replay {
  const chosen =
    number === undefined ? replays.find(({ messages }) => messages.length > 0) : replays[number - 1];
  if (chosen !== undefined) return chosen;
  if (number === undefined) throw usageError(`Cannot replay ${file}: no client says anything in it`);
  throw usageError(`Cannot replay connection ${number} of ${file}: it has ${replays.length}`);
}

/** The messages at the pace of the capture. */
class ReplayInput implements PipeInput {
  readonly #messages: readonly ReplayedMessage[];
  readonly #isFast: boolean;
  readonly #stopped = new AbortController();

  constructor(messages: readonly ReplayedMessage[], isFast: boolean) {
    this.#messages = messages;
    this.#isFast = isFast;
  }

  get messages(): AsyncIterable<Message> {
    return this.#play();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async *#play(): AsyncGenerator<Message> {
    const begun = performance.now();
    const first = this.#messages[0]?.time ?? 0;
    for (const { time, data } of this.#messages) {
      const waitMs = this.#isFast ? 0 : time - first - (performance.now() - begun);
      if (waitMs > 0) await sleep(waitMs, undefined, { signal: this.#stopped.signal });
      yield data;
    }
  }
}

async function readCapture(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw usageError(`Cannot read ${file}: ${sentence(error)}`, error);
  }
}
