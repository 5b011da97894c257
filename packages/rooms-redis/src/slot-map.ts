// Who serves which slots, as CLUSTER SLOTS says it. What a server says is judged here: it decides where we connect to.
import type { Address } from "./link.ts";
import { SLOT_COUNT } from "./slot.ts";

/** A run of slots and the server that takes their writes. */
export interface SlotRange {
  readonly from: number;
  readonly to: number;
  readonly host: string;
  readonly port: number;
}

/**
 * @param asked where the answer comes from: a server that does not know its own address leaves it out
 * @throws Error for an answer that is none, or where slots have no server
 */
export function parseSlots(reply: unknown, asked: Address): readonly SlotRange[] {
  if (!Array.isArray(reply)) throw new Error("The answer to CLUSTER SLOTS is no list");
  const ranges = reply.map((item: unknown) => parseRange(item, asked));
  const covered = ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  if (covered !== SLOT_COUNT) throw new Error(`The Cluster serves ${covered} of ${SLOT_COUNT} slots`);
  return ranges;
}

function parseRange(item: unknown, asked: Address): SlotRange {
  const [from, to, master] = Array.isArray(item) ? (item as unknown[]) : [];
  const [host, port] = Array.isArray(master) ? (master as unknown[]) : [];
  if (!isSlot(from) || !isSlot(to) || to < from || typeof port !== "number" || port < 1 || port > 65_535) {
    throw new Error("The answer to CLUSTER SLOTS is malformed");
  }
  const name = Buffer.isBuffer(host) ? host.toString() : "";
  if (name === "?") throw new Error("The Cluster does not know where one of its servers is");
  return { from, to, host: name === "" && "host" in asked ? asked.host : name, port };
}

function isSlot(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < SLOT_COUNT;
}
