// The way out: everything that a tick wants written leaves at the end of that tick, in order, as one write.
// Owns the bytes that were accepted and have not reached the transport, and who wants to hear when they did.
import type { Duplex } from "node:stream";
import type { FrameEncoder } from "@ws/frame";

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

  /**
   * @param highWaterMarkBytes above this many bytes the outbox counts as backed up
   * @param onRelief called when bytes left and the outbox is not backed up, however often that is
   */
  constructor(duplex: Duplex, encoder: FrameEncoder, highWaterMarkBytes: number, onRelief: () => void) {
    this.#duplex = duplex;
    this.#encoder = encoder;
    this.#highWaterMarkBytes = highWaterMarkBytes;
    this.#onRelief = onRelief;
    duplex.on("drain", () => this.#onRelief());
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
    const callbacks = this.#callbacks;
    if (callbacks.length > 0) this.#callbacks = [];
    const parts = this.#encoder.take();
    const last = parts.pop();
    const duplex = this.#duplex;
    if (!duplex.writable) return fail(callbacks);
    if (last === undefined) return;

    const done = callbacks.length === 0 ? undefined : (error?: Error | null) => settle(callbacks, error);
    let hasRoom: boolean;
    if (parts.length === 0) {
      hasRoom = duplex.write(last, done);
    } else {
      // Corked, the pieces reach the transport as one vectored write.
      duplex.cork();
      for (const part of parts) duplex.write(part);
      hasRoom = duplex.write(last, done);
      duplex.uncork();
    }
    if (hasRoom) this.#onRelief();
  }

  /** The transport is gone: what waits will never leave. */
  abandon(): void {
    this.#encoder.take();
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    fail(callbacks);
  }
}

function settle(callbacks: readonly SentCallback[], error?: Error | null): void {
  for (const callback of callbacks) callback(error);
}

function fail(callbacks: readonly SentCallback[]): void {
  if (callbacks.length > 0) settle(callbacks, new Error("Cannot send the message: the connection is closed"));
}
