// Measures memory: after a collection, and while what it measures still lives.
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
  // arrayBuffers is part of external.
  return heapUsed + external;
}
