// All servers that there are to know, one or the masters of a Cluster: finds them, connects to them, and comes back when
// something is lost. One loop does it all: find, connect, let the owner prepare, be up until there is trouble, begin again.
import { EngineError } from "@ws/rooms";
import { describeAddress } from "./address.ts";
import type { Address } from "./link.ts";
import { Server, type ServerSettings } from "./server.ts";
import { SLOT_COUNT } from "./slot.ts";
import { parseSlots } from "./slot-map.ts";

/** What {@link Servers} are opened with. */
export interface ServersSettings extends ServerSettings {
  readonly seeds: readonly Address[];
  readonly maxReconnectDelayMs: number;
}

/** What {@link Servers} ask of their owner. */
export interface ServersOwner {
  onMessage(channel: string, payload: Buffer): void;
  /** All servers are there: whatever has to be done on them before the engine is up. Where it rejects we begin again. */
  prepare(): Promise<void>;
  onUp(): void;
  /** Told whenever there is trouble or an attempt has failed. */
  onDown(error: Error): void;
}

const FIRST_DELAY_MS = 50;

export class Servers {
  readonly #settings: ServersSettings;
  readonly #owner: ServersOwner;
  readonly #servers = new Map<string, Server>();
  readonly #opening = new Set<Server>();
  /** By slot; of a single server the same one everywhere. */
  #bySlot: readonly Server[] = [];
  /** Settles when the first attempt does, or the one after servers were found to be elsewhere. */
  #attempt = new Turn();
  #trouble = new Turn();
  #pause = new Turn();
  #isClosed = false;
  readonly #loop: Promise<void>;

  constructor(settings: ServersSettings, owner: ServersOwner) {
    this.#settings = settings;
    this.#owner = owner;
    this.#loop = this.#keepUp();
  }

  /** The server for a slot, once the attempt that is under way has settled. Rejects with an EngineError where there is none. */
  async find(slot: number): Promise<Server> {
    await this.#attempt.promise;
    return this.get(slot);
  }

  /** The same, of what is known now. */
  get(slot: number): Server {
    const server = this.#bySlot[slot];
    if (server?.isOpen !== true)
      throw new EngineError("ENGINE_DOWN", "Cannot use the engine: Redis is not there");
    return server;
  }

  /** Something is not where it was, or not as it was: looks anew, and whoever asks meanwhile waits for it. */
  renew(error: Error): void {
    if (this.#attempt.isOver) this.#attempt = new Turn();
    this.#trouble.end(error);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const server of [...this.#servers.values(), ...this.#opening]) server.close();
    this.#bySlot = [];
    for (const turn of [this.#attempt, this.#trouble, this.#pause]) turn.end();
    await this.#loop;
  }

  async #keepUp(): Promise<void> {
    for (let failures = 0; !this.#isClosed;) {
      const trouble = (this.#trouble = new Turn());
      let upSince = performance.now();
      let error: Error | undefined;
      try {
        await this.#connect();
        await this.#owner.prepare();
        if (!trouble.isOver) {
          upSince = performance.now();
          this.#owner.onUp();
          this.#attempt.end();
        }
        error = await trouble.promise;
      } catch (thrown) {
        error = thrown as Error;
        this.#attempt.end();
      }
      if (this.#isClosed) break;
      this.#owner.onDown(error ?? new Error("Redis was lost"));
      // What was up for long is tried again at once.
      if (performance.now() - upSince > this.#settings.maxReconnectDelayMs) failures = 0;
      else await this.#wait(++failures);
    }
    for (const server of this.#servers.values()) server.close();
  }

  /** Finds out who serves what, connects to whom we are not connected, and lets go of the others. */
  async #connect(): Promise<void> {
    for (const [name, server] of this.#servers) if (!server.isOpen) this.#servers.delete(name);
    const known = await this.#any();
    if (!known.isCluster) {
      this.#bySlot = Array.from<Server>({ length: SLOT_COUNT }).fill(known);
      return;
    }
    const ranges = parseSlots(await known.call("CLUSTER", ["SLOTS"]), known.address);
    const needed = new Map(ranges.map(({ host, port }) => [describeAddress({ host, port }), { host, port }]));
    // All of them to their end: what one attempt still opens must not meet the next.
    const opened = await Promise.allSettled([...needed.values()].map((address) => this.#open(address)));
    for (const result of opened) if (result.status === "rejected") throw result.reason;
    for (const [name, server] of this.#servers) {
      if (needed.has(name)) continue;
      this.#servers.delete(name);
      server.close();
    }
    const bySlot = Array.from<Server>({ length: SLOT_COUNT });
    for (const { from, to, host, port } of ranges) {
      bySlot.fill(this.#servers.get(describeAddress({ host, port }))!, from, to + 1);
    }
    this.#bySlot = bySlot;
  }

  /** A server that can be asked for the others: one we are connected to, or the first of those we were told of that answers. */
  async #any(): Promise<Server> {
    const [open] = this.#servers.values();
    if (open !== undefined) return open;
    const errors: unknown[] = [];
    const before = [...new Set(this.#bySlot)].map(({ address }) => address);
    for (const address of [...this.#settings.seeds, ...before]) {
      try {
        return await this.#open(address);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    throw new AggregateError(errors, errors.map((error) => (error as Error).message).join("; "));
  }

  async #open(address: Address): Promise<Server> {
    const name = describeAddress(address);
    const there = this.#servers.get(name);
    if (there?.isOpen === true) return there;
    const server = new Server(address, this.#settings, {
      onMessage: (channel, payload) => this.#owner.onMessage(channel, payload),
      onTrouble: (_, error) => this.#trouble.end(error),
    });
    this.#opening.add(server);
    try {
      await server.open();
    } finally {
      this.#opening.delete(server);
    }
    this.#servers.set(name, server);
    return server;
  }

  async #wait(failures: number): Promise<void> {
    const ms = Math.min(this.#settings.maxReconnectDelayMs, FIRST_DELAY_MS * 2 ** (failures - 1));
    this.#pause = new Turn();
    // Spread, so that the nodes of a Redis that restarts do not all come at once.
    const timer = setTimeout(() => this.#pause.end(), ms * (0.5 + Math.random() / 2));
    await this.#pause.promise;
    clearTimeout(timer);
  }
}

/** Something to wait for that comes once, with or without an error to tell. */
class Turn {
  readonly promise: Promise<Error | undefined>;
  #resolve!: (error: Error | undefined) => void;
  #isOver = false;

  constructor() {
    this.promise = new Promise((resolve) => (this.#resolve = resolve));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  end(error?: Error): void {
    this.#isOver = true;
    this.#resolve(error);
  }
}
