// The way out: everything that a tick wants written leaves at the end of that tick, in order, as one write. What is
// more than the transport should have at once waits here, so that its progress can be seen, and pings do not wait
// behind it. Owns the bytes that were accepted and have not reached the transport, and who wants to hear when they did.
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { reuse } from "@ws/frame";
import { Backlog, detached } from "./backlog.ts";
import { ConnectionError } from "./connection-error.ts";
import type { ConnectionParts } from "./connection-parts.ts";
import { diagnostics } from "./diagnostics.ts";
import { Fifo } from "./fifo.ts";
import { reportUncaught } from "./report.ts";
import { type SentCallback, settle } from "./sent-callback.ts";

/** So much the transport is given at once; the rest waits until it has taken that. */
const WRITE_BYTES = 256 * 1024;
/** And so many writes: one of twenty bytes costs the transport several hundred. */
const MAX_WRITES = 16;
const NOTHING = new Uint8Array(0);

/** What an {@link Outbox} needs of its connection. */
export interface OutboxOwner extends ConnectionParts {
  /** Whether what has arrived is being dealt with; the owner flushes when that is done. */
  readonly isReceiving: boolean;
  /** Whether something is to be done as soon as bytes reach the transport. */
  readonly awaitsRelief: boolean;
  /** Bytes reached the transport. */
  onRelief(): void;
}

/** Whom to tell when the transport has confirmed as many writes. */
interface Told {
  readonly writes: number;
  readonly callbacks: readonly SentCallback[];
}

/** Writes that the transport has been given: it confirms them in order. */
class InFlight {
  #writes = 0;
  #confirmed = 0;
  #told: Fifo<Told> | undefined;
  /**
   * One function for all of them. Relief hangs on it, not on the transport's own `drain`, which never comes where its mark
   * is higher than ours.
   */
  readonly confirm: (error?: Error | null) => void;

  constructor(outbox: Outbox) {
    this.confirm = (error) => outbox.onConfirmed(this, error);
  }

  get unconfirmed(): number {
    return this.#writes - this.#confirmed;
  }

  /** One more. @param callbacks to tell when it is confirmed */
  add(callbacks: readonly SentCallback[] | undefined): void {
    this.#writes++;
    if (callbacks !== undefined) (this.#told ??= new Fifo()).push({ writes: this.#writes, callbacks });
  }

  /** The next one is. @returns whom to tell */
  confirmed(): readonly SentCallback[] | undefined {
    this.#confirmed++;
    return this.#told?.first?.writes === this.#confirmed ? this.#told.shift()!.callbacks : undefined;
  }

  /** Those who will never be told. */
  takeCallbacks(): SentCallback[] {
    return this.#told?.takeAll().flatMap(({ callbacks }) => callbacks) ?? [];
  }
}

// All outboxes that have something to write share one callback at the end of the tick.
let dirty: Outbox[] = [];

function flushAll(): void {
  const outboxes = dirty;
  dirty = [];
  for (const outbox of outboxes) {
    try {
      outbox.flush();
    } catch (error) {
      // A transport that throws must not keep what others have to write.
      reportUncaught(error);
    }
  }
}

export class Outbox {
  readonly #owner: OutboxOwner;
  #isDirty = false;
  /** Whom to tell about what the next flush writes. */
  #callbacks: SentCallback[] | undefined;
  /** What the transport has not been given yet; `undefined` as long as it takes all. */
  #held: Backlog<SentCallback> | undefined;
  /** What the transport has been given and has not confirmed; `undefined` where it has confirmed all. */
  #inFlight: InFlight | undefined;
  /** Whether the transport took the last write at once, as a socket does whose peer reads. */
  #isPrompt = false;
  #hasFailed = false;
  #mustEnd = false;
  /** Bytes given to the transport so far. */
  bytesWritten = 0;

  constructor(owner: OutboxOwner) {
    this.#owner = owner;
  }

  /** Bytes accepted that have not reached the transport. */
  get bufferedBytes(): number {
    return this.#owner.protocol.output.byteLength + this.waitingBytes;
  }

  /** Those of them that a flush was due for before. */
  get waitingBytes(): number {
    return this.#heldBytes() + this.#owner.duplex.writableLength;
  }

  /** Bytes accepted so far. */
  get bytesAccepted(): number {
    return this.bytesWritten + this.#owner.protocol.output.byteLength + this.#heldBytes();
  }

  /** So many of them have reached the transport. */
  get bytesConfirmed(): number {
    return this.bytesWritten - this.#owner.duplex.writableLength;
  }

  /** Whether the transport itself has more than it can take at once. */
  get isTransportBackedUp(): boolean {
    return this.#heldBytes() > 0 || this.#owner.duplex.writableNeedDrain;
  }

  /** Whether so much waits that answers nobody reads should not be added to it. */
  get isFarBehind(): boolean {
    return this.bufferedBytes >= WRITE_BYTES;
  }

  /** Whether everything that was accepted has reached the transport. */
  get isConfirmed(): boolean {
    return !this.#hasFailed && this.#inFlight === undefined && this.bufferedBytes === 0;
  }

