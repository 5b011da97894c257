// Cuts a message into the chunks that leave as its fragments. The same for the echo and for the server's own runner.
import { LAB_LIMITS } from "../../shared/lab/lab-limits.ts";

/** Compressing more than this in one go would hold up everybody else. */
const COMPRESSED_AT_ONCE_BYTES = 1024 * 1024;

/**
 * The chunks; undefined where the message is to be sent as a whole.
 *
 * @param size of each, 0 where nobody cares
 */
export function fragments(
  message: Uint8Array,
  size: number,
  isCompressed: boolean,
): Iterable<Uint8Array> | undefined {
  if (size === 0) {
    // A message that is sent whole is not compressed above a mebibyte; in chunks it is.
    if (!isCompressed || message.length <= COMPRESSED_AT_ONCE_BYTES) return undefined;
    return cut(message, COMPRESSED_AT_ONCE_BYTES);
  }
  return cut(message, Math.max(size, Math.ceil(message.length / LAB_LIMITS.maxFragments)));
}

function* cut(message: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < message.length; at += size) yield message.subarray(at, at + size);
}
