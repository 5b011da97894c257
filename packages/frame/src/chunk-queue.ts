// What has arrived and is not looked at yet.

/** Chunks in order. `shift()` on a long array moves all of it: a flood of small chunks would cost the square of their number. */
export class ChunkQueue {
  /** Last one first. */
  #following: Uint8Array[] = [];
  #behind: Uint8Array[] = [];

  push(chunk: Uint8Array): void {
    this.#behind.push(chunk);
  }

  shift(): Uint8Array | undefined {
    if (this.#following.length === 0) {
      this.#following = this.#behind.reverse();
      this.#behind = [];
    }
    return this.#following.pop();
  }
}
