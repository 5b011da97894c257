// One measurement, whoever runs it: sends a payload round, times it, compares what comes back, and adds up what the echo
// tells of frames. Knows no sockets: the browser's runner and the server's bring their own.
import * as v from "valibot";
import { type EchoReport, type Measurement, type MeasurementPlan, reportSchema } from "./measurement.ts";
import { areSame, createPayload, sha256 } from "./payload.ts";

/** A connection to the echo, as a runner gives it. */
export interface EchoSocket {
  /** Bytes that were sent and have not left. */
  readonly bufferedAmount: number;
  send(payload: string | Uint8Array<ArrayBuffer>): void;
  /** The next message; rejects when the connection ends before. */
  next(): Promise<string | Uint8Array<ArrayBuffer>>;
}

export interface MeasureOptions {
  /** Told how much is done, from 0 to 1, again and again. */
  readonly onProgress: (fraction: number) => void;
}

const PROGRESS_MS = 100;

/** @throws Error when the connection ends before its time, or the echo says what cannot be */
export async function measure(
  plan: MeasurementPlan,
  socket: EchoSocket,
  { onProgress }: MeasureOptions,
): Promise<Measurement> {
  const bytes = createPayload(plan.kind, plan.bytes);
  const payload = plan.kind === "text" ? new TextDecoder().decode(bytes) : bytes;
  const digest = await sha256(bytes);
  const roundTripsMs: number[] = [];
  const reports: EchoReport[] = [];
  let isEqual = true;

  for (let round = 0; round < plan.rounds; round++) {
    // Sending is half of a round, as far as one can see it.
    const timer = setInterval(() => {
      const sent = 1 - Math.min(1, socket.bufferedAmount / plan.bytes);
      onProgress((round + sent / 2) / plan.rounds);
    }, PROGRESS_MS);
    try {
      const start = performance.now();
      socket.send(payload);
      const echo = await socket.next();
      roundTripsMs.push(performance.now() - start);
      reports.push(readReport(await socket.next()));
      isEqual &&= await isSame(echo, { kind: plan.kind, bytes, digest });
    } finally {
      clearInterval(timer);
    }
    onProgress((round + 1) / plan.rounds);
  }

  return {
    roundTripsMs,
    framesOut: rangeOf(reports, "framesReceived"),
    framesBack: rangeOf(reports, "framesSent"),
    wireBytesOut: rangeOf(reports, "wireBytesReceived"),
    wireBytesBack: rangeOf(reports, "wireBytesSent"),
    isCompressed: reports.some((report) => report.isCompressed),
    ...(digest !== undefined && { sha256: digest }),
    isEqual,
  };
}

interface Original {
  readonly kind: "text" | "binary";
  readonly bytes: Uint8Array;
  readonly digest: string | undefined;
}

async function isSame(echo: string | Uint8Array<ArrayBuffer>, original: Original): Promise<boolean> {
  if ((typeof echo === "string") !== (original.kind === "text")) return false;
  const bytes = typeof echo === "string" ? new TextEncoder().encode(echo) : echo;
  if (original.digest === undefined) return areSame(bytes, original.bytes);
  return (await sha256(bytes)) === original.digest;
}

function readReport(message: string | Uint8Array): EchoReport {
  if (typeof message !== "string") throw new Error("Cannot read the echo's report: it is not text");
  return v.parse(reportSchema, JSON.parse(message));
}

type Countable = Exclude<keyof EchoReport, "isCompressed">;

function rangeOf(reports: readonly EchoReport[], name: Countable): { min: number; max: number } {
  const values = reports.map((report) => report[name]);
  return { min: Math.min(...values), max: Math.max(...values) };
}
