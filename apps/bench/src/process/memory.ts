// What this process keeps, after a collection.
import { readFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";

export interface Memory {
  readonly heapBytes: number;
  /** What C allocated, buffers included; as much of it as is in memory. Linux only, elsewhere what V8 knows of. */
  readonly nativeBytes: number;
  readonly rssBytes: number;
}

/** Needs --expose-gc. */
export async function takeMemory(): Promise<Memory> {
  // More than once: native handles let go of their memory after a collection.
  for (let i = 0; i < 4; i++) {
    await turn();
    globalThis.gc?.();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed, nativeBytes: mallocBytes() ?? external, rssBytes: rss };
}

/** The part of the address space that malloc grows; what is larger than 128 KiB is mapped apart, and is no connection's. */
function mallocBytes(): number | undefined {
  if (process.platform !== "linux") return undefined;
  const [, heap] = readFileSync("/proc/self/smaps", "latin1").split("[heap]");
  const kilobytes = heap === undefined ? undefined : /^Rss:\s+(\d+) kB$/m.exec(heap)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
