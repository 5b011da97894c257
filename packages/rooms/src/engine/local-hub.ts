// What an engine within one process needs to pass things on: who listens to which room, and who is present. Tells in the order in
// which it was asked to, after whoever asked is done: a listener may append, and all are to hear the same order.
import type { PresenceRecord, RoomListener } from "../room-log.ts";
import { reportUncaught } from "./report-uncaught.ts";

/** What an engine within one process passes on: who listens to which room, and who is present. */
export class LocalHub {
  readonly #listeners = new Map<string, Set<RoomListener>>();
  /** What is still to be told; `undefined` where nothing waits. */
  #told: (() => void)[] | undefined;

  /** Room → node → person → data. */
  readonly #presence = new Map<string, Map<string, Map<string, Uint8Array>>>();

  /** Tells those who listen now. */
  tell(room: string, what: (listener: RoomListener) => void): void {
    const listeners = this.#listeners.get(room);
    if (listeners === undefined) return;
    if (this.#told === undefined) {
      this.#told = [];
      queueMicrotask(() => this.#tellAll());
    }
    // Those who listen now; whoever has stopped meanwhile hears nothing.
    const hearers = [...listeners];
    this.#told.push(() => {
      for (const listener of hearers) if (listeners.has(listener)) guard(() => what(listener));
    });
  }

  /** @returns a function that ends it */
  listen(room: string, listener: RoomListener): () => void {
    const listeners = this.#listeners.get(room) ?? new Set();
    this.#listeners.set(room, listeners.add(listener));
    return () => {
      if (listeners.delete(listener) && listeners.size === 0) this.#listeners.delete(room);
    };
  }

  /** This person is in the room, on this node; again for other data, which is copied. */
  enter(room: string, node: string, person: string, data: Uint8Array): void {
    const nodes = this.#presence.get(room) ?? new Map<string, Map<string, Uint8Array>>();
    const persons = nodes.get(node) ?? new Map<string, Uint8Array>();
    persons.set(person, new Uint8Array(data));
    this.#presence.set(room, nodes.set(node, persons));
  }

  /** This person is not in the room any more, on this node. */
  exit(room: string, node: string, person: string): void {
    const persons = this.#presence.get(room)?.get(node);
    if (persons?.delete(person) && persons.size === 0) this.#forgetNode(room, node);
  }

  /** Who is in a room, on all nodes. */
  present(room: string): PresenceRecord[] {
    const records: PresenceRecord[] = [];
    for (const [node, persons] of this.#presence.get(room) ?? []) {
      for (const [person, data] of persons) records.push({ node, person, data });
    }
    return records;
  }

  /** A node has ended: nobody is present there any more. */
  leave(node: string): void {
    for (const room of this.#presence.keys()) this.#forgetNode(room, node);
  }

  #forgetNode(room: string, node: string): void {
    const nodes = this.#presence.get(room);
    if (nodes?.delete(node) && nodes.size === 0) this.#presence.delete(room);
  }

  #tellAll(): void {
    // What is added meanwhile is told in the same turn, behind the rest.
    for (const tell of this.#told ?? []) tell();
    this.#told = undefined;
  }
}

function guard(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    reportUncaught(error);
  }
}
