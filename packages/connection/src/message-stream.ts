// A message that is received while it arrives: its pieces wait here until somebody takes them. Owns those pieces, and
// making chunks of the message of them. When the transport is to be left alone is not its business.
import { decodeUtf8, GrowingBuffer, ProtocolError, Utf8Validator } from "@ws/frame";
import { Backlog } from "./backlog.ts";
import type { Message, MessagePart } from "./message-assembly.ts";
import { numberOption } from "./number-option.ts";

/**
 * One message, received in chunks of any size: strings of a text, bytes of a binary message. It can be read once, and
 * is read no faster than it is taken. What arrived before the connection broke is handed out; then reading throws.
 *
 * @example
 * ```ts
 * for await (const message of connection.messageStreams()) {
 *   for await (const chunk of message) await file.write(chunk);
 * }
 * ```
 */
export interface MessageStream extends AsyncIterable<Message> {
  /** Whether its chunks are strings or bytes. */
  readonly type: "text" | "binary";
  /** The chunks. Leaving the loop cancels the message. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message>;
  /** The chunks as a web stream. Cancelling that cancels the message. */
  readable(): ReadableStream<Message>;
  /**
   * All of a text message as one string.
   *
   * @param maxBytes Default: the connection's `maxMessageBytes`
   * @throws TypeError for a binary message; ProtocolError `MESSAGE_TOO_BIG` beyond `maxBytes`, and the rest is cancelled;
   * ConnectionError where the connection closed before the end of the message
   */
  text(maxBytes?: number): Promise<string>;
  /** All of a message as bytes, of a text in UTF-8. Throws as `text` does. */
  bytes(maxBytes?: number): Promise<Uint8Array>;
  /** Lets the rest go: it still arrives, and is dropped. Whoever reads it gets an error. */
  cancel(): void;
}

/** What an {@link ArrivingMessage} needs of its connection. */
export interface ArrivingMessageOwner {
  readonly maxMessageBytes: number;
  /** So many bytes more wait, or fewer. */
  onWaiting(bytes: number): void;
  /** What came is no message. */
  onInvalid(error: ProtocolError): void;
  decompress(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
}

export class ArrivingMessage implements MessageStream {
  readonly type: "text" | "binary";
  /** What it takes of an inbox that counts whole messages. */
  readonly length = 0;

  readonly #owner: ArrivingMessageOwner;
  readonly #isCompressed: boolean;
  readonly #arrived = new Backlog<never>();
  /** The message itself, made of what has arrived as it is asked for. */
  readonly #chunks: AsyncGenerator<Uint8Array>;
  #isComplete = false;
  #error: Error | undefined;
  #isClaimed = false;
  #isCancelled = false;
  #wake = (): void => {};

  constructor(part: Pick<MessagePart, "isText" | "isCompressed">, owner: ArrivingMessageOwner) {
    this.type = part.isText ? "text" : "binary";
    this.#isCompressed = part.isCompressed;
    this.#owner = owner;
    const pieces = this.#pieces();
    this.#chunks = part.isCompressed ? this.#checked(owner.decompress(pieces)) : pieces;
  }

  /** Bytes that have arrived and were not taken. */
  get waitingBytes(): number {
    return this.#arrived.byteLength;
  }

  /** Whether somebody reads it, even if slowly. */
  get hasConsumer(): boolean {
    return this.#isClaimed;
  }

  /** Takes a piece off the wire. */
  receive({ data, isLast }: Pick<MessagePart, "data" | "isLast">): void {
    if (isLast) this.#isComplete = true;
    // A compressor with a memory has seen what we drop, so we have to see it too.
    if (!this.#isCancelled || this.#isCompressed) {
      this.#arrived.push(data, NOBODY);
      this.#owner.onWaiting(data.length);
    }
    this.#wake();
  }

