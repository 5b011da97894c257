// The way out: everything that a tick wants written leaves at the end of that tick, in order, as one write.
// Owns the bytes that were accepted and have not reached the transport, and who wants to hear when they did.
import type { Duplex } from "node:stream";
import type { FrameEncoder } from "@ws/frame";
import { ConnectionError } from "./connection-error.ts";
import { reportUncaught } from "./report.ts";

/** Told when the bytes of a message reached the transport, or why they never will. */
export type SentCallback = (error?: Error | null) => void;

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
  readonly #highWaterMarkBytes: number;
  readonly #onRelief: () => void;

  #isDirty = false;
  #callbacks: SentCallback[] = [];
  /** Whom to tell about each write that the transport has not confirmed, first one first. */
  #unconfirmed: (readonly SentCallback[])[] = [];
  #hasFailed = false;

  /**
   * @param highWaterMarkBytes above this many bytes the outbox counts as backed up
   * @param onRelief called whenever bytes reached the transport
   */
  constructor(duplex: Duplex, encoder: FrameEncoder, highWaterMarkBytes: number, onRelief: () => void) {
    this.#duplex = duplex;
    this.#encoder = encoder;
    this.#highWaterMarkBytes = highWaterMarkBytes;
    this.#onRelief = onRelief;
  }

  /** Bytes accepted that have not reached the transport. */
  get bufferedBytes(): number {
    return this.#encoder.byteLength + this.#duplex.writableLength;
  }

  get isBackedUp(): boolean {
    return this.bufferedBytes > this.#highWaterMarkBytes;
  }

  /** Whether the transport itself has more than it can take at once. */
  get isTransportBackedUp(): boolean {
    return this.#duplex.writableNeedDrain;
  }

  /** Whether everything that was accepted has reached the transport. */
  get isConfirmed(): boolean {
    return !this.#hasFailed && this.#unconfirmed.length === 0 && this.#encoder.byteLength === 0;
  }

  /** Lets the encoder's bytes leave at the end of the tick. */
  schedule(callback?: SentCallback): void {
    if (callback !== undefined) this.#callbacks.push(callback);
    if (this.#isDirty) return;
    this.#isDirty = true;
    if (dirty.push(this) === 1) process.nextTick(flushAll);
  }

  /** Writes the encoder's bytes now. */
  flush(): void {
    this.#isDirty = false;
    const parts = this.#encoder.take();
    const last = parts.pop();
    if (last === undefined) return;
    let callbacks = NOBODY;
    if (this.#callbacks.length > 0) {
      callbacks = this.#callbacks;
      this.#callbacks = [];
    }
    const duplex = this.#duplex;
    if (!duplex.writable) {
      this.#hasFailed = true;
      return fail(callbacks);
    }

    this.#unconfirmed.push(callbacks);
    if (parts.length === 0) {
      duplex.write(last, this.#confirm);
    } else {
      // Corked, the pieces reach the transport as one vectored write.
      duplex.cork();
      for (const part of parts) duplex.write(part);
      duplex.write(last, this.#confirm);
      duplex.uncork();
    }
  }

  /** The transport is gone: what waits will never leave, and what it had in hand it may never confirm. */
  abandon(): void {
    this.#encoder.take();
    const callbacks = [...this.#unconfirmed.flat(), ...this.#callbacks];
    this.#unconfirmed = [];
    this.#callbacks = [];
    fail(callbacks);
  }

  /**
   * One function for all writes: the transport confirms them in order. Relief hangs on it, not on the transport's own
   * `drain`, which never comes where its mark is higher than ours.
   */
  readonly #confirm = (error?: Error | null): void => {
    const callbacks = this.#unconfirmed.shift();
    // Abandoned: a confirmation that comes after the end is nobody's business.
    if (callbacks === undefined) return;
    settle(callbacks, error);
    if (error) this.#hasFailed = true;
    else this.#onRelief();
  };
}

const NOBODY: readonly SentCallback[] = [];

function settle(callbacks: readonly SentCallback[], error?: Error | null): void {
  for (const callback of callbacks) {
    try {
      callback(error);
    } catch (thrown) {
      reportUncaught(thrown);
    }
  }
}

function fail(callbacks: readonly SentCallback[]): void {
  if (callbacks.length > 0)
    settle(
      callbacks,
      new ConnectionError("CONNECTION_CLOSED", "Cannot send the message: the connection is closed"),
    );
}
