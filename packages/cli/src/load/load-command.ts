// `wsc load`: what an echo server makes of many connections at once. Bounded: it opens no more connections than asked for,
// and ends by itself.
import type { Command } from "commander";
import { type CommandIo, note, type Palette, paletteFor, write } from "../command-io.ts";
import { CommandError } from "../command-error.ts";
import { shown } from "../connect/session.ts";
import { ExitCode } from "../exit-code.ts";
import { parseDuration, wholeNumber } from "../flags/quantity.ts";
import { addTargetFlags, readTarget, type TargetFlags } from "../flags/target-flags.ts";
import { LoadGenerator, type LoadResult } from "./generate-load.ts";
import type { Latencies } from "./latencies.ts";
import { ProgressBar } from "./progress-bar.ts";
import { jsonLine } from "../terminal-text.ts";

interface LoadFlags extends TargetFlags {
  readonly connections: number;
  readonly duration: number;
  readonly inFlight: number;
  readonly bytes: number;
  readonly patience: number;
  readonly json?: true;
}

const MAX_CONNECTIONS = 5000;
const MAX_IN_FLIGHT = 1000;
const MAX_DURATION_MS = 10 * 60_000;
const MAX_BYTES = 1024 * 1024;
/** What may be under way in all: it waits in this process. */
const MAX_UNDER_WAY_BYTES = 256 * 1024 * 1024;
const DRAW_EVERY_MS = 100;
const BAR_CELLS = 40;

export function addLoad(program: Command, io: CommandIo, end: (code: ExitCode) => void): void {
  const command = program
    .command("load")
    .argument("<url>", "an echo server: ws:, wss:, or without a scheme")
    .summary("load an echo server, and time its answers")
    .description(
      "Send messages through many connections, each next one when an answer has come, and time the answers.",
    )
    .option(
      "-n, --connections <n>",
      `how many, up to ${MAX_CONNECTIONS}`,
      wholeNumber(1, MAX_CONNECTIONS),
      10,
    )
    .option("-d, --duration <duration>", "for how long, up to 10m", parseDuration, 10_000)
    .option("-m, --in-flight <n>", "messages that each has under way", wholeNumber(1, MAX_IN_FLIGHT), 1)
    .option("-b, --bytes <n>", "the size of a message", wholeNumber(0, MAX_BYTES), 64)
    .option("-p, --patience <duration>", "how long an answer is waited for", parseDuration, 5000)
    .option("--json", "write the result as one JSON object");
  addTargetFlags(command).action(async (address: string, flags: LoadFlags) => {
    end(await runLoad(address, flags, io));
  });
}

async function runLoad(address: string, flags: LoadFlags, io: CommandIo): Promise<ExitCode> {
  const { connections, duration, inFlight, bytes, patience } = flags;
  if (duration > MAX_DURATION_MS) throw new RangeError("Cannot load a server for more than 10m at a time");
  if (connections * inFlight * bytes > MAX_UNDER_WAY_BYTES) {
    throw new RangeError(
      `Cannot have ${connections * inFlight * bytes} bytes under way: 256 MiB is the most`,
    );
  }
  const target = await readTarget(address, flags, io);
  const generator = new LoadGenerator(target, {
    connections,
    durationMs: duration,
    inFlight,
    messageBytes: bytes,
    answerTimeoutMs: patience,
  });
  const bar = new ProgressBar(io.stderr);
  const drawing = setInterval(() => {
    const { opened, answered, elapsedMs } = generator.result;
    bar.draw(elapsedMs / duration, `${opened} of ${connections} connections, ${answered} answers`);
  }, DRAW_EVERY_MS);
  let result: LoadResult;
  try {
    result = await generator.run(io.signal);
  } finally {
    clearInterval(drawing);
    bar.clear();
  }
  if (result.opened === 0 && !io.signal.aborted) {
    throw new CommandError(ExitCode.unreachable, result.firstError ?? "There is no connection");
  }
  await report(shown(target.url), result, generator.latencies, flags, io);
  if (io.signal.aborted) return ExitCode.interrupted;
  return isGood(result) ? ExitCode.ok : ExitCode.failed;
}

function isGood({ failed, lost, sent, answered }: LoadResult): boolean {
  return failed === 0 && lost === 0 && answered === sent;
}

async function report(
  url: string,
  result: LoadResult,
  latencies: Latencies,
  flags: LoadFlags,
  io: CommandIo,
): Promise<void> {
  const { opened, failed, lost, sent, answered, wrong, elapsedMs, firstError } = result;
  const perSecond = elapsedMs === 0 ? 0 : Math.round((answered * 1000) / elapsedMs);
  const { summary, steps } = latencies;
  if (flags.json === true) {
    const all = {
      url,
      ...result,
      elapsedMs: Math.round(elapsedMs),
      perSecond,
      latency: summary,
      histogram: steps,
    };
    return write(io.stdout, jsonLine(all));
  }
  const lines = [
    `${url}: ${opened} connections for ${(elapsedMs / 1000).toFixed(1)} s`,
    `${sent} sent, ${answered} answered, ${perSecond} a second`,
    `min/avg/max/stddev ${summary.minMs}/${summary.avgMs}/${summary.maxMs}/${summary.stddevMs} ms`,
    `p50 ${summary.p50Ms}  p90 ${summary.p90Ms}  p99 ${summary.p99Ms}  p99.9 ${summary.p999Ms} ms`,
    ...drawSteps(latencies, paletteFor(io.stdout, io.env)),
  ];
  await write(io.stdout, `${lines.join("\n")}\n`);
  if (isGood(result)) return;
  const counts = `${failed} not opened, ${lost} lost, ${wrong} wrong answers, ${sent - answered - wrong} not answered`;
  note(io.stderr, `wsc: ${counts}${firstError === undefined ? "" : `; first: ${firstError}`}`);
}

function drawSteps({ steps }: Latencies, palette: Palette): string[] {
  const most = Math.max(1, ...steps.map(({ count }) => count));
  return steps.map(({ fromUs, count }) => {
    const cells = count === 0 ? 0 : Math.max(1, Math.round((count / most) * BAR_CELLS));
    return `${formatUs(fromUs).padStart(8)} ${palette.cyan("█".repeat(cells).padEnd(BAR_CELLS))} ${count}`;
  });
}

function formatUs(us: number): string {
  if (us < 1000) return `${us} µs`;
  return us < 1_000_000 ? `${(us / 1000).toFixed(1)} ms` : `${(us / 1_000_000).toFixed(1)} s`;
}