  /** The rest will not come; what has arrived can still be read. */
  fail(error: Error): void {
    this.#error ??= error;
    this.#wake();
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Message> {
    if (this.type === "binary") return this.#read((chunk) => chunk);
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    // It is valid, and where its end comes it is whole. A chunk may be less than one character.
    return this.#read((chunk) => decoder.decode(chunk, { stream: true }) || undefined);
  }

  readable(): ReadableStream<Message> {
    const chunks = this[Symbol.asyncIterator]();
    return new ReadableStream<Message>(
      {
        pull: async (controller) => {
          const { done, value } = await chunks.next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        },
        cancel: () => this.cancel(),
      },
      // What waits, waits here: nothing is pulled ahead of the reader.
      { highWaterMark: 0 },
    );
  }

  async text(maxBytes?: number): Promise<string> {
    if (this.type !== "text") throw new TypeError("Cannot read the message as text: it is binary");
    return decodeUtf8(await this.bytes(maxBytes));
  }

  async bytes(maxBytes: number = this.#owner.maxMessageBytes): Promise<Uint8Array> {
    const limit = numberOption({ maxBytes }, "maxBytes", 0);
    const whole = new GrowingBuffer();
    for await (const chunk of this.#read((bytes) => bytes)) {
      const size = whole.byteLength + chunk.length;
      if (size > limit) {
        throw new ProtocolError(
          "MESSAGE_TOO_BIG",
          `Cannot read a message of ${size} bytes or more: the limit is ${limit}`,
        );
      }
      whole.append(chunk);
    }
    return whole.take();
  }

  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    if (this.#isCompressed) void this.#drop();
    else this.#takeArrived();
    this.#wake();
  }

  /** The chunks for the one who reads them, each converted; what becomes `undefined` is left out. */
  #read<Chunk>(convert: (bytes: Uint8Array) => Chunk | undefined): AsyncIterableIterator<Chunk> {
    if (this.#isClaimed || this.#isCancelled) {
      throw new Error("Cannot read the message: it has been read already, or cancelled");
    }
    this.#isClaimed = true;
    let hasLeft = false;
    const next = async (): Promise<IteratorResult<Chunk, undefined>> => {
      for (;;) {
        if (hasLeft) return DONE;
        if (this.#isCancelled) throw new Error("Cannot read the message: it was cancelled");
        const { done, value } = await this.#chunks.next();
        // By now it may have been cancelled, and its end may be no end.
        if (hasLeft || this.#isCancelled) continue;
        if (done === true) {
          hasLeft = true;
          return DONE;
        }
        const chunk = convert(value);
        if (chunk !== undefined) return { done: false, value: chunk };
      }
    };
    const iterator: AsyncIterableIterator<Chunk> = {
      next,
      // Whoever leaves early leaves us the rest.
      return: async () => {
        hasLeft = true;
        this.cancel();
        return DONE;
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  /** The pieces as they came off the wire. */
  async *#pieces(): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#arrived.byteLength > 0) yield* this.#takeArrived();
      else if (this.#isComplete || (this.#isCancelled && !this.#isCompressed)) return;
      else if (this.#error !== undefined) throw this.#error;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The chunks that the pieces decompress to. What is wrong with them shows only here. */
  async *#checked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const utf8 = this.type === "text" ? new Utf8Validator() : undefined;
    try {
      for await (const chunk of chunks) {
        if (utf8?.push(chunk) === false) throw invalidUtf8();
        yield chunk;
      }
      if (utf8?.isComplete === false) throw invalidUtf8();
    } catch (error) {
      if (error === this.#error) throw error;
      const invalid = error instanceof ProtocolError ? error : notDeflated();
      this.#owner.onInvalid(invalid);
      throw invalid;
    }
  }

  #takeArrived(): Uint8Array[] {
    const { parts, length } = this.#arrived.take(Infinity);
    this.#owner.onWaiting(-length);
    return parts;
  }

  /** Reads to the end, for the compressor's memory; of what is wrong with it the connection is told. */
  async #drop(): Promise<void> {
    try {
      while ((await this.#chunks.next()).done !== true);
    } catch {}
  }
}

const NOBODY: readonly never[] = [];
const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

function invalidUtf8(): ProtocolError {
  return new ProtocolError("INVALID_UTF8", "Cannot accept the text message: it is not UTF-8");
}

function notDeflated(): ProtocolError {
  return new ProtocolError(
    "INVALID_COMPRESSED_DATA",
    "Cannot decompress the message: it is not whole DEFLATE data",
  );
}
