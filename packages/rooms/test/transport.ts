// A stream whose peer reads all, or nothing: what is written to it is counted, and confirmed only while it reads.
import { Duplex } from "node:stream";

export class Transport extends Duplex {
  bytesWritten = 0;
  #isStuck: boolean;
  #unconfirmed: (() => void) | undefined;

  constructor({ isStuck = false }: { isStuck?: boolean } = {}) {
    super();
    this.#isStuck = isStuck;
  }

  /** The peer reads again. */
  release(): void {
    this.#isStuck = false;
    const confirm = this.#unconfirmed;
    this.#unconfirmed = undefined;
    confirm?.();
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, confirm: () => void): void {
    this.bytesWritten += chunk.length;
    if (this.#isStuck) this.#unconfirmed = confirm;
    else confirm();
  }
}

/** Lets everything happen that needs no timer and no I/O: still the same turn of the loop. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 10; round++) await new Promise<void>((resolve) => process.nextTick(resolve));
}
