// Collects messages of a mebibyte, drops them, and says for how many pages of each the kernel was asked.
import { GrowingBuffer } from "@ws/frame";

const MESSAGES = 100;
const CHUNKS = 16;
const chunk = new Uint8Array(64 * 1024).fill(1);

function faults() {
  return process.resourceUsage().minorPageFault;
}

let before;
// The first ones take what nobody has given back.
for (let message = -30; message < MESSAGES; message++) {
  if (message === 0) before = faults();
  const buffer = new GrowingBuffer();
  for (let i = 0; i < CHUNKS; i++) buffer.append(chunk, CHUNKS * chunk.length);
  buffer.take();
  if (message % 10 !== 9) continue;
  globalThis.gc();
  // Another thread frees what was collected.
  await new Promise(setImmediate);
}
console.log((faults() - before) / MESSAGES);
