// What the package asks the platform for, and what a process holds.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { vi } from "vitest";

/** The sizes of all buffers that are allocated from here on, to the end of the test. */
export function watchAllocations(): number[] {
  const sizes: number[] = [];
  const allocate = Buffer.allocUnsafeSlow.bind(Buffer);
  vi.spyOn(Buffer, "allocUnsafeSlow").mockImplementation((size) => {
    sizes.push(size);
    return allocate(size);
  });
  return sizes;
}

/** From here on, to the end of the test, memory comes full of 0xAA, as if somebody had left secrets there. */
export function poisonAllocations(): void {
  const allocate = Buffer.allocUnsafeSlow.bind(Buffer);
  vi.spyOn(Buffer, "allocUnsafeSlow").mockImplementation((size) => allocate(size).fill(0xaa));
}

/** The bytes that are really held, garbage swept up before. */
export function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  const sweep = runInNewContext("gc") as () => void;
  sweep();
  sweep();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