  /** Lets the encoder's bytes leave at the end of the tick, or of what is being received. */
  schedule(callback?: SentCallback): void {
    if (callback !== undefined) (this.#callbacks ??= []).push(callback);
    if (this.#isDirty || this.#owner.isReceiving) return;
    this.#isDirty = true;
    if (dirty.push(this) === 1) process.nextTick(flushAll);
  }

  /** Writes the encoder's bytes now, as far as the transport should have them. */
  flush(): void {
    this.#isDirty = false;
    const { protocol, duplex } = this.#owner;
    const length = protocol.output.byteLength;
    if (length === 0) return;
    const isWaiting = this.#held !== undefined || this.#hasMaxWrites();
    const parts = protocol.output.take();
    const callbacks = this.#callbacks;
    this.#callbacks = undefined;
    if (!isWaiting && length <= WRITE_BYTES - duplex.writableLength) {
      return this.#write(parts, length, callbacks, true);
    }
    const held = (this.#held ??= new Backlog());
    const last = parts.length - 1;
    for (let i = 0; i <= last; i++) held.push(parts[i]!, i === last ? callbacks : undefined);
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
    this.#owner.protocol.output.take();
    const unconfirmed = this.#inFlight?.takeCallbacks() ?? [];
    const callbacks = [
      ...unconfirmed,
      ...(this.#held?.take(Infinity).marks ?? []),
      ...(this.#callbacks ?? []),
    ];
    this.#held = undefined;
    this.#inFlight = undefined;
    this.#callbacks = undefined;
    this.#fail(callbacks);
  }

  /** The transport has taken the next of these writes, or failed to. */
  onConfirmed(inFlight: InFlight, error: Error | null | undefined): void {
    // Abandoned: a confirmation that comes after the end is nobody's business.
    if (this.#inFlight !== inFlight) return;
    const callbacks = inFlight.confirmed();
    if (inFlight.unconfirmed === 0) this.#inFlight = undefined;
    if (callbacks !== undefined) for (const callback of callbacks) settle(callback, error);
    if (error) {
      this.#hasFailed = true;
      return;
    }
    this.#writeHeld();
    this.#owner.onRelief();
  }

  #heldBytes(): number {
    return this.#held === undefined ? 0 : this.#held.byteLength;
  }

  #hasMaxWrites(): boolean {
    const hasMany = this.#inFlight !== undefined && this.#inFlight.unconfirmed >= MAX_WRITES;
    // What was taken at once is confirmed later than that, but costs nothing any more.
    return hasMany && this.#owner.duplex.writableLength > 0;
  }

  /** Gives the transport what it should have at once of what waits. */
  #writeHeld(): void {
    const room = WRITE_BYTES - this.#owner.duplex.writableLength;
    if (this.#held === undefined || room <= 0 || this.#hasMaxWrites()) return;
    // What the encoder gives begins with a frame; where a backlog was cut, nobody has kept.
    const isFrameStart = this.#held.isUntouched;
    const { parts, length, marks } = this.#held.take(room);
    if (this.#heldBytes() === 0) this.#held = undefined;
    this.#write(parts, length, marks.length === 0 ? undefined : marks, isFrameStart);
    this.#endIfEmpty();
  }

  #write(
    parts: readonly Uint8Array[],
    length: number,
    callbacks: readonly SentCallback[] | undefined,
    isFrameStart: boolean,
  ): void {
    const { connection, duplex } = this.#owner;
    if (!duplex.writable) return this.#fail(callbacks);
    if (diagnostics.wantsWrites()) {
      for (const part of parts) diagnostics.chunkSent(connection, part, isFrameStart && part === parts[0]);
    }
    this.bytesWritten += length;
    const isSocket = copiesAtOnce(duplex);
    // Most writes of a socket are the kernel's before they return. To be told later as well costs a tick, for nothing, unless
    // somebody waits for that: the rest of what is held does.
    const isSilent =
      isSocket && callbacks === undefined && this.#held === undefined && !this.#owner.awaitsRelief;
    // A transport that has not taken the last write, or none yet, may keep this one for as long as its peer wants.
    const mayWait = !this.#isPrompt || duplex.writableLength > 0;
    const last = parts.length - 1;
    // Corked, the pieces reach the transport as one vectored write.
    if (last > 0) duplex.cork();
    for (let i = 0; i < last; i++) duplex.write(mayWait ? detached(parts[i]!) : parts[i]!);
    const bytes = mayWait ? detached(parts[last]!) : parts[last]!;
    if (isSilent) duplex.write(bytes);
    else duplex.write(bytes, this.#confirmation(callbacks));
    if (last > 0) duplex.uncork();
    this.#isPrompt = duplex.writableLength === 0;
    if (this.#isPrompt && isSocket) for (let i = last; i >= 0; i--) reuse(parts[i]!);
    if (!isSilent) return;
    if (!this.#isPrompt) duplex.write(NOTHING, this.#confirmation(undefined));
    else if (duplex.errored !== null) this.#hasFailed = true;
  }

  /** What the transport calls when it has taken one more write. */
  #confirmation(callbacks: readonly SentCallback[] | undefined): InFlight["confirm"] {
    const inFlight = (this.#inFlight ??= new InFlight(this));
    inFlight.add(callbacks);
    return inFlight.confirm;
  }

  #endIfEmpty(): void {
    const { duplex } = this.#owner;
    if (this.#mustEnd && this.#heldBytes() === 0 && !duplex.writableEnded) duplex.end();
  }

  #fail(callbacks: readonly SentCallback[] | undefined): void {
    this.#hasFailed = true;
    if (callbacks === undefined || callbacks.length === 0) return;
    const error = new ConnectionError(
      "CONNECTION_CLOSED",
      "Cannot send the message: the connection is closed",
    );
    for (const callback of callbacks) settle(callback, error);
  }
}

/** Whether what the transport has confirmed is the kernel's, and no object of this process holds it. */
function copiesAtOnce(duplex: Duplex): boolean {
  return duplex.constructor === Socket;
}
