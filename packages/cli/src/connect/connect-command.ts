// `wsc connect`: a conversation, by hand or through pipes.
import type { Command } from "commander";
import type { CommandIo } from "../command-io.ts";
import { ExitCode } from "../exit-code.ts";
import { parseDuration, wholeNumber } from "../flags/quantity.ts";
import { addTargetFlags, readTarget, type TargetFlags } from "../flags/target-flags.ts";
import type { EventOutput } from "./event-output.ts";
import { HistoryFile, historyPath } from "./history-file.ts";
import { talk } from "./interactive.ts";
import { JsonOutput } from "./json-output.ts";
import { DEFAULT_WAIT_MS, inputOf, pipe, type PipeOptions } from "./piped.ts";
import { PlainOutput } from "./plain-output.ts";
import { ScreenOutput } from "./screen-output.ts";
import { exitCodeOf, openReconnecting, openSession } from "./session.ts";
import { Watching } from "./watching.ts";

interface ConnectFlags extends TargetFlags {
  readonly json?: true;
  readonly binary?: true;
  readonly frames?: true;
  readonly reconnect?: true;
  readonly wait?: number | true;
  readonly messages?: number;
  readonly history: boolean;
  readonly capture?: string;
}

export function addConnect(program: Command, io: CommandIo, end: (code: ExitCode) => void): void {
  const command = program
    .command("connect", { isDefault: true })
    .argument("<url>", "ws:, wss:, or without a scheme")
    .summary("talk to a server")
    .description(
      "Talk to a server: by hand on a terminal, otherwise line by line from standard input to standard output.",
    )
    .option("--json", "write one JSON object a line for everything that happens")
    .option("-b, --binary", "pass bytes on as they are, as binary messages, instead of lines of text")
    .option("-f, --frames", "show each frame, in both directions: on the terminal, or on standard error")
    .option("-r, --reconnect", "connect again whenever the connection breaks")
    .option(
      "-w, --wait [duration]",
      "close when the input has ended and nothing has come for so long (default: 500ms); without a duration never",
      parseDuration,
    )
    .option("-n, --messages <n>", "close after so many messages", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option("--capture <file>", "write what passes to a file: .jsonl, .har or .pcapng")
    .option("--no-history", "do not keep what is typed, nor offer what was");
  addTargetFlags(command).action(async (address: string, flags: ConnectFlags) => {
    end(await runConnect(address, flags, io));
  });
}

async function runConnect(address: string, flags: ConnectFlags, io: CommandIo): Promise<ExitCode> {
  const target = await readTarget(address, flags, io);
  const isByHand = io.stdin.isTTY === true && io.stdout.isTTY === true && flags.json !== true;
  const screen = isByHand ? new ScreenOutput(io, flags.frames === true) : undefined;
  const output: EventOutput =
    screen ?? (flags.json === true ? new JsonOutput(io) : new PlainOutput(io, flags.binary === true));
  const watching = new Watching(target, output, {
    // On a screen they may be asked for later, and those of a message half seen make no sense.
    showsFrames: isByHand || flags.frames === true,
    captureFile: flags.capture,
  });
  watching.start();
  try {
    const open = flags.reconnect === true ? openReconnecting : openSession;
    const session = await open(watching, output, io.signal);
    const result =
      screen === undefined
        ? await pipe(session, inputOf(io.stdin, flags.binary === true), output, pipeOptions(flags), io.signal)
        : await talk(session, screen, historyOf(flags, io), io);
    output.closed(result);
    return io.signal.aborted ? ExitCode.interrupted : exitCodeOf(result);
  } finally {
    await watching.finish();
  }
}

function pipeOptions({ wait = DEFAULT_WAIT_MS, messages = Infinity }: ConnectFlags): PipeOptions {
  return { waitMs: wait === true ? Infinity : wait, maxMessages: messages };
}

function historyOf({ history }: ConnectFlags, io: CommandIo): HistoryFile | undefined {
  const path = history ? historyPath(io.env) : undefined;
  return path === undefined ? undefined : new HistoryFile(path);
}
