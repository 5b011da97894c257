// The runner on the server: @ws/client over a real loopback socket, so that fragments go both ways. What is measured, and
// how, is the same as in the browser: shared/lab/measure.ts.
import { connect, type Connection } from "@ws/client";
import { LAB_LIMITS } from "../../shared/lab/lab-limits.ts";
import { echoTarget } from "../../shared/lab/lab-paths.ts";
import { type EchoSocket, measure } from "../../shared/lab/measure.ts";
import type { Measurement, MeasurementPlan } from "../../shared/lab/measurement.ts";
import { fragments } from "./fragments.ts";
import { type OwnAddress, ownUrl } from "./own-address.ts";

export interface RunOptions {
  readonly own: OwnAddress;
  /** Who asks, for the echo's door. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onProgress: (fraction: number) => void;
}

/** @throws Error when it is called off, or the echo ends before its time */
export async function runMeasurement(
  plan: MeasurementPlan,
  { own, headers, signal, onProgress }: RunOptions,
): Promise<Measurement> {
  const connection = await connect(ownUrl(own, echoTarget(plan)), {
    headers,
    perMessageDeflate: plan.compress,
    maxMessageBytes: LAB_LIMITS.maxMessageBytes,
    proxy: false,
    signal,
  });
  const onAbort = (): void => connection.terminate();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const measurement = await measure(plan, echoSocket(connection, plan), { onProgress });
    await connection.close();
    return measurement;
  } finally {
    signal.removeEventListener("abort", onAbort);
    connection.terminate();
  }
}

function echoSocket(connection: Connection, plan: MeasurementPlan): EchoSocket {
  const messages = connection[Symbol.asyncIterator]();
  // A payload that cannot be sent ends the connection, and that the next message never comes is how it is told.
  const ignore = (): void => {};
  return {
    get bufferedAmount() {
      return connection.bufferedAmount;
    },
    send(payload) {
      const isText = typeof payload === "string";
      const bytes = isText ? Buffer.from(payload) : payload;
      const pieces = fragments(bytes, plan.fragmentBytes, connection.extensions !== "");
      if (pieces === undefined) connection.send(payload);
      else connection.sendStream(pieces, { type: isText ? "text" : "binary" }).catch(ignore);
    },
    async next() {
      const { done, value } = await messages.next();
      if (done === true) throw await broken(connection);
      return typeof value === "string" ? value : new Uint8Array(value);
    },
  };
}

async function broken(connection: Connection): Promise<Error> {
  const { code, reason, error } = await connection.closed;
  return new Error(`The echo ended with ${code}${reason === "" ? "" : ` (${reason})`}`, { cause: error });
}
