// Where large buffers come from. The malloc of glibc asks the kernel for each that has 128 KiB or more, and gives it back as
// soon as it is freed, as it does with what is free at the end of the rest beyond 128 KiB. So a large message lies in pages
// that are new to the process, each of which the kernel has to find and to fill with zeros: that took up to two thirds of the
// time a large message cost, and a tenth of what many small ones did that came in one read. But malloc learns. Once a buffer of
// some size is freed, it keeps buffers up to that size, and up to twice as much that is free, for whoever wants memory next.
// This teaches it, on Linux; elsewhere it changes nothing.
import { allocate, free, isLinux } from "./platform.ts";

/** Chunks and buffers from here on are worth it, in bytes. */
export const WORTHWHILE_BYTES: number = 16 * 1024;

/** malloc learns of no larger ones than 32 MiB. */
const TAUGHT_BYTES = 31 * 1024 * 1024;

let isTaught = false;

/**
 * Lets memory that is freed stay with the process from now on, up to some 62 MiB of it. To be called when there are bytes
 * that are worth it. `MALLOC_MMAP_THRESHOLD_` or `MALLOC_TRIM_THRESHOLD_` in the environment overrule it.
 */
export function keepMemory(): void {
  if (isTaught || !isLinux) return;
  isTaught = true;
  try {
    // Nothing is written to it, so there is not a page of it.
    free(allocate(TAUGHT_BYTES).buffer);
  } catch {
    // Not even as addresses: then there is nothing to be kept either.
  }
}
