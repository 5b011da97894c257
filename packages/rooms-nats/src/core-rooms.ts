// Rooms in core NATS, which passes messages on and remembers none. Nobody numbers them for all, so every node counts what it
// hears, under an epoch of its own that begins with listening and ends with every break: what came between cannot be known,
// and a position of another epoch is a gap. Nothing is claimed that is not so.
import { headers, type MsgHdrs } from "@nats-io/transport-node";
import type { Appended, NewEntry, RoomEntry, RoomPage } from "@ws/rooms";
import { randomName } from "@ws/rooms/engine";
import { decodeEntry, entryHeaders } from "./entry-message.ts";
import type { NatsLink } from "./nats-link.ts";
import type { Subjects } from "./subjects.ts";

/** What this node has counted in one room. */
interface Count {
  epoch: string;
  last: number;
}

/** Names one publishing, so that its own echo is known. */
const TICKET = "Room-Ticket";

export class CoreRooms {
  readonly #link: NatsLink;
  readonly #subjects: Subjects;
  readonly #counts = new Map<string, Count>();
  /** Entries of this node that are on their way → the number that they were heard with. */
  readonly #echoes = new Map<string, number | undefined>();
  readonly #node: string;
  #tickets = 0;

  constructor(link: NatsLink, node: string, subjects: Subjects) {
    this.#link = link;
    this.#node = node;
    this.#subjects = subjects;
  }

  refresh(): Promise<void> {
    for (const count of this.#counts.values()) Object.assign(count, begin());
    return Promise.resolve();
  }

  listen(room: string): void {
    this.#counts.set(room, begin());
  }

  leave(room: string): void {
    this.#counts.delete(room);
  }

  /** Resolves when the server has them; whoever listens there has then heard them too. */
  async append(room: string, entries: readonly NewEntry[]): Promise<readonly Appended[]> {
    const { connection } = this.#link;
    const tickets = entries.map((entry) => {
      const ticket = `${this.#node}:${++this.#tickets}`;
      this.#echoes.set(ticket, undefined);
      const head = entryHeaders(room, entry);
      head.set(TICKET, ticket);
      connection.publish(this.#subjects.live(room), entry.data, { headers: head });
      return ticket;
    });
    try {
      await connection.flush();
      // Where nobody listens here, as somebody would have counted who had just begun.
      const { epoch } = this.#counts.get(room) ?? begin();
      return tickets.map((ticket, i) => ({
        epoch,
        seq: this.#echoes.get(ticket) ?? i + 1,
        isDuplicate: false,
      }));
    } finally {
      for (const ticket of tickets) this.#echoes.delete(ticket);
    }
  }

  /** There is nothing to read, and without listening nothing that goes on. */
  async read(room: string): Promise<RoomPage> {
    await this.#link.connection.flush();
    const { epoch, last } = this.#counts.get(room) ?? begin();
    return { epoch, first: last + 1, last, entries: [] };
  }

  decodeLive(room: string, head: MsgHdrs | undefined, data: Uint8Array): RoomEntry | undefined {
    const count = this.#counts.get(room);
    if (count === undefined) return undefined;
    const entry = decodeEntry({ room, epoch: count.epoch, seq: count.last + 1 }, head ?? headers(), data);
    if (entry === undefined) return undefined;
    count.last++;
    const ticket = head?.get(TICKET) ?? "";
    if (this.#echoes.has(ticket)) this.#echoes.set(ticket, entry.seq);
    return entry;
  }
}

function begin(): Count {
  return { epoch: randomName(), last: 0 };
}
