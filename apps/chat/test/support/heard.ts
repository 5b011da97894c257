// Things that come in their own time, for a test that waits for some of them.

export class Heard<Thing> {
  readonly #things: Thing[] = [];
  #arrived: (() => void) | undefined;

  push(thing: Thing): void {
    this.#things.push(thing);
    this.#arrived?.();
  }

  /** All that nobody has asked for. */
  get waiting(): readonly Thing[] {
    return this.#things;
  }

  /** The next that fits; those before it are forgotten. */
  async next(fits: (thing: Thing) => boolean = () => true): Promise<Thing> {
    for (;;) {
      const thing = this.#things.shift();
      if (thing === undefined) await new Promise<void>((resolve) => (this.#arrived = resolve));
      else if (fits(thing)) return thing;
    }
  }
}
