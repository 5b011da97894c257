// Counts how often zlib is set up to inflate: each time costs as much as inflating kilobytes, and a peer must not be able
// to ask for it byte by byte. The function is replaced for the whole process, once; what it does stays the same.
import { syncBuiltinESMExports } from "node:module";
import zlib from "node:zlib";

let calls = 0;
let isInstalled = false;

/** How many inflations there were since the process began. */
export function inflations(): number {
  if (!isInstalled) {
    isInstalled = true;
    const inflate = zlib.inflateRawSync;
    zlib.inflateRawSync = (...parameters) => {
      calls++;
      return inflate(...parameters);
    };
    syncBuiltinESMExports();
  }
  return calls;
}
