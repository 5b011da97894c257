// Where zlib writes to: memory that all connections use in turns, each for the length of one call. What it has become is
// copied out before the call returns, no byte more than was made.

/** The most that zlib makes at a time. */
export const CHUNK_BYTES: number = 64 * 1024;

/** So many stay; a message of more than a mebibyte takes its own. */
const KEPT_CHUNKS = 16;

const chunks: Uint8Array[] = [];

export function chunkAt(index: number): Uint8Array {
  return (chunks[index] ??= new Uint8Array(CHUNK_BYTES));
}

/** A copy of the first bytes that were written. */
export function copyOf(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0, i = 0; at < length; at += CHUNK_BYTES, i++) {
    const chunk = chunks[i]!;
    bytes.set(length - at < CHUNK_BYTES ? chunk.subarray(0, length - at) : chunk, at);
  }
  if (chunks.length > KEPT_CHUNKS) chunks.length = KEPT_CHUNKS;
  return bytes;
}
