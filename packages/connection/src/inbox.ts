// The way in: messages that are parsed, and who takes them. With nobody there they wait, a few of them, bounded in
// number and in bytes; whoever fills the inbox stops reading the transport while it has no room, so that a slow consumer
// slows its peer down instead of filling our memory.
import { Fifo } from "./fifo.ts";

const FULL_MESSAGES = 16;
const LOW_MESSAGES = 4;

/** What may wait once the connection is closing: the last there is, bounded by what the peer had on its way. */
export const CLOSING_BYTES: number = 16 * 1024 * 1024;
/** What a waiting message costs besides its bytes. */
const MESSAGE_OVERHEAD_BYTES = 256;

/** What an {@link Inbox} needs of its connection. */
export interface InboxOwner<Item> {
  /** Gives a message to the listeners; false when there are none. */
  emit(message: Item): boolean;
  hasListener(): boolean;
  /** There is room again, perhaps: to be looked at once the message that made it has been handed over. */
  onRoom(): void;
}

interface Reader<Item> {
  readonly iterator: AsyncIterator<Item>;
  readonly resolve: (message: Item | undefined) => void;
}

/** Messages that wait, whole ones or streams of their pieces. */
export class Inbox<Item extends { readonly length: number }> {
  #maxBytes: number;
  #maxMessages = FULL_MESSAGES;
  readonly #owner: InboxOwner<Item>;
  readonly #overheadBytes: number;

  readonly #messages = new Fifo<Item>();
  #bytes = 0;
  #isPaused = false;
  #hasEnded = false;
  /** Iterators that have not ended, and their reads that wait for a message. */
  #iterators = 0;
  #readers: Reader<Item>[] = [];

  /**
   * @param maxBytes from this many bytes on the inbox is full, however few messages they are
   * @param overheadBytes what a waiting message costs besides its bytes
   */
  constructor(maxBytes: number, owner: InboxOwner<Item>, overheadBytes: number = MESSAGE_OVERHEAD_BYTES) {
    this.#maxBytes = maxBytes;
    this.#owner = owner;
    this.#overheadBytes = overheadBytes;
  }

  /** A change of the limit; closing has widened it for good. */
  set maxBytes(bytes: number) {
    if (this.#maxMessages === FULL_MESSAGES) this.#maxBytes = bytes;
  }

  #count(): number {
    return this.#messages.length;
  }

  /** Whether somebody iterates. */
  get isIterated(): boolean {
    return this.#iterators > 0;
  }

  get isFull(): boolean {
    const count = this.#count();
    return count >= this.#maxMessages || (count > 0 && this.#bytes >= this.#maxBytes);
  }

  /** Whether anybody listens or iterates, even if slowly. */
  get hasConsumer(): boolean {
    return this.#iterators > 0 || this.#owner.hasListener();
  }

  /**
   * Makes room for all that may still come: the connection is closing, and the answer to our close frame lies behind
   * messages that a consumer, who may be waiting for that very answer, does not take.
   */
  expand(): void {
    this.#maxBytes = Math.max(this.#maxBytes, CLOSING_BYTES);
    this.#maxMessages = CLOSING_BYTES / this.#overheadBytes;
  }

  /** Hands a message to whoever waits for one, else keeps it. Whether there is room is for the caller to ask. */
  push(message: Item): void {
    if (this.#count() === 0 && !this.#isPaused) {
      const reader = this.#readers.shift();
      if (reader !== undefined) return reader.resolve(message);
      if (this.#owner.emit(message)) return;
    }
    this.#messages.push(message);
    this.#bytes += message.length;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.deliverSoon();
  }

  /** Gives the waiting messages to a listener that has just come, after the call that brought it. */
  deliverSoon(): void {
    if (this.#count() > 0) process.nextTick(() => this.#deliver());
  }

  /** Takes out all that waits. */
  takeAll(): Item[] {
    this.#bytes = 0;
    const messages = this.#messages.takeAll();
    this.#owner.onRoom();
    return messages;
  }

  /** Nothing comes any more; what waits can still be taken. */
  end(): void {
    this.#hasEnded = true;
    this.#endReaders();
  }

  iterate(): AsyncIterableIterator<Item> {
    let isActive = true;
    this.#iterators++;
    const finish = (): IteratorReturnResult<undefined> => {
      if (isActive) this.#iterators--;
      isActive = false;
      // Messages that nobody wants any more take no room.
      this.#owner.onRoom();
      return { done: true, value: undefined };
    };
    const iterator: AsyncIterableIterator<Item> = {
      next: async () => {
        const value = isActive ? await this.#read(iterator) : undefined;
        return value === undefined ? finish() : { done: false, value };
      },
      return: async () => {
        this.#cancelReads(iterator);
        return finish();
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  #read(iterator: AsyncIterator<Item>): Promise<Item | undefined> {
    const message = this.#isPaused ? undefined : this.#shift();
    const isOver = this.#hasEnded && this.#count() === 0;
    if (message !== undefined || isOver) return Promise.resolve(message);
    return new Promise((resolve) => this.#readers.push({ iterator, resolve }));
  }

  /** An iterator that is left takes no message along. */
  #cancelReads(iterator: AsyncIterator<Item>): void {
    const readers = this.#readers;
    this.#readers = readers.filter((reader) => reader.iterator !== iterator);
    for (const reader of readers) if (reader.iterator === iterator) reader.resolve(undefined);
  }

  #endReaders(): void {
    if (!this.#hasEnded || this.#count() > 0) return;
    for (const reader of this.#readers.splice(0)) reader.resolve(undefined);
  }

  #deliver(): void {
    while (!this.#isPaused && this.#count() > 0) {
      const reader = this.#readers.shift();
      if (reader === undefined && !this.#owner.hasListener()) return;
      const message = this.#shift()!;
      if (reader !== undefined) reader.resolve(message);
      else this.#owner.emit(message);
    }
    this.#endReaders();
  }

  #shift(): Item | undefined {
    const message = this.#messages.shift();
    if (message === undefined) return undefined;
    this.#bytes -= message.length;
    if (this.#count() <= LOW_MESSAGES) this.#owner.onRoom();
    return message;
  }
}
