// One message whose compressed bytes come in parts (RFC 7692 §7.2.2), cut anywhere: what it becomes is made as it is
// asked for, so that neither side of it is ever held as a whole, however large.
import { DecompressError } from "./decompress-error.ts";
import { InflateStream } from "./inflate-stream.ts";
import { allowedFinalBlocks, TAIL } from "./payload.ts";
import type { SlidingWindow } from "./sliding-window.ts";

/** The parts of one compressed message, in order. */
export type CompressedParts = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * @param window what the message may refer back to; everything that it becomes is added
 * @throws DecompressError while iterating, for data that is damaged or becomes more than `maxBytes`
 */
export async function* inflateParts(
  source: CompressedParts,
  windowBits: number,
  window: SlidingWindow,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let stream: InflateStream | undefined;
  let receivedBytes = 0;
  let finalBlocks = 0;
  let size = 0;
  try {
    for await (const part of withTail(source)) {
      receivedBytes += part.length;
      for (let rest = part; rest.length > 0;) {
        stream ??= new InflateStream(windowBits, window.bytes);
        const before = stream.consumedBytes;
        if (part === TAIL) stream.end(rest);
        else stream.write(rest);
        for (let bytes; (bytes = await stream.read()) !== undefined;) {
          size += bytes.length;
          if (size > maxBytes) throw tooBig(maxBytes);
          window.push(bytes);
          yield bytes;
        }
        rest = rest.subarray(stream.consumedBytes - before);
        if (rest.length === 0) continue;
        // RFC 7692 §7.2.3.4 allows final blocks inside a message: there zlib stops, and begins anew behind it.
        stream.close();
        stream = undefined;
        if (++finalBlocks > allowedFinalBlocks(receivedBytes)) throw tooManyFinalBlocks(receivedBytes);
      }
    }
  } finally {
    stream?.close();
  }
}

async function* withTail(source: CompressedParts): AsyncGenerator<Uint8Array, void, undefined> {
  yield* source;
  yield TAIL;
}

function tooBig(maxBytes: number): DecompressError {
  return new DecompressError("MESSAGE_TOO_BIG", `it has more than the ${maxBytes} bytes that it may have`);
}

function tooManyFinalBlocks(receivedBytes: number): DecompressError {
  const allowed = allowedFinalBlocks(receivedBytes);
  return new DecompressError(
    "INVALID_COMPRESSED_DATA",
    `there are more than ${allowed} final blocks in its first ${receivedBytes} bytes`,
  );
}
