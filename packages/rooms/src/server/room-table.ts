// The rooms of this node that somebody needs: opened for the first, closed behind the last, each once whoever asks meanwhile.
import type { LocalRoom } from "./local-room.ts";

interface Entry {
  readonly room: LocalRoom;
  /** Resolves when it is open. */
  readonly opening: Promise<void>;
  /** Who needs it. */
  uses: number;
}

export class RoomTable {
  readonly #create: (name: string) => LocalRoom;
  readonly #entries = new Map<string, Entry>();

  constructor(create: (name: string) => LocalRoom) {
    this.#create = create;
  }

  /** Those that are open or about to be. */
  *[Symbol.iterator](): Generator<LocalRoom> {
    for (const { room } of this.#entries.values()) yield room;
  }

  /**
   * A room for one more user, who gives it back once.
   *
   * @throws EngineError where it cannot be opened; then nothing has to be given back
   */
  async take(name: string): Promise<LocalRoom> {
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      const room = this.#create(name);
      this.#entries.set(name, (entry = { room, opening: room.open(), uses: 0 }));
    }
    entry.uses++;
    try {
      await entry.opening;
    } catch (error) {
      // Whoever comes next tries anew.
      if (this.#entries.get(name) === entry) this.#entries.delete(name);
      throw error;
    }
    return entry.room;
  }

  giveBack(room: LocalRoom): void {
    const entry = this.#entries.get(room.name);
    if (entry === undefined || entry.room !== room) return;
    entry.uses--;
    this.#closeUnused(entry);
  }

  /** Closes rooms that were kept because the engine had to be told something first. */
  sweep(): void {
    for (const entry of [...this.#entries.values()]) this.#closeUnused(entry);
  }

  close(): void {
    const rooms = [...this];
    this.#entries.clear();
    for (const room of rooms) room.close();
  }

  #closeUnused({ room, uses }: Entry): void {
    if (uses > 0 || !room.local.isIdle) return;
    this.#entries.delete(room.name);
    room.close();
  }
}
