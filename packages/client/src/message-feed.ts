// Where received messages wait for whoever takes them, a listener or an iterator, in order. Owns no limit: whoever fills
// it asks how much waits, and stops or gives up.
import type { Message } from "@ws/connection";

/** What a waiting message costs besides its content. */
const MESSAGE_OVERHEAD_BYTES = 256;

interface Reader {
  readonly iterator: AsyncIterator<Message>;
  readonly resolve: (message: Message | undefined) => void;
}

export class MessageFeed {
  readonly #emit: (message: Message) => boolean;
  #messages: Message[] = [];
  /** Those before them, the first one last: taking from the front of a long array would move all the rest each time. */
  #first: Message[] = [];
  #waitingBytes = 0;
  #readers: Reader[] = [];
  #hasEnded = false;
  #onEmpty: (() => void) | undefined;

  /** @param emit gives a message to the listeners; false when there are none */
  constructor(emit: (message: Message) => boolean) {
    this.#emit = emit;
  }

  /** About the memory of the messages that nobody has taken. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0 && this.#first.length === 0;
  }

  push(message: Message): void {
    if (this.isEmpty) {
      const reader = this.#readers.shift();
      if (reader !== undefined) return reader.resolve(message);
      if (this.#emit(message)) return;
    }
    this.#messages.push(message);
    this.#waitingBytes += sizeOf(message);
  }

  /** Resolves when all messages have been taken; for one caller at a time. */
  whenEmpty(): Promise<void> {
    if (this.isEmpty) return Promise.resolve();
    return new Promise((resolve) => (this.#onEmpty = resolve));
  }

  /** Gives what waits to a listener that has just come, after the call that brought it. */
  deliverSoon(): void {
    queueMicrotask(() => {
      for (;;) {
        const message = this.#peek();
        if (message === undefined || !this.#emit(message)) return;
        this.#shift();
      }
    });
  }

  /** Nothing comes any more; what waits can still be taken. */
  end(): void {
    this.#hasEnded = true;
    for (const reader of this.#readers.splice(0)) reader.resolve(undefined);
  }

  /** The messages one by one. Whoever leaves takes none along. */
  iterate(): AsyncIterableIterator<Message> {
    let hasLeft = false;
    const done = { done: true, value: undefined } as const;
    const iterator: AsyncIterableIterator<Message> = {
      next: async () => {
        const value = hasLeft ? undefined : await this.#read(iterator);
        return value === undefined ? done : { done: false, value };
      },
      return: async () => {
        hasLeft = true;
        const leaving = this.#readers.filter((reader) => reader.iterator === iterator);
        this.#readers = this.#readers.filter((reader) => reader.iterator !== iterator);
        for (const reader of leaving) reader.resolve(undefined);
        return done;
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  #read(iterator: AsyncIterator<Message>): Promise<Message | undefined> {
    const message = this.#shift();
    if (message !== undefined || this.#hasEnded) return Promise.resolve(message);
    return new Promise((resolve) => this.#readers.push({ iterator, resolve }));
  }

  #peek(): Message | undefined {
    if (this.#first.length === 0) {
      this.#first = this.#messages.reverse();
      this.#messages = [];
    }
    return this.#first.at(-1);
  }

  #shift(): Message | undefined {
    const message = this.#peek();
    if (message === undefined) return undefined;
    this.#first.pop();
    this.#waitingBytes -= sizeOf(message);
    if (this.isEmpty) this.#onEmpty?.();
    return message;
  }
}

function sizeOf(message: Message): number {
  return MESSAGE_OVERHEAD_BYTES + (typeof message === "string" ? message.length * 2 : message.byteLength);
}
