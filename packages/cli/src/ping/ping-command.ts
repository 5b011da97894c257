// `wsc ping`: how long a ping frame takes to come back as a pong (RFC 6455 §5.5.2), in the manner of ping(8).
import { connect, type Connection } from "@ws/client";
import type { Command } from "commander";
import { type CommandIo, write } from "../command-io.ts";
import { CommandError } from "../command-error.ts";
import { describeClose } from "../connect/event-output.ts";
import { shown } from "../connect/session.ts";
import { ExitCode } from "../exit-code.ts";
import { parseDuration, wholeNumber } from "../flags/quantity.ts";
import { addTargetFlags, readTarget, type TargetFlags } from "../flags/target-flags.ts";
import { summarise } from "./round-trips.ts";
import { jsonLine } from "../terminal-text.ts";

interface PingFlags extends TargetFlags {
  readonly count: number;
  readonly interval: number;
  readonly patience: number;
  readonly json?: true;
}

const MAX_COUNT = 100_000;

export function addPing(program: Command, io: CommandIo, end: (code: ExitCode) => void): void {
  const command = program
    .command("ping")
    .argument("<url>", "ws:, wss:, or without a scheme")
    .summary("time pings of a server")
    .description(
      "Send pings, one after another, and time their pongs. Exits with 1 when one is not answered.",
    )
    .option("-n, --count <n>", "how many", wholeNumber(1, MAX_COUNT), 5)
    .option("-i, --interval <duration>", "from one ping to the next", parseDuration, 1000)
    .option("-p, --patience <duration>", "how long a pong is waited for", parseDuration, 5000)
    .option("--json", "write one JSON object a line");
  addTargetFlags(command).action(async (address: string, flags: PingFlags) => {
    end(await runPing(address, flags, io));
  });
}

async function runPing(address: string, flags: PingFlags, io: CommandIo): Promise<ExitCode> {
  const { url, options } = await readTarget(address, flags, io);
  const { count, interval, patience } = flags;
  const tell = (text: string, event: Record<string, unknown>): Promise<void> =>
    write(io.stdout, flags.json === true ? jsonLine(event) : text);

  const connection = await connect(url, { ...options, pingIntervalMs: 0, signal: io.signal });
  connection.on("message", () => {});
  const times: number[] = [];
  let sent = 0;
  try {
    for (; sent < count && !io.signal.aborted && connection.state === "open";) {
      const number = ++sent;
      const begun = performance.now();
      const ms = await pingOnce(connection, `wsc ${number}`, patience, io.signal);
      if (ms === undefined) await tell(`ping ${number}: no pong\n`, { event: "lost", number });
      else {
        times.push(ms);
        await tell(`ping ${number}: ${ms.toFixed(3)} ms\n`, { event: "pong", number, ms: round(ms) });
      }
      if (sent < count) await pause(begun + interval - performance.now(), connection, io.signal);
    }
  } finally {
    void connection.close();
  }
  const { received, minMs, avgMs, maxMs, stddevMs } = summarise(sent, times);
  const [min, avg, max, stddev] = [minMs, avgMs, maxMs, stddevMs].map((ms) => ms.toFixed(3));
  await tell(
    `${shown(url)}: ${sent} sent, ${received} answered\nmin/avg/max/stddev ${min}/${avg}/${max}/${stddev} ms\n`,
    {
      event: "summary",
      url: shown(url),
      sent,
      received,
      minMs: round(minMs),
      avgMs: round(avgMs),
      maxMs: round(maxMs),
      stddevMs: round(stddevMs),
    },
  );
  const result = await connection.closed;
  if (io.signal.aborted) return ExitCode.interrupted;
  if (sent < count)
    throw new CommandError(ExitCode.disconnected, `The connection was ${describeClose(result)}`);
  return received === sent ? ExitCode.ok : ExitCode.failed;
}

/** How long the pong took, in milliseconds; `undefined` where none came. */
function pingOnce(
  connection: Connection,
  payload: string,
  patienceMs: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    const begun = performance.now();
    const finish = (ms: number | undefined): void => {
      clearTimeout(timer);
      connection.off("pong", onPong).off("close", onEnd);
      signal.removeEventListener("abort", onEnd);
      resolve(ms);
    };
    const onPong = (data: Uint8Array): void => {
      if (Buffer.from(data).toString() === payload) finish(performance.now() - begun);
    };
    const onEnd = (): void => finish(undefined);
    const timer = setTimeout(onEnd, patienceMs);
    connection.on("pong", onPong).on("close", onEnd);
    signal.addEventListener("abort", onEnd);
    connection.ping(payload);
  });
}

/** Resolves after so long, or at the end. */
function pause(ms: number, connection: Connection, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      connection.off("close", finish);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, Math.max(0, ms));
    connection.on("close", finish);
    signal.addEventListener("abort", finish);
    if (signal.aborted || connection.state === "closed") finish();
  });
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
