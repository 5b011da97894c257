// Who is in one room, as far as a client was told: by name up to what the server tells, the others by their number.
import { type RoomKind, unknownName } from "../definition/define-rooms.ts";
import { expectValid, type StandardSchema, validate, type Validated } from "../definition/standard-schema.ts";
import type { PresenceMessage, WirePerson } from "../wire/messages.ts";
import type { RoomChange } from "./room-change.ts";

export class RoomPeople<Presence> {
  readonly #room: string;
  readonly #kind: RoomKind;
  readonly #tell: (change: RoomChange<Presence>) => void;
  #known: Map<string, Presence> = new Map();
  #total = 0;

  constructor(room: string, kind: RoomKind, tell: (change: RoomChange<Presence>) => void) {
    this.#room = room;
    this.#kind = kind;
    this.#tell = tell;
  }

  get known(): ReadonlyMap<string, Presence> {
    return this.#known;
  }

  /** Those who are not known by name too. */
  get total(): number {
    return this.#total;
  }

  /** @throws RoomError `UNKNOWN_NAME` where nobody declared presence, `INVALID` */
  async check(data: unknown): Promise<void> {
    await expectValid(this.#schema(), data, "presence");
  }

  /** Who was found there. @param total how many there are, in the server's words */
  async replace(people: readonly WirePerson[], total: number): Promise<void> {
    const known = new Map<string, Presence>();
    for (const { person, data } of people) {
      const validated = await this.#read(data);
      if (validated.error === undefined) known.set(person, validated.value as Presence);
      else this.#tell({ type: "unreadable", error: validated.error });
    }
    this.#known = known;
    this.#total = Math.max(total, known.size);
    this.#tell({ type: "people", people: known, total: this.#total });
  }

  /** Somebody comes, says something else, or goes. */
  change({ change, person, data }: PresenceMessage): void | Promise<void> {
    if (change === "exit") return this.#delete(person);
    const set = (validated: Validated): void => {
      if (validated.error === undefined) this.#set(change, person, validated.value as Presence);
      else this.#tell({ type: "unreadable", error: validated.error });
    };
    const validated = this.#read(data);
    return validated instanceof Promise ? validated.then(set) : set(validated);
  }

  #set(change: "enter" | "update", person: string, data: Presence): void {
    const isNew = !this.#known.has(person);
    // One of whom only the number was known may say something.
    if (isNew && (change === "enter" || this.#total === this.#known.size)) this.#total++;
    this.#known.set(person, data);
    this.#tell({ type: "presence", change: isNew ? "enter" : "update", person, data });
  }

  #delete(person: string): void {
    const wasKnown = this.#known.delete(person);
    // Of those that are only counted nobody knows who it was.
    if (wasKnown || this.#total > this.#known.size) this.#total--;
    if (wasKnown) this.#tell({ type: "presence", change: "exit", person });
  }

  #read(data: unknown): Validated | Promise<Validated> {
    return validate(this.#schema(), data, "presence");
  }

  #schema(): StandardSchema {
    const { presence } = this.#kind;
    if (presence === undefined) throw unknownName("presence of the room", this.#room);
    return presence;
  }
}
