// One buffer for the whole process to read into, so that reading allocates nothing: what lies in it is lent, until the next
// read. It is part of the memory that masks fastest. Owns what that means for whoever gets bytes that lie in it.
import { allocate } from "./platform.ts";
import { ROOM_BYTES, vectorRoom } from "./vector-mask.ts";

/** Small copies lie side by side, as those of Node do, and no longer than theirs keep each other alive. */
const SLAB_BYTES = 8 * 1024;
const EMPTY = new Uint8Array(0);

let buffer: Uint8Array | undefined;
let lentMemory: ArrayBufferLike | undefined;
let slab: Uint8Array = EMPTY;
let used = 0;

/**
 * The buffer that transports may read into, the same at every call. A chunk that lies in it can be given to
 * {@link FrameDecoder.push} like any other, as long as {@link FrameDecoder.keep} is called before the next read.
 */
export function readBuffer(): Uint8Array {
  buffer ??= vectorRoom() ?? allocate(ROOM_BYTES);
  lentMemory = buffer.buffer;
  return buffer;
}

/** Whether these bytes lie in the read buffer. */
export function isLent(bytes: Uint8Array): boolean {
  return lentMemory !== undefined && bytes.buffer === lentMemory;
}

/** The bytes, for as long as one likes: a copy where they are lent. */
export function keep(bytes: Uint8Array): Uint8Array {
  return isLent(bytes) ? copyOf(bytes) : bytes;
}

function copyOf(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  if (length > SLAB_BYTES / 2) {
    const copy = allocate(length);
    copy.set(bytes);
    return copy;
  }
  if (used + length > slab.length) {
    // What lay in that memory before must not be found around a copy.
    slab = new Uint8Array(SLAB_BYTES);
    used = 0;
  }
  const copy = new Uint8Array(slab.buffer, used, length);
  copy.set(bytes);
  used += length;
  return copy;
}
