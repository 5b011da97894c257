// What must come back, compared byte by byte with what does: a server that is fast because it is wrong is not fast.

export interface Replies {
  /** How many replies end in this chunk. @throws Error for a wrong byte */
  take(chunk: Buffer): number;
}

/** Replies of one length that come in turns, as one text that repeats: a chunk is compared in one go or two. */
export class ExpectedText {
  readonly bytes: Buffer;
  readonly cycleBytes: number;
  readonly replyBytes: number;

  constructor(replies: readonly Buffer[]) {
    const cycle = Buffer.concat(replies);
    this.cycleBytes = cycle.length;
    this.replyBytes = replies[0]!.length;
    if (replies.some(({ length }) => length !== this.replyBytes))
      throw new TypeError("Cannot expect replies of different lengths");
    const times = Math.ceil((256 * 1024) / cycle.length) + 1;
    this.bytes = Buffer.concat(Array.from({ length: times }, () => cycle));
  }
}

export class ExactReplies implements Replies {
  readonly #expected: ExpectedText;
  /** Where in the cycle the next byte stands. */
  #at = 0;

  constructor(expected: ExpectedText) {
    this.#expected = expected;
  }

  take(chunk: Buffer): number {
    const { bytes, cycleBytes, replyBytes } = this.#expected;
    const before = this.#at;
    for (let start = 0; start < chunk.length;) {
      const length = Math.min(chunk.length - start, bytes.length - this.#at);
      if (chunk.compare(bytes, this.#at, this.#at + length, start, start + length) !== 0)
        throw new Error(
          `Wrong bytes came back: ${chunk.subarray(start, start + 40).toString("hex")}, not ${bytes
            .subarray(this.#at, this.#at + 40)
            .toString("hex")}`,
        );
      start += length;
      this.#at = (this.#at + length) % cycleBytes;
    }
    return Math.floor((before + chunk.length) / replyBytes) - Math.floor(before / replyBytes);
  }
}
