// The list of rooms that everybody sees: which rooms have members, and how many. Changes are told together, a moment
// later, so that a crowd coming in makes one event and not hundreds.
import type { RoomSummary } from "../shared/protocol.ts";

const COLLECT_MS = 50;

export class RoomList {
  readonly #count: (room: string) => number;
  readonly #tell: (changed: readonly RoomSummary[]) => void;
  readonly #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param count how many members a room has
   * @param tell is given what has changed; a room without members is gone
   */
  constructor(count: (room: string) => number, tell: (changed: readonly RoomSummary[]) => void) {
    this.#count = count;
    this.#tell = tell;
  }

  summarize(rooms: Iterable<string>): readonly RoomSummary[] {
    return [...rooms].map((room) => ({ room, members: this.#count(room) }));
  }

  /** The number of members of a room has changed. */
  touch(room: string): void {
    this.#changed.add(room);
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#flush(), COLLECT_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #flush(): void {
    this.#timer = undefined;
    const changed = this.summarize(this.#changed);
    this.#changed.clear();
    this.#tell(changed);
  }
}
