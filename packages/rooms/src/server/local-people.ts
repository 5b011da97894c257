// Who of this node is in one room: counts the connections of a person, and tells the engine and the other nodes about the first,
// the last, and what they say of themselves. What could not be told because the engine was down is told when it is up again.
import type { RoomLog } from "../room-log.ts";
import { encodeBytes } from "../wire/codec.ts";
import { VERSION } from "../wire/message-shapes.ts";
import { Lanes } from "./lanes.ts";
import { encodeAnnouncement } from "./publisher.ts";

interface Presence {
  /** The connections, or whatever stands for them. */
  readonly by: Set<object>;
  data: unknown;
}

export class LocalPeople {
  readonly #room: string;
  readonly #log: RoomLog;
  readonly #people = new Map<string, Presence>();
  /** Those whose going the engine was not told. */
  readonly #owed = new Set<string>();
  readonly #lanes = new Lanes();

  constructor(room: string, log: RoomLog) {
    this.#room = room;
    this.#log = log;
  }

  /** Nobody is here, and the engine knows. */
  get isIdle(): boolean {
    return this.#people.size === 0 && this.#owed.size === 0;
  }

  list(): { readonly person: string; readonly data: unknown }[] {
    return Array.from(this.#people, ([person, { data }]) => ({ person, data }));
  }

  /**
   * This connection of a person's is here, or says something else.
   *
   * @throws EngineError; then it is as before
   */
  async enter(person: string, by: object, data: unknown): Promise<void> {
    const presence = this.#people.get(person) ?? { by: new Set(), data };
    const before = { data: presence.data, isNew: !presence.by.has(by) };
    presence.by.add(by);
    presence.data = data;
    this.#people.set(person, presence);
    try {
      await this.#tell(person);
    } catch (error) {
      // The engine may have heard of it all the same.
      if (before.isNew && this.#remove(person, by)) this.#owed.add(person);
      else if (presence.data === data) presence.data = before.data;
      throw error;
    }
  }

  /** This connection of a person's is not here any more. Never rejects: what could not be told is told later. */
  async exit(person: string, by: object): Promise<void> {
    if (!this.#remove(person, by)) return;
    try {
      await this.#tell(person);
    } catch {
      this.#owed.add(person);
    }
  }

  /** The engine is up again: it is told everything anew. */
  tellAll(): Promise<void> {
    return this.#tellEach(new Set([...this.#people.keys(), ...this.#owed]));
  }

  /** Tells what could not be told. */
  async tellOwed(): Promise<void> {
    if (this.#owed.size > 0) await this.#tellEach(new Set(this.#owed));
  }

  async #tellEach(everybody: ReadonlySet<string>): Promise<void> {
    this.#owed.clear();
    for (const person of everybody) {
      try {
        await this.#tell(person);
      } catch {
        // It is down again, and whoever is here is told of when it is up.
        if (!this.#people.has(person)) this.#owed.add(person);
      }
    }
  }

  /** @returns whether that was the last connection */
  #remove(person: string, by: object): boolean {
    const presence = this.#people.get(person);
    if (presence === undefined || !presence.by.delete(by) || presence.by.size > 0) return false;
    this.#people.delete(person);
    return true;
  }

  /** Tells how it is when its turn has come, which may be other than when it was asked to. */
  async #tell(person: string): Promise<void> {
    let failure: unknown;
    await this.#lanes.run(person, async () => {
      const presence = this.#people.get(person);
      const isHere = presence !== undefined;
      try {
        if (isHere) await this.#log.enter(this.#room, person, encodeBytes({ data: presence.data }));
        else await this.#log.exit(this.#room, person);
        const { node } = this.#log;
        const announcement = {
          v: VERSION,
          kind: "presence",
          node,
          person,
          isHere,
          data: presence?.data,
        } as const;
        await this.#log.announce(this.#room, encodeAnnouncement(announcement));
      } catch (error) {
        failure = error;
      }
    });
    if (failure !== undefined) throw failure as Error;
  }
}
