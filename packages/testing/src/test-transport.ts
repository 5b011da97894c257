// One Duplex in the hands of a test: the test is the peer, the network and the kernel's buffers, one write at a time.
import { Duplex, type DuplexOptions } from "node:stream";
import { describeFrames } from "./describe-frames.ts";

type WriteCallback = (error?: Error | null) => void;

/**
 * The stream of a connection whose every write is seen and confirmed by the test. For two ends that talk to each other take
 * `connectionPair`.
 *
 * @example
 * ```ts
 * const transport = new TestTransport();
 * const connection = new Connection(transport, { role: "server" });
 * transport.arrive(rawFrame("client", RawOpcode.ping, "you?"));
 * await settle();
 * transport.takeFrames(); // → ["pong you?"]
 * ```
 */
export class TestTransport extends Duplex {
  /** The pieces of each write, `writev` counting as one. */
  readonly writes: Uint8Array[][] = [];
  /** Whether writes are kept. Turn it off where very much is written. */
  isRecording = true;
  /** How many of the writes were vectored. */
  vectored = 0;
  /** Whether the writing side was ended. */
  hasFinished = false;
  #bytesWritten = 0;
  #isBlocked = false;
  #error: Error | undefined;
  #blockedWrite: WriteCallback | undefined;

  constructor(options: DuplexOptions = {}) {
    super({ allowHalfOpen: true, ...options });
  }

  /** How many bytes were written so far. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** Bytes arrive from the peer, each chunk as a copy; false when no more should, because nobody reads. */
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
  takeWritten(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(Buffer.concat(this.writes.splice(0).flat()));
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
    if (this.isRecording) this.writes.push(pieces);
    for (const piece of pieces) this.#bytesWritten += piece.length;
    if (this.#isBlocked) this.#blockedWrite = callback;
    else callback(this.#error);
  }
}
