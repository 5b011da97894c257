// The connection to the lab's agent on the server: opened with the first order and kept, one order at a time.
import { type AgentAnswer, type AgentOrder, readAnswer } from "../../../shared/lab/agent-protocol.ts";
import { LabPath } from "../../../shared/lab/lab-paths.ts";
import type { Measurement, MeasurementPlan } from "../../../shared/lab/measurement.ts";
import type { Transcript } from "../../../shared/lab/transcript.ts";
import type { RunOptions } from "./browser-runner.ts";
import { closeError, LabError } from "./lab-error.ts";
import { labUrl } from "./lab-url.ts";
import { MessageQueue } from "./message-queue.ts";

interface Link {
  readonly socket: WebSocket;
  readonly messages: MessageQueue;
}

export class AgentClient {
  #link: Link | undefined;
  /** Settles when the order before has; orders wait in line. */
  #last: Promise<unknown> = Promise.resolve();

  /** @throws LabError */
  async measure(plan: MeasurementPlan, options: RunOptions): Promise<Measurement> {
    const answer = await this.#carryOut({ type: "measure", plan }, options);
    if (answer.type === "measured") return answer.measurement;
    throw new LabError("The server answered something else.");
  }

  /** @throws LabError */
  async craft(compress: boolean, bytes: string, signal: AbortSignal): Promise<Transcript> {
    const answer = await this.#carryOut({ type: "craft", compress, bytes }, { signal, onProgress: () => {} });
    if (answer.type === "crafted") return answer.transcript;
    throw new LabError("The server answered something else.");
  }

  /** Opens the connection, to learn whether one may come in. @throws LabError */
  async open(): Promise<void> {
    await this.#connect();
  }

  #carryOut(order: AgentOrder, options: RunOptions): Promise<AgentAnswer> {
    const result = this.#last.then(() => this.#exchange(order, options));
    this.#last = result.catch(() => {});
    return result;
  }

  async #exchange(order: AgentOrder, { signal, onProgress }: RunOptions): Promise<AgentAnswer> {
    const { socket, messages } = await this.#connect();
    if (signal.aborted) throw new LabError("Cancelled.");
    const onAbort = (): void => socket.send(JSON.stringify({ type: "cancel" } satisfies AgentOrder));
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      socket.send(JSON.stringify(order));
      for (;;) {
        const answer = readAnswer(await messages.next());
        if (answer === undefined) throw new LabError("The server answered something else.");
        if (answer.type === "failed") throw new LabError(answer.reason, answer);
        if (answer.type !== "progress") return answer;
        onProgress(answer.fraction);
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  async #connect(): Promise<Link> {
    if (this.#link?.socket.readyState === WebSocket.OPEN) return this.#link;
    const socket = new WebSocket(labUrl(LabPath.agent));
    const messages = new MessageQueue(socket, closeError);
    // Only the agent's first word says that one is let in: to be turned away, one is connected as well.
    await messages.next();
    this.#link = { socket, messages };
    return this.#link;
  }
}
