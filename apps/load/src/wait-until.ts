// Waiting for another process to get somewhere, bounded.
import { setTimeout as sleep } from "node:timers/promises";
import { nowMs } from "./clock.ts";

/** Asks again and again; gives up after a while, and says whether it came true. */
export async function waitUntil(isTrue: () => boolean | Promise<boolean>, maxMs: number): Promise<boolean> {
  const end = nowMs() + maxMs;
  while (!(await isTrue())) {
    if (nowMs() > end) return false;
    await sleep(20);
  }
  return true;
}
