// The way out: everything that a tick wants written leaves at the end of that tick, in order, as one write. What is
// more than the transport should have at once waits here, so that its progress can be seen, and pings do not wait
// behind it. Owns the bytes that were accepted and have not reached the transport, and who wants to hear when they did.
import type { Duplex } from "node:stream";
import type { FrameEncoder } from "@ws/frame";
import { Backlog } from "./backlog.ts";
import { ConnectionError } from "./connection-error.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { type SentCallback, settle } from "./sent-callback.ts";

/** So much the transport is given at once; the rest waits until it has taken that. */
const WRITE_BYTES = 256 * 1024;
/** And so many writes: one of twenty bytes costs the transport several hundred. */
const MAX_WRITES = 16;

/** What an {@link Outbox} needs of its connection. */
export interface OutboxOwner {
  /** Bytes reached the transport. */
  onRelief(): void;
}

// All outboxes that have something to write share one callback at the end of the tick.
let dirty: Outbox[] = [];

function flushAll(): void {
  const outboxes = dirty;
  dirty = [];
  for (const outbox of outboxes) outbox.flush();
}

export class Outbox {
  readonly #duplex: Duplex;
  readonly #encoder: FrameEncoder;
  readonly #owner: OutboxOwner;
  readonly #diagnostics: Diagnostics;

  #isDirty = false;
  #callbacks: SentCallback[] = [];
  /** What the transport has not been given yet; `undefined` as long as it takes all. */
  #held: Backlog<SentCallback> | undefined;
  /** Whom to tell about each write that the transport has not confirmed, first one first. */
  #unconfirmed: (readonly SentCallback[])[] = [];
  #hasFailed = false;
  #mustEnd = false;
  /** Bytes given to the transport so far. */
  bytesWritten = 0;

  constructor(duplex: Duplex, encoder: FrameEncoder, owner: OutboxOwner, diagnostics: Diagnostics) {
    this.#duplex = duplex;
    this.#encoder = encoder;
    this.#owner = owner;
    this.#diagnostics = diagnostics;
  }

  /** Bytes accepted that have not reached the transport. */
  get bufferedBytes(): number {
    return this.#encoder.byteLength + this.#heldBytes + this.#duplex.writableLength;
  }

  /** Bytes accepted so far. */
  get bytesAccepted(): number {
    return this.bytesWritten + this.#encoder.byteLength + this.#heldBytes;
  }

  /** So many of them have reached the transport. */
  get bytesConfirmed(): number {
    return this.bytesWritten - this.#duplex.writableLength;
  }

  /** Whether the transport itself has more than it can take at once. */
  get isTransportBackedUp(): boolean {
    return this.#heldBytes > 0 || this.#duplex.writableNeedDrain;
  }

  /** Whether so much waits that answers nobody reads should not be added to it. */
  get isFarBehind(): boolean {
    return this.bufferedBytes >= WRITE_BYTES;
  }

  /** Whether everything that was accepted has reached the transport. */
  get isConfirmed(): boolean {
    return !this.#hasFailed && this.#unconfirmed.length === 0 && this.bufferedBytes === 0;
  }

  /** Lets the encoder's bytes leave at the end of the tick. */
  schedule(callback?: SentCallback): void {
    if (callback !== undefined) this.#callbacks.push(callback);
    if (this.#isDirty) return;
    this.#isDirty = true;
    if (dirty.push(this) === 1) process.nextTick(flushAll);
  }

  /** Writes the encoder's bytes now, as far as the transport should have them. */
  flush(): void {
    this.#isDirty = false;
    const length = this.#encoder.byteLength;
    if (length === 0) return;
    const room = WRITE_BYTES - this.#duplex.writableLength;
    const fits = length <= room && this.#heldBytes === 0 && this.#unconfirmed.length < MAX_WRITES;
    const parts = this.#encoder.take();
    let callbacks = NOBODY;
    if (this.#callbacks.length > 0) {
      callbacks = this.#callbacks;
      this.#callbacks = [];
    }
    if (fits) return this.#write(parts, length, callbacks);
    const held = (this.#held ??= new Backlog());
    const last = parts.length - 1;
    for (let i = 0; i <= last; i++) held.push(parts[i]!, i === last ? callbacks : NOBODY);
    this.#writeHeld();
  }

  /** Ends the transport's writing side behind all that was accepted. */
  end(): void {
    this.flush();
    this.#mustEnd = true;
    this.#endIfEmpty();
  }

  /** The transport is gone: what waits will never leave, and what it had in hand it may never confirm. */
  abandon(): void {
    this.#encoder.take();
    const held = this.#held?.take(Infinity);
    const callbacks = [...this.#unconfirmed.flat(), ...(held?.marks ?? []), ...this.#callbacks];
    this.#held = undefined;
    this.#unconfirmed = [];
    this.#callbacks = [];
    this.#fail(callbacks);
  }

  get #heldBytes(): number {
    return this.#held === undefined ? 0 : this.#held.byteLength;
  }

  /** Gives the transport what it should have at once of what waits. */
  #writeHeld(): void {
    const room = WRITE_BYTES - this.#duplex.writableLength;
    if (this.#held === undefined || room <= 0 || this.#unconfirmed.length >= MAX_WRITES) return;
    const { parts, length, marks } = this.#held.take(room);
    if (this.#heldBytes === 0) this.#held = undefined;
    this.#write(parts, length, marks);
    this.#endIfEmpty();
  }

  #write(parts: readonly Uint8Array[], length: number, callbacks: readonly SentCallback[]): void {
    const duplex = this.#duplex;
    if (!duplex.writable) return this.#fail(callbacks);
    if (this.#diagnostics.wantsWrites) for (const part of parts) this.#diagnostics.chunkSent(part);
    this.bytesWritten += length;
    this.#unconfirmed.push(callbacks);
    if (parts.length === 1) {
      duplex.write(parts[0]!, this.#confirm);
      return;
    }
    // Corked, the pieces reach the transport as one vectored write.
    const last = parts.length - 1;
    duplex.cork();
    for (let i = 0; i < last; i++) duplex.write(parts[i]!);
    duplex.write(parts[last]!, this.#confirm);
    duplex.uncork();
  }

  #endIfEmpty(): void {
    if (this.#mustEnd && this.#heldBytes === 0 && !this.#duplex.writableEnded) this.#duplex.end();
  }

  /**
   * One function for all writes: the transport confirms them in order. Relief hangs on it, not on the transport's own
   * `drain`, which never comes where its mark is higher than ours.
   */
  readonly #confirm = (error?: Error | null): void => {
    const callbacks = this.#unconfirmed.shift();
    // Abandoned: a confirmation that comes after the end is nobody's business.
    if (callbacks === undefined) return;
    for (const callback of callbacks) settle(callback, error);
    if (error) {
      this.#hasFailed = true;
      return;
    }
    this.#writeHeld();
    this.#owner.onRelief();
  };

  #fail(callbacks: readonly SentCallback[]): void {
    this.#hasFailed = true;
    if (callbacks.length === 0) return;
    const error = new ConnectionError(
      "CONNECTION_CLOSED",
      "Cannot send the message: the connection is closed",
    );
    for (const callback of callbacks) settle(callback, error);
  }
}

const NOBODY: readonly SentCallback[] = [];
