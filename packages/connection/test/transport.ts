// A Duplex in the hands of a test: the test is the peer, the network and the kernel's buffers.
import { Duplex, type DuplexOptions } from "node:stream";
import { concat, describeFrames } from "./wire.ts";

type WriteCallback = (error?: Error | null) => void;

export class Transport extends Duplex {
  /** The pieces of each write, `writev` counting as one. */
  readonly writes: Uint8Array[][] = [];
  /** How many of the writes were vectored. */
  vectored = 0;
  /** Whether our writing side was ended. */
  hasFinished = false;
  #isBlocked = false;
  #error: Error | undefined;
  #blockedWrite: WriteCallback | undefined;

  constructor(options: DuplexOptions = {}) {
    super({ allowHalfOpen: true, ...options });
  }

  /** Bytes arrive from the peer; false when no more should, because nobody reads. */
  arrive(...chunks: Uint8Array[]): boolean {
    let hasRoom = true;
    for (const chunk of chunks) hasRoom = this.push(Buffer.from(chunk));
    return hasRoom;
  }

  /** From now on a write fails. */
  breakWith(error: Error): void {
    this.#error = error;
  }

  /** The peer ends its side. */
  arriveEnd(): void {
    this.push(null);
  }

  /** The peer stops reading: from now on a write does not complete. */
  block(): void {
    this.#isBlocked = true;
  }

  /** The peer reads what waits for it, but not what follows. */
  unblockOnce(): void {
    const callback = this.#blockedWrite;
    this.#blockedWrite = undefined;
    callback?.();
  }

  /** The peer reads again. */
  unblock(): void {
    this.#isBlocked = false;
    this.unblockOnce();
  }

  /** Everything that was written and not asked for before. */
  takeWritten(): Uint8Array {
    return concat(...this.writes.splice(0).flat());
  }

  /** The frames of `takeWritten()`, in short. */
  takeFrames(): string[] {
    return describeFrames(this.takeWritten());
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, callback: WriteCallback): void {
    this.#accept([chunk], callback);
  }

  override _writev(chunks: { chunk: Uint8Array }[], callback: WriteCallback): void {
    this.vectored++;
    this.#accept(
      chunks.map(({ chunk }) => chunk),
      callback,
    );
  }

  override _final(callback: WriteCallback): void {
    this.hasFinished = true;
    callback();
  }

  #accept(pieces: Uint8Array[], callback: WriteCallback): void {
    this.writes.push(pieces);
    if (this.#isBlocked) this.#blockedWrite = callback;
    else callback(this.#error);
  }
}

/** Lets everything happen that needs no timer and no I/O. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 10; round++) await new Promise<void>((resolve) => process.nextTick(resolve));
}
