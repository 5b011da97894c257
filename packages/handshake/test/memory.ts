// What this process holds, garbage swept up before.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

export function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  const sweep = runInNewContext("gc") as () => void;
  sweep();
  sweep();
  return process.memoryUsage().heapUsed;
}
