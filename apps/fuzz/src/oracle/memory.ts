// Two measures of memory: what a case allocates in buffers, without a collection, and what stays after one.
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/**
 * Bytes outside of the heap, of buffers above all, dead ones included: between two collections it only grows. Much
 * cheaper than `process.memoryUsage()`, which asks the kernel too.
 */
function bufferBytes(): number {
  return getHeapStatistics().external_memory;
}

let peak = 0;

/** Looks at the memory while what a case was played with is still alive. */
export function noteBufferBytes(): void {
  peak = Math.max(peak, bufferBytes());
}

/** The most that was noted since this was called last. */
export function takePeakBytes(): number {
  noteBufferBytes();
  const taken = peak;
  peak = 0;
  return taken;
}

/** Bytes that live objects and buffers hold. */
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
