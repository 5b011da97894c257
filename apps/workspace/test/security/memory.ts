// Measures memory: what is held after a collection, and the most that the process ever took.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

export const MB = 1_000_000;

/** Bytes that live objects and buffers hold at the moment. */
export async function heldBytes(): Promise<number> {
  // Buffers are freed in a turn of the loop after the collection that found them dead.
  for (let round = 0; round < 2; round++) {
    collect();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The most memory that the process has ever taken of the system. */
export function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
