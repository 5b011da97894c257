// The TCP connections of a port that no WebSocket connection has: who is there, and who of them owes us a request, in the
// order in which they began to. Over TLS two objects stand for one, and only its name tells that.
import type { Socket } from "node:net";
import { peerName } from "./peer-name.ts";
import type { RequestReader } from "./request-reader.ts";
import { Roster } from "./roster.ts";

/** A TCP connection that was accepted. */
export interface Caller {
  readonly accepted: Socket;
  /** Over TLS. */
  readonly name: string | undefined;
  /** When it began to owe us a request. */
  startedAt: number;
  /** The one that is read: over TLS it comes later. */
  socket: Socket;
  /** Where a request of HTTP/1.1 is read, and a word can be said; not while TLS is not done, nor in HTTP/2. */
  reader: RequestReader | undefined;
}

const CALLER: unique symbol = Symbol("caller");
type Calling = Socket & { [CALLER]?: Caller | undefined };

export class Callers {
  /** Over TLS. Without, a caller is found by its socket: a Map of those costs what a Set does, see roster.ts. */
  readonly #byName: Map<string, Caller> | undefined;
  readonly #owing = new Roster<Caller>();
  readonly #others = new Roster<Caller>();

  constructor(isTls: boolean) {
    this.#byName = isTls ? new Map() : undefined;
  }

  /** Those who owe us a request. */
  get owing(): ReadonlySet<Caller> {
    return this.#owing;
  }

  /** The one that has owed it for longest. */
  get oldestOwing(): Caller | undefined {
    return this.#owing.first;
  }

  get all(): readonly Caller[] {
    return [...this.#owing, ...this.#others];
  }

  /** @returns `undefined` for one that has gone already */
  add(socket: Socket): Caller | undefined {
    let name: string | undefined;
    if (this.#byName !== undefined) {
      name = peerName(socket);
      if (name === undefined) return undefined;
      // A peer that resets may come again from the same port before that is told.
      const before = this.#byName.get(name);
      if (before !== undefined) this.remove(before);
    }
    const caller: Caller = { accepted: socket, name, startedAt: 0, socket, reader: undefined };
    if (name === undefined) (socket as Calling)[CALLER] = caller;
    else this.#byName!.set(name, caller);
    this.#others.add(caller);
    return caller;
  }

  of(socket: Socket): Caller | undefined {
    if (this.#byName === undefined) return (socket as Calling)[CALLER];
    const name = peerName(socket);
    return name === undefined ? undefined : this.#byName.get(name);
  }

  /** It owes us a request, from now on unless it did before. */
  owes(caller: Caller): void {
    if (!this.#others.delete(caller)) return;
    caller.startedAt = performance.now();
    this.#owing.add(caller);
  }

  /** It does not owe us one any more. */
  forgive(caller: Caller): void {
    if (this.#owing.delete(caller)) this.#others.add(caller);
  }

  /** It has ended, or a connection has it. */
  remove(caller: Caller): void {
    if (!this.#owing.delete(caller)) this.#others.delete(caller);
    if (caller.name === undefined) (caller.accepted as Calling)[CALLER] = undefined;
    else if (this.#byName!.get(caller.name) === caller) this.#byName!.delete(caller.name);
  }
}
