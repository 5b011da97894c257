// The echo: sends every message back, in fragments of the size that was asked for, and then tells what it counted on the
// wire. Knows nothing of sessions; who may come in, and how much, is for whoever owns the limits.
import type { CompressionStats, ConnectionStats, FrameStats } from "@ws/connection";
import { CloseCode, type Connection, formatRetryHint } from "@ws/server";
import { LAB_LIMITS } from "../../shared/lab/lab-limits.ts";
import type { EchoReport } from "../../shared/lab/measurement.ts";
import { fragments } from "./fragments.ts";

export interface EchoOptions {
  /** Whether each reply is followed by a report: an {@link EchoReport} as text. */
  readonly reports: boolean;
  /** The size of the fragments of the reply; 0 leaves it to the connection. */
  readonly fragmentBytes: number;
  /** Takes so many bytes from what the client may have echoed: 0, or the milliseconds to wait. */
  readonly spend: (bytes: number) => number;
}

/** What the query of an echo asks for; whatever is no number means nothing. */
export function readEchoQuery(query: URLSearchParams): Pick<EchoOptions, "reports" | "fragmentBytes"> {
  const fragment = query.get("fragment") ?? "";
  const bytes = /^\d{1,8}$/.test(fragment) ? Number(fragment) : 0;
  return {
    reports: query.get("report") === "1",
    fragmentBytes: bytes === 0 ? 0 : Math.max(bytes, LAB_LIMITS.minFragmentBytes),
  };
}

/** Who leaves a connection unused for so long holds a place that others want. */
const IDLE_MS = 120_000;

/** Echoes until the connection ends. */
export async function echo(connection: Connection, options: EchoOptions): Promise<void> {
  const idle = setTimeout(() => void connection.close(CloseCode.goingAway, "Nothing to echo"), IDLE_MS);
  try {
    await echoAll(connection, options, () => idle.refresh());
  } finally {
    clearTimeout(idle);
  }
}

async function echoAll(connection: Connection, options: EchoOptions, onMessage: () => void): Promise<void> {
  let before = connection.getStats();
  for await (const message of connection) {
    onMessage();
    const bytes = typeof message === "string" ? Buffer.from(message) : message;
    const waitMs = options.spend(bytes.length);
    if (waitMs > 0) {
      await connection.close(CloseCode.tryAgainLater, formatRetryHint(waitMs));
      return;
    }
    const pieces = fragments(bytes, options.fragmentBytes, connection.extensions !== "");
    if (pieces === undefined) await connection.sendAsync(message);
    else await connection.sendStream(pieces, { type: typeof message === "string" ? "text" : "binary" });
    if (!options.reports) continue;
    await connection.sendAsync(JSON.stringify(report(before, connection.getStats())), { compress: false });
    before = connection.getStats();
  }
}

function report(before: ConnectionStats, after: ConnectionStats): EchoReport {
  return {
    framesReceived: dataFrames(after.framesReceived) - dataFrames(before.framesReceived),
    framesSent: dataFrames(after.framesSent) - dataFrames(before.framesSent),
    wireBytesReceived: after.bytesReceived - before.bytesReceived,
    wireBytesSent: after.bytesSent - before.bytesSent,
    isCompressed: compressed(after.compressionSent) > compressed(before.compressionSent),
  };
}

function dataFrames({ continuation, text, binary }: FrameStats): number {
  return continuation + text + binary;
}

function compressed({ messageBytes }: CompressionStats): number {
  return messageBytes;
}
