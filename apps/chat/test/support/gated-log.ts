// An engine in memory whose appends can be held back or refused, for rooms that a test names.
import { type Appended, MemoryLog, type NewEntry } from "@ws/rooms";

export class GatedLog extends MemoryLog {
  #isConcerned: (room: string) => boolean = () => false;
  #mode: "hold" | "refuse" = "hold";
  #waiting: (() => void)[] = [];

  /** How many appends wait. */
  get held(): number {
    return this.#waiting.length;
  }

  hold(isConcerned: (room: string) => boolean): void {
    this.#mode = "hold";
    this.#isConcerned = isConcerned;
  }

  /** Appends fail, for a reason that nobody is told. */
  refuse(isConcerned: (room: string) => boolean): void {
    this.#mode = "refuse";
    this.#isConcerned = isConcerned;
  }

  /** What waits goes on, and nothing waits any more. */
  release(): void {
    this.#isConcerned = () => false;
    this.step();
  }

  /** What waits now goes on. */
  step(): void {
    for (const go of this.#waiting.splice(0)) go();
  }

  override async append(room: string, entries: readonly NewEntry[]): Promise<readonly Appended[]> {
    if (this.#isConcerned(room)) {
      if (this.#mode === "refuse") throw new Error(`Cannot append to ${room}: a test does not want it`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return super.append(room, entries);
  }
}
