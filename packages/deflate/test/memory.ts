// What the process holds, and what it has held at most.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** The bytes that are really held, garbage swept up before. */
export function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  const sweep = runInNewContext("gc") as () => void;
  sweep();
  sweep();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** The most memory that the process has ever taken of the system. */
export function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
