// zlib driven without a stream around it: one context, called synchronously, reset and used again, for the price of the
// compression itself. Node has no public way to that, so this is the only file that knows how its streams call zlib.
// Whether they still do it in that way is seen once, before the first use, by watching one of them; where they do not,
// there is no such context, and zlib's one-shot functions do the same for more (one-shot.ts).
import { constants, createDeflateRaw, createInflateRaw, type Zlib, type ZlibOptions } from "node:zlib";
import { chunkAt, CHUNK_BYTES, copyOf } from "./output-chunks.ts";

type WriteSync = (
  flush: number,
  input: Uint8Array,
  inputStart: number,
  inputLength: number,
  output: Uint8Array,
  outputStart: number,
  outputLength: number,
) => void;

/** What zlib's streams have inside, in every Node since 12: other packages rely on it, too. */
interface Internals extends Zlib {
  readonly _handle: { writeSync: WriteSync };
  /** What the last call left: room in the output, and bytes of the input. The handle writes to it, so it has to stay. */
  readonly _writeState: Uint32Array;
  readonly _processChunk: (chunk: Uint8Array, flush: number) => Uint8Array;
}

type ZlibStream = ReturnType<typeof createDeflateRaw> | ReturnType<typeof createInflateRaw>;

/** zlib ready to compress again and again; `undefined` where it can be called by one-shot functions only. */
export function openDeflate(options: ZlibOptions): DirectZlib | undefined {
  return isAsExpected() ? new DirectZlib(createDeflateRaw(options)) : undefined;
}

/** The same for decompressing. */
export function openInflate(windowBits: number): DirectZlib | undefined {
  return isAsExpected() ? new DirectZlib(createInflateRaw({ windowBits })) : undefined;
}

export class DirectZlib {
  /** How many bytes of its input the last run has used: fewer than all where the data ended before them. */
  consumedBytes = 0;
  readonly #stream: ZlibStream;
  readonly #handle: Internals["_handle"];
  readonly #state: Uint32Array;

  constructor(stream: ZlibStream) {
    this.#stream = stream;
    const { _handle: handle, _writeState: state } = internalsOf(stream);
    this.#handle = handle;
    this.#state = state;
    // Bad data destroys the stream, which then emits this; whoever ran it knows already.
    stream.on("error", () => {});
  }

  /** Whether it is of no use any more: it was given bad data, or closed. */
  get isClosed(): boolean {
    return this.#stream.destroyed;
  }

  /**
   * Gives zlib input, and all the room for output that it wants. Returns how many bytes it has made, which are there for
   * `take` until anything runs again; -1 for bad data.
   *
   * @param maxBytes zlib stops as soon as it has made one more
   */
  run(flush: number, input: Uint8Array, length: number, maxBytes: number): number {
    // A handle that is closed must not be called: Node would end the process.
    if (this.#stream.destroyed) return -1;
    let read = 0;
    let made = 0;
    for (let i = 0; ; i++) {
      const room = Math.min(CHUNK_BYTES, maxBytes - made + 1);
      this.#handle.writeSync(flush, input, read, length - read, chunkAt(i), 0, room);
      if (this.#stream.destroyed) return -1;
      const unfilled = this.#state[0]!;
      read = length - this.#state[1]!;
      made += room - unfilled;
      if (unfilled > 0 || made > maxBytes) break;
    }
    this.consumedBytes = read;
    return made;
  }

  /** The first of the bytes that the last run has made, as bytes of their own. */
  take(length: number): Uint8Array {
    return copyOf(length);
  }

  /** Forgets everything that went before. */
  reset(): void {
    this.#stream.reset();
  }

  /** Gives back what zlib holds outside of the heap, at once. */
  close(): void {
    this.#stream.close();
  }
}

let known: boolean | undefined;

function isAsExpected(): boolean {
  return (known ??= seesExpectedCalls() && seesFailure());
}

/** Has a stream make something synchronously, by a method that other packages use, and looks on. */
function seesExpectedCalls(): boolean {
  const message = new Uint8Array(300).fill(97);
  try {
    const stream = internalsOf(createDeflateRaw({ chunkSize: 1024 }));
    const { _handle: handle, _writeState: state, _processChunk: processChunk } = stream;
    const { writeSync } = handle;
    const calls: unknown[][] = [];
    handle.writeSync = (...given) => {
      calls.push(given);
      writeSync.apply(handle, given);
    };
    const made = processChunk.call(stream, message, constants.Z_SYNC_FLUSH);
    const [call = []] = calls;
    const output = call[4];
    return (
      calls.length === 1 &&
      call.length === 7 &&
      output instanceof Uint8Array &&
      output.length === 1024 &&
      [constants.Z_SYNC_FLUSH, message, 0, message.length, output, 0, 1024].every((value, i) => {
        return call[i] === value;
      }) &&
      state instanceof Uint32Array &&
      state[0] === 1024 - made.length &&
      state[1] === 0 &&
      Buffer.compare(output.subarray(0, made.length), made) === 0
    );
  } catch {
    return false;
  }
}

/** Bad data has to be noticed before the call returns. */
function seesFailure(): boolean {
  try {
    const zlib = new DirectZlib(createInflateRaw());
    // A block of the reserved type.
    const isNoticed = zlib.run(constants.Z_SYNC_FLUSH, Uint8Array.of(6), 1, 100) === -1;
    if (!zlib.isClosed) zlib.close();
    return isNoticed;
  } catch {
    return false;
  }
}

function internalsOf(stream: Zlib): Internals {
  return stream as Internals;
}
