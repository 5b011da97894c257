// The seam between rooms and what carries them across processes and machines. An engine remembers what each room was
// told, in order, and passes it on; it is raw on purpose: what makes an ordered feed without holes out of it, what is
// said on a wire, who may do what and how presence is counted is ours, written once.

/** A place in the history of a room. Positions of different epochs cannot be compared: the history in between is lost. */
export interface Position {
  /** Names one unbroken history of a room: made at random with it, and made anew when the engine has lost it. */
  readonly epoch: string;
  /** The number of an entry; they go up, from 1, and need not be dense where entries were removed or unreadable. */
  readonly seq: number;
}

/** What is to be remembered. */
export interface NewEntry {
  /**
   * Says that two entries are the same one, told twice: at most 200 printable ASCII characters, unique to the room as long as
   * the engine looks back (its `dedupeMs`).
   */
  readonly id: string;
  /** Opaque to the engine. */
  readonly data: Uint8Array;
}

/** What is remembered. */
export interface RoomEntry extends NewEntry, Position {
  /** When it was appended, in ms since 1970, by the clock of the engine. */
  readonly time: number;
  /**
   * The `seq` before it in this room, where an engine's numbers have holes of themselves: who has heard that one has missed
   * nothing. 0 where nothing before it is kept. Only with entries that are heard; those of a page follow each other. Default: `seq - 1`.
   */
  readonly previous?: number;
}

/** What became of an entry. */
export interface Appended extends Position {
  /** It was there already: this is where. */
  readonly isDuplicate: boolean;
}

/** What to read: entries behind `after`, oldest first; or those right before `before`, oldest first too. */
export type ReadRange =
  | { readonly after: number; readonly limit: number }
  /** Without a number: the newest. */
  | { readonly before: number | undefined; readonly limit: number };

/** A stretch of a room's history. */
export interface RoomPage {
  /** The history that it is of. */
  readonly epoch: string;
  /**
   * From this `seq` on nothing was removed: mostly the smallest that is still kept, and one more than `last` where nothing is.
   * Who has everything below it has missed nothing that cannot be read.
   */
  readonly first: number;
  /** The largest `seq` that was ever given in this epoch; 0 for none. Where rooms share numbers, another room's where this one has none. */
  readonly last: number;
  /**
   * Ordered by `seq`, all of one epoch, at most `limit`, and fewer only where there are no more of them: unreadable ones are
   * left out, and reported as faults.
   */
  readonly entries: readonly RoomEntry[];
}

/** Hears what happens in one room. Must not throw. */
export interface RoomListener {
  /** Something was appended, here or elsewhere. It may come twice, late or never: `read` has the truth. */
  onEntry(entry: RoomEntry): void;
  /** Something was announced: not remembered, and lost where the engine is down. */
  onAnnouncement(data: Uint8Array): void;
}

/** Hears of the engine itself. Must not throw. */
export interface EngineListener {
  /**
   * `"down"`: appends fail and nothing is heard. `"up"` after it: all rooms are listened to again, and what came between has
   * to be read; presence that this node entered is to be entered again.
   */
  onStatus?(status: EngineStatus, error?: Error): void;
  /** The engine held something that no engine of ours writes; it was skipped. */
  onFault?(error: Error): void;
}

/** Whether the engine can be reached. */
export type EngineStatus = "up" | "down";

/** One person on one node. */
export interface PresenceRecord {
  /** The node that it was entered on: see {@link RoomLog.node}. */
  readonly node: string;
  /** The name under which it was entered. */
  readonly person: string;
  /** Opaque to the engine. */
  readonly data: Uint8Array;
}

/** How much of a room's history is kept; whatever is reached first removes the oldest. */
export interface Retention {
  /** Default: 1,000. */
  readonly maxEntries?: number;
  /** Of `data`, in all. Default: 16 MiB. */
  readonly maxBytes?: number;
  /** Default: 7 days. */
  readonly maxAgeMs?: number;
}

/** What all engines are told when they are made. */
export interface RoomLogOptions {
  /** For all rooms, or by name. */
  readonly retention?: Retention | ((room: string) => Retention);
  /** How long the `id` of an entry is remembered, in ms. Default: 2 minutes; longer than any client retries. */
  readonly dedupeMs?: number;
  /** For how long a node that is not heard of counts as alive, in ms; renewed thrice as often. Default: 15 seconds. */
  readonly leaseMs?: number;
}

/**
 * An engine. Names of rooms are any strings of 1 to 200 UTF-16 code units; an engine escapes what its keys cannot hold.
 * Every promise rejects while the engine is `"down"` (an `EngineError`, soon, never hanging), and an operation that rejected may
 * or may not have taken effect.
 */
export interface RoomLog extends AsyncDisposable {
  /** This process as the engine knows it: random, at least 128 bits. */
  readonly node: string;
  /** Whether history is kept at all: without it `append` numbers nothing that can be read again, and every break is a gap. */
  readonly isDurable: boolean;
  /** Whether it can be reached now. */
  readonly status: EngineStatus;

  /** @returns a function that ends it */
  watch(listener: EngineListener): () => void;

  /**
   * Remembers entries in this order and passes them on to all who listen, this process included. Resolves when they are as safe
   * as the engine makes anything. Where it rejects a part may have been appended, the first ones first: try again with the same ids.
   */
  append(room: string, entries: readonly NewEntry[]): Promise<readonly Appended[]>;

  /** Reads history. A room without one gets one: its epoch begins here. */
  read(room: string, range: ReadRange): Promise<RoomPage>;

  /** From when it resolves on, what is appended and announced is heard. One listener a room; the rooms of a process are many. */
  listen(room: string, listener: RoomListener): Promise<RoomListening>;

  /** Tells all who listen now, and nobody later. Resolves when it is on its way. */
  announce(room: string, data: Uint8Array): Promise<void>;

  /** This person is in the room, on this node, until `exit` or until the node is not heard of for `leaseMs`. Again: other `data`. */
  enter(room: string, person: string, data: Uint8Array): Promise<void>;
  /** This person is not in the room any more, on this node. */
  exit(room: string, person: string): Promise<void>;
  /** Who is there, on nodes that are alive. */
  present(room: string): Promise<readonly PresenceRecord[]>;

  /** Ends everything, its presence too. Safe to call twice. */
  close(): Promise<void>;
}

/** See {@link RoomLog.listen}. */
export interface RoomListening {
  /** Hears no more. Resolves when the engine knows. */
  close(): Promise<void>;
}

/** What an engine could not do. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  /** Stable; match on it rather than on the message. */
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** `ENGINE_DOWN`: cannot be reached · `ENGINE_CLOSED`: `close` was called · `ENGINE_FAULT`: it answered with nonsense. */
export type EngineErrorCode = "ENGINE_DOWN" | "ENGINE_CLOSED" | "ENGINE_FAULT";
