// The order of what is sent where some of it is a Blob: its bytes come later, and all that was sent behind it waits.

/** One thing that is to be sent. */
interface Send {
  /** How many bytes it is, or somewhat fewer. */
  readonly byteLength: number;
  /** Sends it. */
  readonly run: () => void;
  /** Tells that it will not be. */
  readonly fail: (error: Error) => void;
}

export class OrderedSends {
  readonly #isCut: () => boolean;
  readonly #onFailure: (error: Error) => void;
  /** While a Blob is read. */
  #waiting: Send[] | undefined;
  /** Bytes that wait, those of the Blob that is read among them. */
  bytes = 0;

  /**
   * @param isCut whether the transport is gone
   * @param onFailure a Blob could not be read
   */
  constructor(isCut: () => boolean, onFailure: (error: Error) => void) {
    this.#isCut = isCut;
    this.#onFailure = onFailure;
  }

  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Sends now, or behind the Blob that is being read. */
  run(send: Send): void {
    if (this.#waiting === undefined) return send.run();
    this.#waiting.push(send);
    this.bytes += send.byteLength;
  }

  /** Reads a Blob, and hands its bytes to `send`. */
  read(blob: Blob, send: (bytes: Uint8Array) => void, fail: (error: Error) => void): void {
    this.run({ byteLength: blob.size, run: () => void this.#read(blob, send, fail), fail });
  }

  async #read(blob: Blob, send: (bytes: Uint8Array) => void, fail: (error: Error) => void): Promise<void> {
    this.#waiting = [];
    this.bytes += blob.size;
    let bytes: Uint8Array;
    try {
      bytes = new Uint8Array(await blob.arrayBuffer());
    } catch (error) {
      // What listeners throw is to behave as outside of a promise.
      process.nextTick(() => {
        this.#fail(error as Error, fail);
        this.#onFailure(error as Error);
      });
      return;
    }
    process.nextTick(() => {
      if (this.#isCut()) {
        return this.#fail(new Error("The socket was closed while the blob was being read"), fail);
      }
      const waiting = this.#take();
      send(bytes);
      for (const each of waiting) this.run(each);
    });
  }

  #take(): Send[] {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.bytes = 0;
    return waiting;
  }

  #fail(error: Error, fail: (error: Error) => void): void {
    const waiting = this.#take();
    fail(error);
    for (const each of waiting) each.fail(error);
  }
}
