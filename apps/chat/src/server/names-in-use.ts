// Names are unique among those present, over all nodes: whoever uses one is present in a room of the engine that stands for the name,
// until some seconds after their last connection. Knows people and names; not sessions, not the rooms where people talk.
import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { RoomLog } from "@ws/rooms";
import { nameKey } from "../shared/names.ts";
import type { Person } from "../shared/person.ts";
import { NAME_ROOMS } from "./engine.ts";
import { Lanes } from "./lanes.ts";

const NOTHING = new Uint8Array();
/** How often two who want the same name at the same moment step back and try again. */
const ATTEMPTS = 4;
const MAX_STEP_BACK_MS = 100;

interface Use {
  readonly person: Person;
  connections: number;
  timer: NodeJS.Timeout | undefined;
}

export class NamesInUse {
  readonly #log: RoomLog;
  readonly #graceMs: number;
  /** Of this node, by room. */
  readonly #uses = new Map<string, Use>();
  /** What is under way about a name, one after the other. */
  readonly #lanes = new Lanes();
  /** Whose going the engine was not told. */
  readonly #owed = new Map<string, string>();
  readonly #unwatch: () => void;

  constructor(log: RoomLog, graceMs: number) {
    this.#log = log;
    this.#graceMs = graceMs;
    this.#unwatch = log.watch({ onStatus: (status) => status === "up" && void this.#tellAgain() });
  }

  /** How many are in use by people of this node. */
  get size(): number {
    return this.#uses.size;
  }

  /**
   * This person goes by their name now, and for a moment after the last `hold` of it has ended.
   *
   * @returns false where somebody else does
   * @throws EngineError where that cannot be known
   */
  claim(person: Person): Promise<boolean> {
    const room = roomOf(person.name);
    return this.#lanes.run(room, async () => {
      const use = this.#uses.get(room);
      if (use !== undefined) {
        if (use.person.key !== person.key) return false;
        this.#startGrace(room, use);
        return true;
      }
      if (!(await this.#enter(room, person.key))) return false;
      const mine = { person, connections: 0, timer: undefined };
      this.#uses.set(room, mine);
      this.#startGrace(room, mine);
      return true;
    });
  }

  /** The engine is down: it is told of the claim when it is up. False where somebody else of this node has the name. */
  assume(person: Person): boolean {
    const room = roomOf(person.name);
    const use = this.#uses.get(room);
    if (use !== undefined) return use.person.key === person.key;
    const mine = { person, connections: 0, timer: undefined };
    this.#uses.set(room, mine);
    this.#startGrace(room, mine);
    return true;
  }

  /** A connection of somebody whose claim was good. @returns what to call at its end, once */
  hold(person: Person): () => void {
    const room = roomOf(person.name);
    const use = this.#uses.get(room);
    if (use?.person.key !== person.key) return () => {};
    use.connections++;
    clearTimeout(use.timer);
    return () => {
      use.connections--;
      if (this.#uses.get(room) === use) this.#startGrace(room, use);
    };
  }

  /** The person has left for good: the name is free at once. */
  async release(person: Person): Promise<void> {
    const room = roomOf(person.name);
    if (this.#uses.get(room)?.person.key === person.key) await this.#giveBack(room);
  }

  async close(): Promise<void> {
    this.#unwatch();
    for (const { timer } of this.#uses.values()) clearTimeout(timer);
    await Promise.all([...this.#uses.keys()].map((room) => this.#giveBack(room)));
  }

  /**
   * Comes in and looks around: of two who do that at the same time the later one at least sees the other, so never both stay. Where
   * both saw each other both step back, for a random time.
   */
  async #enter(room: string, key: string): Promise<boolean> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await this.#isOthers(room, key)) return false;
      try {
        await this.#log.enter(room, key, NOTHING);
        if (!(await this.#isOthers(room, key))) return true;
      } catch (error) {
        // Whether we are in is not known, and nobody would ever take us out.
        await this.#exit(room, key);
        throw error;
      }
      await this.#exit(room, key);
      await wait(Math.random() * MAX_STEP_BACK_MS);
    }
    return false;
  }

  async #isOthers(room: string, key: string): Promise<boolean> {
    return (await this.#log.present(room)).some(({ person }) => person !== key);
  }

  #startGrace(room: string, use: Use): void {
    clearTimeout(use.timer);
    if (use.connections > 0) return;
    use.timer = setTimeout(() => {
      use.timer = undefined;
      // Whoever came back while this waited for its turn has a connection again, or another grace.
      void this.#giveBack(room, () => use.connections === 0 && use.timer === undefined);
    }, this.#graceMs);
    use.timer.unref();
  }

  #giveBack(room: string, isOver: () => boolean = () => true): Promise<void> {
    return this.#lanes.run(room, async () => {
      const use = this.#uses.get(room);
      if (use === undefined || !isOver()) return;
      clearTimeout(use.timer);
      this.#uses.delete(room);
      await this.#exit(room, use.person.key);
    });
  }

  async #exit(room: string, key: string): Promise<void> {
    try {
      await this.#log.exit(room, key);
    } catch {
      this.#owed.set(room, key);
    }
  }

  /** The engine was down, and has forgotten who is present; or has not, and was not told who has gone. */
  async #tellAgain(): Promise<void> {
    const owed = [...this.#owed];
    this.#owed.clear();
    for (const [room, key] of owed) {
      await this.#lanes.run(room, async () => {
        if (this.#uses.get(room)?.person.key !== key) await this.#exit(room, key);
      });
    }
    for (const [room, { person }] of this.#uses) {
      // Where it is down again we are called again.
      await this.#log.enter(room, person.key, NOTHING).catch(() => {});
    }
  }
}

/** Of whatever length the name is as it is compared, a room has a name that engines take. */
function roomOf(name: string): string {
  return NAME_ROOMS + createHash("sha256").update(nameKey(name)).digest("base64url");
}
