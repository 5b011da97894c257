// One piece of data inflated at once. All connections use one context of zlib for each size of window, which is reset
// before each use and thrown away when the data was bad: nothing of one piece is there for the next.
import { constants as bufferConstants } from "node:buffer";
import { constants } from "node:zlib";
import type { DecompressFailure } from "./decompress-error.ts";
import { type DirectZlib, openInflate } from "./direct-zlib.ts";
import { type Inflated, inflateOnce } from "./one-shot.ts";

/** By the size of their windows. */
const contexts: (DirectZlib | undefined)[] = [];

/** The header of a stored block (RFC 1951 §3.2.4). */
const storedHeader = new Uint8Array(5);

/**
 * @param input the first `length` bytes of it are the data, which has to end with a final block
 * @param window what the data may refer back to
 */
export function inflateWhole(
  input: Uint8Array,
  length: number,
  windowBits: number,
  window: Uint8Array | undefined,
  maxBytes: number,
): Inflated | DecompressFailure {
  const zlib = contextOf(windowBits);
  if (zlib === undefined) return inflateOnce(input.subarray(0, length), windowBits, window, maxBytes);
  zlib.reset();
  if (window !== undefined) remind(zlib, window);
  const limit = Math.min(maxBytes, bufferConstants.MAX_LENGTH - 1);
  const made = zlib.run(constants.Z_FINISH, input, length, limit);
  if (made < 0) return "INVALID_COMPRESSED_DATA";
  if (made > limit) return "MESSAGE_TOO_BIG";
  return { bytes: zlib.take(made), consumed: zlib.consumedBytes };
}

function contextOf(windowBits: number): DirectZlib | undefined {
  const context = contexts[windowBits];
  if (context !== undefined && !context.isClosed) return context;
  return (contexts[windowBits] = openInflate(windowBits));
}

/** A block that says what the window holds is a copy to zlib, and can be read at any time; a dictionary cannot. */
function remind(zlib: DirectZlib, window: Uint8Array): void {
  const { length } = window;
  storedHeader[1] = length & 0xff;
  storedHeader[2] = length >> 8;
  storedHeader[3] = ~storedHeader[1];
  storedHeader[4] = ~storedHeader[2];
  zlib.run(constants.Z_SYNC_FLUSH, storedHeader, storedHeader.length, 0);
  zlib.run(constants.Z_SYNC_FLUSH, window, length, length);
}
