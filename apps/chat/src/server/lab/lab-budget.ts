// What one person, and one address, may ask of the lab: bytes to echo, bytes to craft, connections at the same time. Forgets those
// who have their whole allowance back, so that its size is bounded by who is active.
import { TokenBucket } from "@ws/connection";
import { LAB_LIMITS } from "../../shared/lab/lab-limits.ts";

const CRAFT_BURST = 120;
const CRAFTS_PER_SECOND = 4;
/** How many people may share an address. */
const PEOPLE_PER_ADDRESS = 4;
const MAX_ENTRIES = 10_000;

interface Allowance {
  readonly bytes: TokenBucket;
  readonly crafts: TokenBucket;
  connections: number;
}

/** Who asks. */
export interface LabGuest {
  readonly personKey: string;
  readonly address: string;
}

export class LabBudget {
  readonly #people = new Map<string, Allowance>();
  readonly #addresses = new Map<string, Allowance>();
  readonly #maxConnectionsPerPerson: number;
  readonly #now: () => number;

  /** @param now a clock that never goes back, in milliseconds */
  constructor(maxConnectionsPerPerson: number, now: () => number = () => performance.now()) {
    this.#maxConnectionsPerPerson = maxConnectionsPerPerson;
    this.#now = now;
  }

  /** Counts a connection; undefined where there are too many, else what is to be called when it has ended. */
  enter(guest: LabGuest): (() => void) | undefined {
    const [person, address] = this.#of(guest);
    if (person.connections >= this.#maxConnectionsPerPerson) return undefined;
    if (address.connections >= PEOPLE_PER_ADDRESS * this.#maxConnectionsPerPerson) return undefined;
    person.connections++;
    address.connections++;
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      person.connections--;
      address.connections--;
    };
  }

  /** 0, or how many milliseconds until so many bytes may be echoed. */
  spendBytes(guest: LabGuest, bytes: number): number {
    const [person, address] = this.#of(guest);
    return person.bytes.take(bytes) || address.bytes.take(bytes);
  }

  /** 0, or how many milliseconds until bytes may be crafted. */
  spendCraft(guest: LabGuest): number {
    const [person, address] = this.#of(guest);
    return person.crafts.take() || address.crafts.take();
  }

  #of({ personKey, address }: LabGuest): readonly [Allowance, Allowance] {
    return [
      entry(this.#people, personKey, 1, this.#now),
      entry(this.#addresses, address, PEOPLE_PER_ADDRESS, this.#now),
    ];
  }
}

function entry(map: Map<string, Allowance>, key: string, share: number, now: () => number): Allowance {
  let allowance = map.get(key);
  if (allowance !== undefined) return allowance;
  if (map.size >= MAX_ENTRIES) {
    for (const [other, { bytes, crafts, connections }] of map) {
      if (connections === 0 && bytes.isFull && crafts.isFull) map.delete(other);
    }
    // Somebody makes sessions by the thousand: then who has no connection begins anew, all at once.
    if (map.size >= MAX_ENTRIES) {
      for (const [other, { connections }] of map) if (connections === 0) map.delete(other);
    }
  }
  allowance = {
    bytes: new TokenBucket(share * LAB_LIMITS.burstBytes, share * LAB_LIMITS.bytesPerSecond, now),
    crafts: new TokenBucket(share * CRAFT_BURST, share * CRAFTS_PER_SECOND, now),
    connections: 0,
  };
  map.set(key, allowance);
  return allowance;
}
