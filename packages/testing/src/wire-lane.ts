// One direction of a wire in memory: what is on its way, in what pieces and when it arrives, and what has been sent at all.
// Knows no frames but to show them, and nothing of streams: it is told where to put bytes, and tells when there is room.
import { expectFrames, type ExpectedFrame } from "./expect-frames.ts";
import { describeFrame } from "./describe-frames.ts";
import { FrameReader, type ReadFrame } from "./read-frames.ts";

/** The end that bytes arrive at. */
export interface LaneEnd {
  /** Takes a chunk; false when it wants no more before it asks for it. */
  arrive(chunk: Uint8Array): boolean;
  arriveEnd(): void;
}

/** What is sent in one direction, and how it arrives. Every field may be changed at any time; it holds for what comes after. */
export class WireLane {
  /** The largest chunk that arrives at once. 1 delivers byte by byte. Default: as it was written. */
  chunkBytes: number = Infinity;
  /** How long each chunk is on its way, by whatever `setTimeout` is: a fake clock's too. 0 takes no timer. Default: 0. */
  delayMs = 0;
  /** How many bytes the network holds for an end that does not read; then its peer's writes wait. Default: 64 KiB. */
  capacityBytes: number = 64 * 1024;
  /** Whether what is sent is kept for `takeBytes` and `takeFrames`. Turn it off where very much is sent. */
  isRecording = true;

  readonly #onCut: () => void;
  #end: LaneEnd | undefined;
  /** What has left the sender, in order; `undefined` is the end. */
  readonly #onItsWay: { readonly chunk: Uint8Array | undefined; isDue: boolean }[] = [];
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #confirmations: (() => void)[] = [];
  readonly #sent: Uint8Array[] = [];
  readonly #reader = new FrameReader();
  readonly #frames: ReadFrame[] = [];
  #waitingBytes = 0;
  #isStalled = false;
  #endHasRoom = true;
  #isDelivering = false;
  #isClosed = false;
  #bytesUntilCut = Infinity;
  /** Goes up with everything that happens here. */
  movements = 0;

  /** @param onCut the wire breaks here */
  constructor(onCut: () => void) {
    this.#onCut = onCut;
  }

  /** Bytes that were sent and have not arrived. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Nothing arrives any more, as behind a network that went silent. What is sent waits. */
  stall(): void {
    this.#isStalled = true;
  }

  /** What waits arrives. */
  resume(): void {
    this.#isStalled = false;
    this.#deliver();
  }

  /** After so many more bytes have arrived the wire breaks: 3 cuts inside the header or payload of the next frame. */
  cutAfter(bytes: number): void {
    this.#bytesUntilCut = bytes;
    this.#deliver();
  }

  /** What was sent since this was asked last, whether or not it has arrived. */
  takeBytes(): Uint8Array<ArrayBuffer> {
    this.#frames.length = 0;
    return new Uint8Array(Buffer.concat(this.#sent.splice(0)));
  }

  /** The whole frames that were sent since this was asked last, in short: `text hello`, `close 1000 bye`. */
  takeFrames(): string[] {
    this.#sent.length = 0;
    return this.#frames.splice(0).map((frame) => describeFrame(frame));
  }

  /** Takes the frames that were sent since this was asked last, and compares them; see {@link expectFrames}. */
  expectFrames(expected: readonly ExpectedFrame[]): void {
    this.#sent.length = 0;
    expectFrames(this.#frames.splice(0), expected);
  }

  /** @internal */
  leadTo(end: LaneEnd): void {
    this.#end = end;
  }

  /** @internal Takes bytes from the sender, which may go on once they are confirmed. */
  send(chunk: Uint8Array, confirm: () => void): void {
    this.movements++;
    // The other side unmasks in place, and these bytes are the sender's.
    const copy = new Uint8Array(chunk);
    if (this.isRecording) {
      this.#sent.push(copy.slice());
      this.#frames.push(...this.#reader.push(copy));
    }
    if (this.#isClosed) return confirm();
    this.#waitingBytes += copy.length;
    for (let at = 0; at < copy.length; at += this.chunkBytes) {
      this.#launch(copy.subarray(at, Math.min(at + this.chunkBytes, copy.length)));
    }
    if (this.#waitingBytes <= this.capacityBytes) confirm();
    else this.#confirmations.push(confirm);
  }

  /** @internal The sender has ended. */
  finish(): void {
    if (!this.#isClosed) this.#launch(undefined);
  }

  /** @internal The receiver reads on. */
  ask(): void {
    this.#endHasRoom = true;
    this.#deliver();
  }

  /** @internal Nothing arrives any more, and what is sent is lost. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#onItsWay.length = 0;
    this.#waitingBytes = 0;
    for (const confirm of this.#confirmations.splice(0)) confirm();
  }

  #launch(chunk: Uint8Array | undefined): void {
    const item = { chunk, isDue: false };
    this.#onItsWay.push(item);
    const arrive = (): void => {
      item.isDue = true;
      this.#deliver();
    };
    if (this.delayMs <= 0) return process.nextTick(arrive);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      arrive();
    }, this.delayMs);
    this.#timers.add(timer);
  }

  /** Hands on what has come so far, as much as the end wants. */
  #deliver(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    if (this.#bytesUntilCut <= 0) this.#onCut();
    // Nothing overtakes: what was sent with a shorter delay waits for what was sent before it.
    while (this.#mayDeliver()) this.#arrive(this.#onItsWay.shift()!.chunk);
    this.#isDelivering = false;
  }

  #mayDeliver(): boolean {
    return this.#endHasRoom && !this.#isStalled && !this.#isClosed && this.#onItsWay[0]?.isDue === true;
  }

  #arrive(chunk: Uint8Array | undefined): void {
    this.movements++;
    if (chunk === undefined) return this.#end?.arriveEnd();
    const part = chunk.subarray(0, Math.min(chunk.length, this.#bytesUntilCut));
    this.#waitingBytes -= chunk.length;
    this.#bytesUntilCut -= part.length;
    if (part.length > 0) this.#endHasRoom = this.#end?.arrive(part) ?? true;
    while (this.#waitingBytes <= this.capacityBytes && this.#confirmations.length > 0) {
      this.#confirmations.shift()!();
    }
    if (this.#bytesUntilCut <= 0) this.#onCut();
  }
}
