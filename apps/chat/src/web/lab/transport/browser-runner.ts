// The runner in the browser: its own WebSocket to the echo. How it cuts a message into frames is its own affair, so the echo's report
// tells.
import { echoTarget } from "../../../shared/lab/lab-paths.ts";
import { type EchoSocket, measure } from "../../../shared/lab/measure.ts";
import type { Measurement, MeasurementPlan } from "../../../shared/lab/measurement.ts";
import { closeError, LabError } from "./lab-error.ts";
import { labUrl } from "./lab-url.ts";
import { MessageQueue } from "./message-queue.ts";

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (fraction: number) => void;
}

/** @throws LabError when it is called off, or the echo ends before its time */
export async function runInBrowser(
  plan: MeasurementPlan,
  { signal, onProgress }: RunOptions,
): Promise<Measurement> {
  const socket = new WebSocket(labUrl(echoTarget(plan)));
  socket.binaryType = "arraybuffer";
  const messages = new MessageQueue(socket, (event) =>
    signal.aborted ? new LabError("Cancelled.") : closeError(event),
  );
  const onAbort = (): void => socket.close();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await opened(socket, signal);
    return await measure(plan, echoSocket(socket, messages), { onProgress });
  } finally {
    signal.removeEventListener("abort", onAbort);
    socket.close();
  }
}

function opened(socket: WebSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.addEventListener("open", () => resolve(), { once: true });
    const onClose = (event: CloseEvent): void =>
      reject(signal.aborted ? new LabError("Cancelled.") : closeError(event));
    socket.addEventListener("close", onClose, { once: true });
  });
}

function echoSocket(socket: WebSocket, messages: MessageQueue): EchoSocket {
  return {
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send: (payload) => socket.send(payload),
    async next() {
      const message = await messages.next();
      return message instanceof ArrayBuffer ? new Uint8Array(message) : String(message);
    },
  };
}
