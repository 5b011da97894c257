// A peer that says exactly what a test wants said, right or wrong, and records what it hears. It has no timers of its own
// unless it reads slowly, and no opinion: nothing here uses the packages under test.
import type { Duplex } from "node:stream";
import { describeFrame } from "./describe-frames.ts";
import { expectFrames, type ExpectedFrame } from "./expect-frames.ts";
import { type FrameShape, rawClose, rawFrame, type Role } from "./raw-frame.ts";
import { RawOpcode } from "./raw-opcode.ts";
import { FrameReader, type ReadFrame } from "./read-frames.ts";

/** How a {@link RawPeer} behaves by itself. */
export interface RawPeerOptions {
  /** Who it is: a `"client"` masks what it sends. */
  readonly role: Role;
  /** Whether it answers pings by itself. Default: `false`. */
  readonly answersPings?: boolean;
  /** Whether it answers a close frame with the same code, and then ends its side. Default: `false`. */
  readonly answersClose?: boolean;
}

/**
 * One end of a WebSocket, by hand: over the end of a {@link MemoryWire}, or over a socket (see `dialRaw` and `listenRaw`).
 *
 * @example
 * ```ts
 * peer.send(RawOpcode.text, "hel", { fin: false });
 * peer.send(RawOpcode.continuation, "lo");
 * await peer.expectNext("text you said hello");
 * ```
 */
export class RawPeer {
  /** Who it is: a `"client"` masks what it sends. */
  readonly role: Role;
  /** What carries its bytes. */
  readonly duplex: Duplex;
  readonly #answersPings: boolean;
  readonly #answersClose: boolean;
  readonly #reader = new FrameReader();
  readonly #frames: ReadFrame[] = [];
  /** Called when a frame came, or the end. */
  #onNews: () => void = () => {};
  #hasEnded = false;
  /** Resolves when the transport wants more, where it does not. */
  #room: Promise<void> | undefined;
  #slowly: ReturnType<typeof setInterval> | undefined;

  /** @param head what was read of it by others */
  constructor(duplex: Duplex, options: RawPeerOptions, head: Uint8Array = new Uint8Array(0)) {
    this.role = options.role;
    this.duplex = duplex;
    this.#answersPings = options.answersPings ?? false;
    this.#answersClose = options.answersClose ?? false;
    // What breaks a stream also closes it.
    duplex.on("error", () => {});
    duplex.on("end", () => this.#end());
    duplex.on("close", () => this.#end());
    this.#take(head);
    duplex.on("data", this.#take);
  }

  /** The frames that came and were not taken. */
  get frames(): readonly ReadFrame[] {
    return this.#frames;
  }

  /** Whether the other side has ended, or the transport is gone. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Sends a frame, whatever it is. Resolves when the transport wants more. */
  send(opcode: number, payload: string | Uint8Array = "", shape: FrameShape = {}): Promise<void> {
    return this.write(rawFrame(this.role, opcode, payload, shape));
  }

  /** Sends a close frame, with any code; without one, an empty one. */
  close(code?: number, reason: string | Uint8Array = ""): Promise<void> {
    return this.write(rawClose(this.role, code, reason));
  }

  /** Sends bytes. Resolves when the transport wants more, or is gone. */
  write(bytes: Uint8Array): Promise<void> {
    const { duplex } = this;
    if (duplex.destroyed || duplex.write(bytes)) return Promise.resolve();
    // One for all who wait.
    this.#room ??= new Promise<void>((resolve) => {
      const tell = (): void => {
        this.#room = undefined;
        duplex.off("drain", tell).off("close", tell);
        resolve();
      };
      duplex.on("drain", tell).on("close", tell);
    });
    return this.#room;
  }

  /** Ends its side, and goes on reading. */
  end(): void {
    this.duplex.end();
  }

  /** Is gone, without a word. */
  cut(): void {
    this.duplex.destroy();
  }

  /** Reads nothing any more, so that what is sent to it waits. */
  stopReading(): void {
    clearInterval(this.#slowly);
    this.duplex.off("data", this.#take);
    this.duplex.pause();
  }

  /** Reads as fast as it can again. */
  resumeReading(): void {
    this.stopReading();
    this.duplex.on("data", this.#take);
    this.duplex.resume();
  }

  /** Reads so many bytes each so many milliseconds, and no more. */
  readSlowly(bytes: number, everyMs: number): void {
    this.stopReading();
    this.#slowly = setInterval(() => {
      // Reading nothing asks the transport for more.
      const chunk = this.duplex.read(Math.min(bytes, this.duplex.readableLength)) as Uint8Array | null;
      if (chunk !== null) this.#take(chunk);
    }, everyMs);
    this.duplex.once("close", () => clearInterval(this.#slowly));
  }

  /** The next frame, when it comes; `undefined` when the other side ends before. */
  async next(): Promise<ReadFrame | undefined> {
    while (this.#frames.length === 0 && !this.#hasEnded) {
      await new Promise<void>((resolve) => (this.#onNews = resolve));
    }
    return this.#frames.shift();
  }

  /** Takes the frames that came so far, in short: `text hello`, `close 1000 bye`. */
  takeFrames(): string[] {
    return this.#frames.splice(0).map((frame) => describeFrame(frame));
  }

  /**
   * Waits for as many frames as are given, or the end, and compares them; see `expectFrames`. What comes later stays.
   *
   * @throws AssertionError (rejects) where there are others, or fewer before the end
   */
  async expectNext(...expected: ExpectedFrame[]): Promise<void> {
    const frames: ReadFrame[] = [];
    while (frames.length < expected.length) {
      const frame = await this.next();
      if (frame === undefined) break;
      frames.push(frame);
    }
    expectFrames(frames, expected);
  }

  /** Resolves when the other side has ended; what it sent until then is in `frames`. */
  async ended(): Promise<void> {
    while (!this.#hasEnded) await new Promise<void>((resolve) => (this.#onNews = resolve));
  }

  readonly #take = (chunk: Uint8Array): void => {
    for (const frame of this.#reader.push(chunk)) {
      this.#frames.push(frame);
      this.#answer(frame);
    }
    this.#tell();
  };

  #answer({ opcode, payload }: ReadFrame): void {
    if (opcode === RawOpcode.ping && this.#answersPings) void this.send(RawOpcode.pong, payload);
    if (opcode !== RawOpcode.close || !this.#answersClose) return;
    void this.send(RawOpcode.close, payload.subarray(0, 2));
    this.end();
  }

  #end(): void {
    this.#hasEnded = true;
    this.#tell();
  }

  #tell(): void {
    const onNews = this.#onNews;
    this.#onNews = () => {};
    onNews();
  }
}
