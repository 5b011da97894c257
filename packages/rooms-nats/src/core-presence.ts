// Presence without JetStream: nobody keeps it but the nodes themselves. Each says regularly that it lives, and whoever wants
// to know who is in a room asks all; an answer is complete when every node that is known to live has given its part.
import { createInbox, Empty, headers, type Msg, type Subscription } from "@nats-io/transport-node";
import type { PresenceRecord } from "@ws/rooms";
import type { NatsLink } from "./nats-link.ts";
import type { ResolvedNatsLogOptions } from "./nats-log-options.ts";
import type { Presence } from "./presence.ts";
import { decodeRecord, isNodeName, recordHeaders } from "./presence-record.ts";
import { wholeNumber } from "./entry-message.ts";
import { type Subjects, token } from "./subjects.ts";

const NODE = "Room-Node";
const COUNT = "Room-Count";
const BYE = "Room-Bye";
/** How long others may take to make themselves known to one who has just come, in ms. */
const ACQUAINTANCE_MS = 200;
/** How many nodes are known at most: more is nonsense that somebody sends. */
const MAX_NODES = 10_000;

export class CorePresence implements Presence {
  readonly #link: NatsLink;
  readonly #node: string;
  readonly #options: ResolvedNatsLogOptions;
  readonly #subjects: Subjects;
  /** Room, as its token → person → record. */
  readonly #rooms = new Map<string, Map<string, PresenceRecord>>();
  /** Node → when it was heard of. */
  readonly #heard = new Map<string, number>();
  #subscriptions: Subscription[] = [];
  #timer: NodeJS.Timeout | undefined;
  #acquainted: Promise<void> = Promise.resolve();

  constructor(link: NatsLink, node: string, options: ResolvedNatsLogOptions, subjects: Subjects) {
    this.#link = link;
    this.#node = node;
    this.#options = options;
    this.#subjects = subjects;
  }

  async refresh(): Promise<void> {
    this.#rooms.clear();
    this.#heard.clear();
    const { connection } = this.#link;
    if (this.#subscriptions.length === 0) {
      this.#subscriptions = [
        connection.subscribe(this.#subjects.hello, { callback: (_, message) => this.#greet(message) }),
        connection.subscribe(this.#subjects.who, { callback: (_, message) => this.#answer(message) }),
      ];
    }
    await connection.flush();
    this.#acquainted = new Promise((resolve) => setTimeout(resolve, ACQUAINTANCE_MS).unref());
    // With a place to answer to: others say that they live at once.
    this.#sayHello(this.#subjects.hello);
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      if (this.#link.status === "up") this.#sayHello();
    }, this.#options.leaseMs / 3);
    this.#timer.unref();
  }

  async enter(room: string, person: string, data: Uint8Array): Promise<void> {
    const key = token(room);
    const records = this.#rooms.get(key) ?? new Map<string, PresenceRecord>();
    this.#rooms.set(key, records);
    records.set(person, { node: this.#node, person, data: data.slice() });
    await this.#link.connection.flush();
  }

  async exit(room: string, person: string): Promise<void> {
    const records = this.#rooms.get(token(room));
    records?.delete(person);
    if (records?.size === 0) this.#rooms.delete(token(room));
    await this.#link.connection.flush();
  }

  async present(room: string): Promise<readonly PresenceRecord[]> {
    await this.#acquainted;
    const key = token(room);
    const answers = new Map<string, Answer>();
    return new Promise((resolve) => {
      const inbox = createInbox();
      const end = (): void => {
        clearTimeout(deadline);
        clearInterval(looking);
        subscription.unsubscribe();
        const own = [...(this.#rooms.get(key)?.values() ?? [])];
        resolve([...own, ...[...answers.values()].flatMap(({ records }) => [...records.values()])]);
      };
      const look = (): void => {
        if (this.#alive().every((node) => answers.get(node)?.isComplete === true)) end();
      };
      const subscription = this.#link.connection.subscribe(inbox, {
        callback: (_, message) => {
          this.#take(message, answers);
          look();
        },
      });
      // A node that lives and says nothing is not waited for longer than for any other answer.
      const deadline = setTimeout(end, this.#options.requestTimeoutMs);
      // One that has died meanwhile is not waited for at all.
      const looking = setInterval(look, Math.max(10, this.#options.leaseMs / 10));
      this.#link.connection.publish(this.#subjects.who, new TextEncoder().encode(key), { reply: inbox });
      look();
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#link.status === "down") return;
    const head = headers();
    head.set(NODE, this.#node);
    head.set(BYE, "1");
    try {
      await this.#link.run("say goodbye", async () => {
        this.#link.connection.publish(this.#subjects.hello, Empty, { headers: head });
        await this.#link.connection.flush();
      });
    } catch {
      // The lease ends it.
    }
  }

  #alive(): string[] {
    const limit = performance.now() - this.#options.leaseMs;
    for (const [node, heard] of this.#heard) if (heard < limit) this.#heard.delete(node);
    return [...this.#heard.keys()];
  }

  #sayHello(reply?: string): void {
    const head = headers();
    head.set(NODE, this.#node);
    this.#link.connection.publish(this.#subjects.hello, Empty, {
      headers: head,
      ...(reply === undefined ? {} : { reply }),
    });
  }

  #greet({ headers: head, reply }: Msg): void {
    const node = head?.get(NODE) ?? "";
    if (!isNodeName(node) || node === this.#node) return;
    if (head?.get(BYE) !== "") {
      this.#heard.delete(node);
      return;
    }
    if (this.#heard.size < MAX_NODES || this.#heard.has(node)) this.#heard.set(node, performance.now());
    if (reply === this.#subjects.hello) this.#sayHello();
  }

  #answer(message: Msg): void {
    if (message.reply === undefined) return;
    const records = [...(this.#rooms.get(message.string())?.values() ?? [])];
    for (const { person, data } of records)
      message.respond(data, { headers: recordHeaders(this.#node, person) });
    const head = headers();
    head.set(NODE, this.#node);
    head.set(COUNT, `${records.length}`);
    message.respond(Empty, { headers: head });
  }

  #take({ headers: head, data }: Msg, answers: Map<string, Answer>): void {
    const node = head?.get(NODE) ?? "";
    if (!isNodeName(node) || node === this.#node) return;
    if (!answers.has(node) && answers.size === MAX_NODES) return;
    const answer = answers.get(node) ?? { records: new Map<string, PresenceRecord>(), isComplete: false };
    answers.set(node, answer);
    const count = wholeNumber(head?.get(COUNT) ?? "", Number.MAX_SAFE_INTEGER);
    const record = decodeRecord(head, data);
    if (count !== undefined) answer.isComplete = true;
    else if (record !== undefined) answer.records.set(record.person, record);
  }
}

/** What one node has said; in the order in which it said it, so with the count it is complete. */
interface Answer {
  readonly records: Map<string, PresenceRecord>;
  isComplete: boolean;
}
