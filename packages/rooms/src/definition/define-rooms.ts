// One declaration of what clients and servers say to each other. Both halves are made from it: its types flow to handlers and
// calls, its validators run at both ends.
import { RoomError } from "../room-error.ts";
import { isName } from "../wire/names.ts";
import type { StandardSchema } from "./standard-schema.ts";

type Schemas = Readonly<Record<string, StandardSchema>>;

/** A kind of room. */
export interface RoomKind {
  /** What members say that is remembered, numbered and recovered. Default: nothing. */
  readonly events?: Schemas;
  /** What members say that is lost on whoever is not there at the moment: somebody is typing. Default: nothing. */
  readonly signals?: Schemas;
  /** What is known of those who are there. Default: rooms of this kind do not know who is there. */
  readonly presence?: StandardSchema;
  /**
   * Whether members that read too slowly may miss events for good: those that the room's `slowPolicy` drops. Otherwise they ask for
   * them, as fast as they read. After a break everybody is told what was missed in any case. Default: `false`.
   */
  readonly isLossy?: boolean;
  /**
   * By signal, the member of its data, a string or a number, that is its key under the policy `"conflate"`: of signals with the same
   * one only the newest waits for a slow member. Default: all wait.
   */
  readonly conflateBy?: Readonly<Record<string, string>>;
}

/** A question and its answer. */
export interface RequestKind {
  /** What is asked. */
  readonly input: StandardSchema;
  /** What is answered. */
  readonly output: StandardSchema;
}

/** What is said outside of rooms, one way. */
export interface DirectionKinds {
  /** What is told. Default: nothing. */
  readonly events?: Schemas;
  /** What is asked, and its answers. Default: nothing. */
  readonly requests?: Readonly<Record<string, RequestKind>>;
}

/** What {@link defineRooms} takes. */
export interface RoomsDefinition {
  /**
   * Kinds of rooms by name. The rooms of the kind `chat` are `chat`, and all whose names begin with `chat/`. Default: none.
   */
  readonly rooms?: Readonly<Record<string, RoomKind>>;
  /** What a client says to the server. Default: nothing. */
  readonly toServer?: DirectionKinds;
  /** What the server says to one client. Default: nothing. */
  readonly toClient?: DirectionKinds;
}

/** A declaration that was checked. */
export class RoomsProtocol<Definition extends RoomsDefinition> {
  /** What it was made of. */
  readonly definition: Definition;
  readonly #kinds: ReadonlyMap<string, RoomKind>;

  /** Use {@link defineRooms}. */
  constructor(definition: Definition) {
    this.definition = definition;
    const { rooms = {}, toServer = {}, toClient = {} } = definition;
    this.#kinds = new Map(Object.entries(rooms));
    for (const [kind, { events = {}, signals = {}, conflateBy = {} }] of this.#kinds) {
      if (!isName(kind) || kind.includes("/")) {
        throw new TypeError(
          `Cannot define rooms of the kind "${kind}": its name is empty, too long or has a slash`,
        );
      }
      const stray = Object.keys(conflateBy).find((name) => !Object.hasOwn(signals, name));
      if (stray !== undefined) {
        throw new TypeError(`Cannot conflate "${stray}" of the rooms "${kind}": it is none of its signals`);
      }
      const names = [...Object.keys(events), ...Object.keys(signals)];
      names.forEach(assertName);
      const twice = names.find((name, i) => names.indexOf(name) !== i);
      if (twice !== undefined) {
        throw new TypeError(
          `Cannot define "${twice}" of the rooms "${kind}" twice, as an event and a signal`,
        );
      }
    }
    for (const { events = {}, requests = {} } of [toServer, toClient]) {
      [...Object.keys(events), ...Object.keys(requests)].forEach(assertName);
    }
  }

  /** What kind of room that is; `undefined` for a name that nobody declared. */
  kindOf(room: string): RoomKind | undefined {
    const slash = room.indexOf("/");
    return this.#kinds.get(slash === -1 ? room : room.slice(0, slash));
  }

  /** @throws RoomError `UNKNOWN_NAME` */
  expectKind(room: string): RoomKind {
    const kind = this.kindOf(room);
    if (kind === undefined) throw unknownName("room", room);
    return kind;
  }
}

/**
 * Declares what clients and servers say to each other.
 *
 * @throws TypeError for names that cannot be
 *
 * @example
 * ```ts
 * export const protocol = defineRooms({
 *   rooms: { chat: { events: { message: z.object({ text: z.string().max(1000) }) }, presence: z.object({ away: z.boolean() }) } },
 *   toServer: { requests: { rename: { input: z.string(), output: z.object({ name: z.string() }) } } },
 * });
 * ```
 */
export function defineRooms<const Definition extends RoomsDefinition>(
  definition: Definition,
): RoomsProtocol<Definition> {
  return new RoomsProtocol(definition);
}

/** The schema of that name; own names only, so that `toString` is none. */
export function ownEntry<Value>(
  record: Readonly<Record<string, Value>> | undefined,
  name: string,
): Value | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

export function unknownName(what: string, name: string): RoomError {
  return new RoomError("UNKNOWN_NAME", `Cannot find the ${what} "${name}": nobody declared it`);
}

function assertName(name: string): void {
  if (isName(name)) return;
  throw new TypeError(`Cannot define "${name as string}": a name has 1 to 200 characters`);
}
