// A wait that can be cut short. Owns its timer, which keeps no process alive.

export class Pause {
  #end: (() => void) | undefined;

  /** @param ms without it, until `end` */
  async wait(ms: number | undefined): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#end = resolve;
      if (ms !== undefined) timer = setTimeout(resolve, ms).unref();
    });
    clearTimeout(timer);
    this.#end = undefined;
  }

  end(): void {
    this.#end?.();
  }
}
