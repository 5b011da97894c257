// Who listens to what is said in one room, by its name, and what a validator makes of it for them.
import { ownEntry, type RoomKind, unknownName } from "../definition/define-rooms.ts";
import { type StandardSchema, validate, type Validated } from "../definition/standard-schema.ts";
import type { RoomError } from "../room-error.ts";
import type { HeardInfo } from "./heard.ts";
import { Listeners } from "./listeners.ts";

export class HeardMessages {
  readonly #kind: RoomKind;
  readonly #onUnreadable: (error: RoomError) => void;
  readonly #listeners = new Map<string, Listeners<[unknown, HeardInfo]>>();

  constructor(kind: RoomKind, onUnreadable: (error: RoomError) => void) {
    this.#kind = kind;
    this.#onUnreadable = onUnreadable;
  }

  /**
   * @returns what ends it
   * @throws RoomError `UNKNOWN_NAME`
   */
  listen(name: string, listener: (data: unknown, info: HeardInfo) => void): () => void {
    if (this.#schemaOf(name) === undefined) throw unknownName("event", name);
    let listeners = this.#listeners.get(name);
    if (listeners === undefined) this.#listeners.set(name, (listeners = new Listeners()));
    return listeners.add(listener);
  }

  /** Tells who listens, at once where its validator answers at once. */
  tell(name: string, data: unknown, info: HeardInfo): void | Promise<void> {
    const tell = (validated: Validated): void => {
      if (validated.error === undefined) this.#listeners.get(name)?.call(validated.value, info);
      else this.#onUnreadable(validated.error);
    };
    const validated = this.read(name, data);
    return validated instanceof Promise ? validated.then(tell) : tell(validated);
  }

  read(name: string, data: unknown): Validated | Promise<Validated> {
    const schema = this.#schemaOf(name);
    return schema === undefined
      ? { error: unknownName("event", name) }
      : validate(schema, data, `event "${name}"`);
  }

  #schemaOf(name: string): StandardSchema | undefined {
    return ownEntry(this.#kind.events, name) ?? ownEntry(this.#kind.signals, name);
  }
}
