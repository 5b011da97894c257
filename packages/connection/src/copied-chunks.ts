// Chunks that bring a large message are copied as they come, and of no use then. To leave them to the collector of garbage is
// dear: each read is new memory, and V8 collects all of its heap for what buffers hold outside of it. Given back at once, the
// same memory serves the next read while it is still in the cache. Owns which chunks hold nothing else that anybody has.
import { type Frame, isLent, isPart } from "@ws/frame";

/** Below that to give it back costs more than it saves, in bytes. */
const LARGE_BYTES = 16 * 1024;

/** The memory that was copied last, where that is all of it. */
let copied: ArrayBufferLike | undefined;

/** Somebody has copied the payload of a part. */
export function noteCopied(frame: Frame): void {
  const { buffer, byteOffset, length } = frame.payload;
  // What is lent is read into again, by everybody.
  if (length < LARGE_BYTES || !isPart(frame) || isLent(frame.payload)) return;
  // A part ends where its chunk does, or its frame. Before it lies nothing, or its own header.
  if (byteOffset + length === buffer.byteLength && byteOffset <= headerBytes(frame)) copied = buffer;
}

/** Whether nobody needs the chunk any more, which was dealt with just now; to be asked once for each. */
export function wasCopied(chunk: Uint8Array): boolean {
  if (copied === undefined) return false;
  const isAll = chunk.buffer === copied && chunk.length === copied.byteLength;
  copied = undefined;
  return isAll;
}

/** How long the header of a large frame is. */
function headerBytes({ payloadLength, masked }: Frame): number {
  return (payloadLength > 0xffff ? 10 : 4) + (masked ? 4 : 0);
}
