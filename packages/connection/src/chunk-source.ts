// Where the chunks of a streamed message come from. Knows how each kind of source is asked for the next chunk, and how
// it is told that no more are wanted, even while it is busy with one.
import type { MessageLike } from "./message-like.ts";

/** Chunks of one message: a `ReadableStream`, a Node stream, any other async iterable, or an iterable. */
export type StreamSource = ReadableStream<MessageLike> | AsyncIterable<MessageLike> | Iterable<MessageLike>;

type Chunk = { readonly done?: boolean | undefined; readonly value?: MessageLike | undefined };

export class ChunkSource {
  readonly #next: () => Promise<Chunk> | Chunk;
  readonly #cancel: (reason: unknown) => unknown;
  /** It has ended or failed, or was cancelled. */
  #isOver = false;

  /** @throws TypeError for what is no source; for a ReadableStream, too, that somebody else reads */
  constructor(source: StreamSource) {
    if (typeof source !== "object" || source === null || ArrayBuffer.isView(source)) throw noSource(source);
    if ("getReader" in source) {
      // Its iterator would be told of the end only once the chunk that was asked for has come.
      const reader = source.getReader();
      this.#next = () => reader.read();
      this.#cancel = (reason) => reader.cancel(reason);
      return;
    }
    const isAsync = Symbol.asyncIterator in source;
    if (!isAsync && !(Symbol.iterator in source)) throw noSource(source);
    const iterator: AsyncIterator<MessageLike> | Iterator<MessageLike> = isAsync
      ? source[Symbol.asyncIterator]()
      : source[Symbol.iterator]();
    this.#next = () => iterator.next();
    this.#cancel = () => {
      // The same holds for a Node stream, which would not hear of it at all before its first chunk.
      if ("destroy" in source && typeof source.destroy === "function") return source.destroy() as unknown;
      return iterator.return?.();
    };
  }

  /** The next chunk; rejects with what the source throws. */
  async next(): Promise<Chunk> {
    try {
      const chunk = await this.#next();
      if (chunk.done === true) this.#isOver = true;
      return chunk;
    } catch (error) {
      this.#isOver = true;
      throw error;
    }
  }

  /** No more are wanted. The source is told, and not waited for; what it says to that is nobody's business. */
  async cancel(reason: unknown): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    try {
      await this.#cancel(reason);
    } catch {}
  }
}

function noSource(source: unknown): TypeError {
  const what = source === null ? "null" : typeof source;
  return new TypeError(
    `Cannot stream a message from a value of type ${what}: it must be an iterable of chunks`,
  );
}
