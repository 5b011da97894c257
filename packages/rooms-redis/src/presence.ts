// Who is in a room, on which node: a hash per room, and one key per node that expires unless it is renewed, its lease. A lease
// has a name of its own each time it is taken, and records count under the lease that they were made under: what a node could
// not take back while it was cut off is void once it is there again. Owns the timer that renews the lease.
import type { PresenceRecord } from "@ws/rooms";
import { escapeName, randomName, unescapeName } from "@ws/rooms/engine";
import { copy } from "./entry.ts";
import { leaseName } from "./room-names.ts";
import { script } from "./script.ts";
import type { Argument } from "./link.ts";
import type { Script } from "./script.ts";

/** Does something on the server of a slot. */
export interface Commands {
  call(slot: number, command: string, args: readonly Argument[]): Promise<unknown>;
  evaluate(
    slot: number,
    script: Script,
    keys: readonly string[],
    args: readonly Argument[],
  ): Promise<unknown>;
}

/** What a {@link Presence} is made with. */
export interface PresenceSettings {
  readonly node: string;
  readonly prefix: string;
  readonly leaseMs: number;
  /** How long a room keeps records that nobody makes, takes back or asks for. */
  readonly forgetMs: number;
}

/** Where a room's records are. */
export interface PresencePlace {
  readonly presence: string;
  readonly slot: number;
}

const LEASE_LENGTH = randomName().length;
const NODE_LENGTH = LEASE_LENGTH;
const CLEANED_AT_ONCE = 500;

/** Removes records, unless they were made anew meanwhile. */
const CLEAN_SCRIPT = script(`
for i = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then redis.call('HDEL', KEYS[1], ARGV[i]) end
end
`);

export class Presence {
  readonly #settings: PresenceSettings;
  readonly #commands: Commands;
  readonly #onLost: (error: Error) => void;
  #lease = "";
  #timer: NodeJS.Timeout | undefined;

  /** @param onLost told when the lease has expired, and all that was entered with it */
  constructor(settings: PresenceSettings, commands: Commands, onLost: (error: Error) => void) {
    this.#settings = settings;
    this.#commands = commands;
    this.#onLost = onLost;
  }

  /** Takes a new lease: records from before count no more. */
  async takeLease(): Promise<void> {
    const { prefix, node, leaseMs } = this.#settings;
    const { key, slot } = leaseName(prefix, node);
    const lease = randomName();
    await this.#commands.call(slot, "SET", [key, lease, "PX", leaseMs]);
    this.#lease = lease;
    clearInterval(this.#timer);
    // Also while the engine is down: on a Cluster this key may be on a server that is not.
    this.#timer = setInterval(() => void this.#renew(key, slot), leaseMs / 3);
    this.#timer.unref();
  }

  /** What was entered counts no more, at once. */
  async giveUp(): Promise<void> {
    clearInterval(this.#timer);
    const { key, slot } = leaseName(this.#settings.prefix, this.#settings.node);
    await this.#commands.call(slot, "DEL", [key]);
  }

  async enter(place: PresencePlace, person: string, data: Uint8Array): Promise<void> {
    const value = Buffer.concat([Buffer.from(this.#lease), data]);
    // Written one after the other into one link, so that they stay together.
    await Promise.all([
      this.#commands.call(place.slot, "HSET", [place.presence, this.#field(person), value]),
      this.#commands.call(place.slot, "PEXPIRE", [place.presence, this.#settings.forgetMs]),
    ]);
  }

  async exit(place: PresencePlace, person: string): Promise<void> {
    await this.#commands.call(place.slot, "HDEL", [place.presence, this.#field(person)]);
  }

  /** @param onFault told of what is no record of ours */
  async present(
    place: PresencePlace,
    maxDataBytes: number,
    onFault: (reason: string) => void,
  ): Promise<readonly PresenceRecord[]> {
    const [reply] = await Promise.all([
      this.#commands.call(place.slot, "HGETALL", [place.presence]),
      this.#commands.call(place.slot, "PEXPIRE", [place.presence, this.#settings.forgetMs]),
    ]);
    const found = parseRecords(reply, maxDataBytes, onFault);
    const leases = await this.#leasesOf(new Set(found.map(({ node }) => node)));
    const records: PresenceRecord[] = [];
    const dead: Buffer[] = [];
    for (const { node, person, lease, data, raw } of found) {
      if (leases.get(node) === lease) records.push({ node, person, data });
      else if (dead.length < 2 * CLEANED_AT_ONCE) dead.push(...raw);
    }
    if (dead.length > 0) {
      // Nobody waits for it, and whoever asks next does it again.
      this.#commands.evaluate(place.slot, CLEAN_SCRIPT, [place.presence], dead).catch(() => {});
    }
    return records;
  }

  /** Leases lie in other slots than the room: each is asked for by itself, all at once. */
  async #leasesOf(nodes: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
    const leases = await Promise.all(
      [...nodes].map(async (node) => {
        const { key, slot } = leaseName(this.#settings.prefix, node);
        return [node, String(await this.#commands.call(slot, "GET", [key]))] as const;
      }),
    );
    return new Map(leases);
  }

  #field(person: string): string {
    return this.#settings.node + escapeName(person);
  }

  async #renew(key: string, slot: number): Promise<void> {
    const lease = this.#lease;
    try {
      const reply = await this.#commands.call(slot, "SET", [key, lease, "PX", this.#settings.leaseMs, "XX"]);
      if (reply === null && lease === this.#lease) {
        this.#onLost(new Error(`The lease of this node has expired after ${this.#settings.leaseMs} ms`));
      }
    } catch {
      // The link has been lost, and a new lease is taken with the next.
    }
  }
}

interface FoundRecord extends PresenceRecord {
  readonly lease: string;
  /** As it is there: its field and its value. */
  readonly raw: readonly [Buffer, Buffer];
}

function parseRecords(
  reply: unknown,
  maxDataBytes: number,
  onFault: (reason: string) => void,
): FoundRecord[] {
  const found: FoundRecord[] = [];
  const list = Array.isArray(reply) ? (reply as unknown[]) : [];
  for (let i = 0; i + 1 < list.length; i += 2) {
    const [field, value] = [list[i], list[i + 1]];
    if (!Buffer.isBuffer(field) || !Buffer.isBuffer(value)) continue;
    const node = field.toString("latin1", 0, NODE_LENGTH);
    const person = unescapeName(field.toString("latin1", NODE_LENGTH));
    if (!/^[0-9a-f]{32}$/.test(node) || person === undefined) {
      onFault("a record has a name that is not one of ours");
    } else if (value.length < LEASE_LENGTH || value.length > LEASE_LENGTH + maxDataBytes) {
      onFault(`a record has ${value.length} bytes`);
    } else {
      const lease = value.toString("latin1", 0, LEASE_LENGTH);
      found.push({ node, person, lease, data: copy(value.subarray(LEASE_LENGTH)), raw: [field, value] });
    }
  }
  return found;
}
