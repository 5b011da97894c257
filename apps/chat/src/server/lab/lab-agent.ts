// The agent: takes the orders of one page over one connection, one at a time, and does on the server what browsers cannot:
// choose fragments, and send wrong frames. Knows no HTTP; what it may spend is the budget's to say.
import type { Connection } from "@ws/server";
import type { Logger } from "pino";
import { type AgentAnswer, type AgentOrder, readOrder } from "../../shared/lab/agent-protocol.ts";
import { fromHex } from "../../shared/lab/hex.ts";
import type { OwnAddress } from "./own-address.ts";
import { runMeasurement } from "./run-measurement.ts";
import { sendCrafted } from "./send-crafted.ts";

export interface AgentOptions {
  readonly own: () => OwnAddress;
  /** Gives what gets the agent in at the echo's door, once, in this person's name. */
  readonly asGuest: <Value>(
    use: (headers: Readonly<Record<string, string>>) => Promise<Value>,
  ) => Promise<Value>;
  /** Takes one exchange of crafted bytes: 0, or the milliseconds to wait. */
  readonly spendCraft: () => number;
  readonly log: Logger;
}

const MIN_PROGRESS_MS = 100;

/** Serves the connection until it ends; whatever is under way then ends too. */
export function serveAgent(connection: Connection, options: AgentOptions): void {
  let work: AbortController | undefined;
  const answer = (message: AgentAnswer): void => void connection.send(JSON.stringify(message));

  connection.on("message", (data) => {
    const order = readOrder(data);
    if (order === undefined) return answer({ type: "failed", reason: "That is no order the lab knows." });
    if (order.type === "cancel") return work?.abort();
    if (work !== undefined) return answer({ type: "failed", reason: "One thing at a time." });
    const current = new AbortController();
    work = current;
    carryOut(order, options, current.signal, answer)
      .catch((error: unknown) => {
        if (!current.signal.aborted) options.log.warn({ err: error }, "An order of the lab failed");
        answer({ type: "failed", reason: current.signal.aborted ? "Cancelled." : sentence(error) });
      })
      .finally(() => (work = undefined));
  });
  connection.on("close", () => work?.abort());
  answer({ type: "ready" });
}

async function carryOut(
  order: Exclude<AgentOrder, { readonly type: "cancel" }>,
  { own, asGuest, spendCraft }: AgentOptions,
  signal: AbortSignal,
  answer: (message: AgentAnswer) => void,
): Promise<void> {
  if (order.type === "measure") {
    let toldAt = 0;
    const onProgress = (fraction: number): void => {
      const now = performance.now();
      if (now - toldAt < MIN_PROGRESS_MS) return;
      toldAt = now;
      answer({ type: "progress", fraction });
    };
    const measurement = await asGuest((headers) =>
      runMeasurement(order.plan, { own: own(), headers, signal, onProgress }),
    );
    return answer({ type: "measured", measurement });
  }
  const retryAfterMs = spendCraft();
  if (retryAfterMs > 0) return answer({ type: "failed", reason: "Too many at once.", retryAfterMs });
  const bytes = fromHex(order.bytes) ?? new Uint8Array(0);
  const { compress } = order;
  const transcript = await asGuest((secretHeaders) =>
    sendCrafted({ own: own(), secretHeaders, compress, bytes, signal }),
  );
  answer({ type: "crafted", transcript });
}

function sentence(error: unknown): string {
  return error instanceof Error ? `${error.message}.` : "That did not work.";
}
