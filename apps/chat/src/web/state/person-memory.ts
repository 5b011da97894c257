// What this browser keeps of one person: the rooms they are in, up to where they have read them, and what the rooms that have no name
// are called. What comes out of storage is checked like anything from outside; another person's is dropped.
import type { Position } from "@ws/rooms/client";
import * as v from "valibot";
import type { BrowserMemory } from "./browser-memory.ts";

const KEY = "person";

interface Kept {
  readonly key: string;
  readonly rooms: readonly string[];
  readonly read: Readonly<Record<string, Position>>;
  readonly titles: Readonly<Record<string, string>>;
}

const kept: v.GenericSchema<unknown, Kept> = v.object({
  key: v.string(),
  rooms: v.array(v.string()),
  read: v.record(v.string(), v.object({ epoch: v.string(), seq: v.number() })),
  titles: v.record(v.string(), v.string()),
});

export class PersonMemory {
  readonly #memory: BrowserMemory;
  readonly #key: string;

  constructor(memory: BrowserMemory, personKey: string) {
    this.#memory = memory;
    this.#key = personKey;
  }

  get rooms(): readonly string[] {
    return this.#load().rooms;
  }

  /** Another tab may have others: only this one changes. */
  setRoom(room: string, isJoined: boolean): void {
    const rooms = this.rooms.filter((each) => each !== room);
    this.#save({ rooms: isJoined ? [...rooms, room] : rooms });
  }

  readTo(room: string): Position | undefined {
    const { read } = this.#load();
    return Object.hasOwn(read, room) ? read[room] : undefined;
  }

  setReadTo(room: string, position: Position): void {
    this.#save({ read: { ...this.#load().read, [room]: position } });
  }

  titleOf(room: string): string | undefined {
    const { titles } = this.#load();
    return Object.hasOwn(titles, room) ? titles[room] : undefined;
  }

  setTitle(room: string, title: string): void {
    this.#save({ titles: { ...this.#load().titles, [room]: title } });
  }

  #load(): Kept {
    const nothing = { key: this.#key, rooms: [], read: {}, titles: {} };
    try {
      const result = v.safeParse(kept, JSON.parse(this.#memory.get(KEY) ?? "null"));
      return result.success && result.output.key === this.#key ? result.output : nothing;
    } catch {
      return nothing;
    }
  }

  #save(change: Partial<Kept>): void {
    this.#memory.set(KEY, JSON.stringify({ ...this.#load(), ...change }));
  }
}
