// zlib's one-shot functions: a context is set up for each call, and gone after it. What the last bytes before were is told
// as a dictionary, which on the wire cannot be told apart from a memory.
import { constants as bufferConstants } from "node:buffer";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import type { DecompressFailure } from "./decompress-error.ts";
import type { DeflateSettings } from "./deflate-settings.ts";
import { CHUNK_BYTES } from "./output-chunks.ts";

/** The bytes compressed, up to a flush. */
export function deflateOnce(
  bytes: Uint8Array,
  settings: DeflateSettings,
  dictionary: Uint8Array | undefined,
): Uint8Array {
  const { windowBits, level, memLevel } = settings;
  const deflated = deflateRawSync(bytes, {
    windowBits,
    level,
    memLevel,
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize: chunkSize(bytes.length),
    ...(dictionary !== undefined && { dictionary }),
  });
  // A copy: what zlib returns is a view of a chunk that may be 64 KiB for a few bytes, and it may wait in a queue.
  return new Uint8Array(deflated);
}

/** What data has become, and how much of it that took: less than all where it ended before. */
export interface Inflated {
  readonly bytes: Uint8Array;
  readonly consumed: number;
}

/** @param maxBytes zlib stops in the chunk that crosses it */
export function inflateOnce(
  input: Uint8Array,
  windowBits: number,
  dictionary: Uint8Array | undefined,
  maxBytes: number,
): Inflated | DecompressFailure {
  try {
    const { buffer, engine } = inflateRawSync(input, {
      windowBits,
      // zlib refuses 0, and one byte too many is one too many. It refuses, too, what no buffer can hold.
      maxOutputLength: Math.min(maxBytes + 1, bufferConstants.MAX_LENGTH),
      chunkSize: chunkSize(Math.min(input.length * 4, maxBytes + 1)),
      info: true,
      ...(dictionary !== undefined && { dictionary }),
    }) as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } };
    if (buffer.length > maxBytes) return "MESSAGE_TOO_BIG";
    return {
      bytes: new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length),
      consumed: engine.bytesWritten,
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ERR_BUFFER_TOO_LARGE" ? "MESSAGE_TOO_BIG" : "INVALID_COMPRESSED_DATA";
  }
}

/** Room for the output: mostly all of it, so that zlib hands it over in one piece. */
function chunkSize(expected: number): number {
  return Math.min(Math.max(expected, 256), CHUNK_BYTES);
}
