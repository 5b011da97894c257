// What buffers hold that live: what nobody refers to any more does not count, however busy the machine is.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

export async function heldBufferBytes(): Promise<number> {
  // Buffers are freed in a turn of the loop after the collection that found them dead.
  for (let round = 0; round < 2; round++) {
    collect();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().arrayBuffers;
}
