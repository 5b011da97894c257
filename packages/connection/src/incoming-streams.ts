// Messages that are received as streams: which of them is arriving, which wait for somebody to take them, and how much
// of all of them may wait. Owns the order in which they are decompressed.
import type { ProtocolError } from "@ws/frame";
import { ConnectionError } from "./connection-error.ts";
import { CLOSING_BYTES, Inbox } from "./inbox.ts";
import type { Message, MessagePart } from "./message-assembly.ts";
import type { MessageCompression } from "./message-compression.ts";
import { ArrivingMessage, type ArrivingMessageOwner, type MessageStream } from "./message-stream.ts";
import type { Meter } from "./meter.ts";
import { isText } from "./text-bytes.ts";

/** So much of one message may wait before nothing more is read. */
const FULL_BYTES = 64 * 1024;
/** What a message costs that waits as a stream, besides its bytes. */
const OVERHEAD_BYTES = 2048;

/** What {@link IncomingStreams} need of their connection. */
export interface IncomingStreamsOwner {
  readonly maxMessageBytes: number;
  readonly compression: MessageCompression | undefined;
  /** What decompressing did is added there. */
  readonly inflated: Meter;
  /** There is room again, perhaps. */
  onRoom(): void;
  /** What arrived turned out to be no message while it was read. */
  onInvalid(error: ProtocolError): void;
}

export class IncomingStreams implements ArrivingMessageOwner {
  readonly #owner: IncomingStreamsOwner;
  readonly #inbox: Inbox<ArrivingMessage>;
  #arriving: ArrivingMessage | undefined;
  /** The newest that somebody was given. */
  #taken: ArrivingMessage | undefined;
  #waitingBytes = 0;
  #isClosing = false;
  #isDiscarding = false;
  /** Ends when the newest compressed message has been decompressed. */
  #decompression: Promise<void> | undefined;

  constructor(owner: IncomingStreamsOwner) {
    this.#owner = owner;
    this.#inbox = new Inbox<ArrivingMessage>(
      Infinity,
      { emit: () => false, hasListener: () => false, onRoom: () => owner.onRoom() },
      OVERHEAD_BYTES,
    );
  }

  /** Whether more must not be read from the transport before something is taken. */
  get isFull(): boolean {
    if (this.#inbox.isFull) return true;
    if (this.#isClosing) return this.#waitingBytes >= CLOSING_BYTES;
    return this.#arriving !== undefined && this.#arriving.waitingBytes >= FULL_BYTES;
  }

  /** Whether anybody takes messages, or reads one, even if slowly. */
  get hasConsumer(): boolean {
    return this.#inbox.hasConsumer || this.#arriving?.hasConsumer === true;
  }

  /** A message that has come whole. */
  push(message: Message): void {
    if (this.#isDiscarding) return;
    const arriving = new ArrivingMessage({ isText: isText(message), isCompressed: false }, this);
    const data = typeof message === "string" ? new TextEncoder().encode(message) : message;
    arriving.receive({ data, isLast: true });
    this.#inbox.push(arriving);
  }

  /** Takes the next piece of the message that is arriving; returns the message if it begins with that. */
  receive(part: MessagePart): MessageStream | undefined {
    if (this.#isDiscarding) return undefined;
    const begun = part.isFirst ? new ArrivingMessage(part, this) : undefined;
    const arriving = begun ?? this.#arriving!;
    this.#arriving = part.isLast ? undefined : arriving;
    arriving.receive(part);
    if (begun !== undefined) this.#inbox.push(begun);
    return begun;
  }

  /** Nobody is there to take what arrives, or to take it later: without it the rest cannot be decompressed. */
  discard(): void {
    this.#isDiscarding = true;
    this.breakOff();
  }

  pause(): void {
    this.#inbox.pause();
  }

  resume(): void {
    this.#inbox.resume();
  }

  /** Makes room for all that may still come, for the answer to our close frame lies behind it. */
  expand(): void {
    this.#isClosing = true;
    this.#inbox.expand();
  }

  /** No more pieces come; what has arrived can still be read. */
  breakOff(): void {
    this.#arriving?.fail(
      new ConnectionError("CONNECTION_CLOSED", "Cannot read the message: the connection closed amid it"),
    );
    this.#arriving = undefined;
  }

  /** Nothing comes any more; what waits can still be taken. */
  end(): void {
    this.breakOff();
    this.#inbox.end();
  }

  iterate(): AsyncIterableIterator<MessageStream> {
    const messages = this.#inbox.iterate();
    const iterator: AsyncIterableIterator<MessageStream> = {
      next: async () => {
        // Nobody wants it: the next one lies behind it.
        if (this.#taken?.hasConsumer === false) this.#taken.cancel();
        const result = await messages.next();
        if (result.done !== true) this.#taken = result.value;
        return result;
      },
      return: () => messages.return!(),
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  // What an arriving message asks

  get maxMessageBytes(): number {
    return this.#owner.maxMessageBytes;
  }

  onWaiting(bytes: number): void {
    this.#waitingBytes += bytes;
    if (bytes <= 0) this.#owner.onRoom();
  }

  onInvalid(error: ProtocolError): void {
    this.#owner.onInvalid(error);
  }

  /**
   * One message after another, in the order in which they came, whichever is read first: what a compressor with a
   * memory refers back to is the message before.
   */
  decompress(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    const before = this.#decompression;
    let end = (): void => {};
    this.#decompression = new Promise((resolve) => (end = resolve));
    return this.#decompressed(pieces, before, end);
  }

  async *#decompressed(
    pieces: AsyncIterable<Uint8Array>,
    before: Promise<void> | undefined,
    end: () => void,
  ): AsyncGenerator<Uint8Array> {
    try {
      await before;
      const { compression, inflated } = this.#owner;
      for await (const chunk of compression!.decompressParts(metered(pieces, inflated))) {
        inflated.add(chunk.length, 0);
        yield chunk;
      }
    } finally {
      end();
    }
  }
}

async function* metered(pieces: AsyncIterable<Uint8Array>, meter: Meter): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    meter.add(0, piece.length);
    yield piece;
  }
}
