// One member: a connection that comes back to whatever node is there, rooms joined over it, messages published, and everything
// that is told about them written down.
import { connect, type ConnectOptions, ReconnectingConnection } from "@ws/client";
import {
  type ClientRoom,
  type PublishResult,
  RoomClient,
  type RoomChange,
  SUBPROTOCOL,
} from "@ws/rooms/client";
import type { Acknowledged, Book, Ledger } from "../judge/book.ts";
import { KEEP_ALIVE } from "../node/keep-alive.ts";
import { type ChaosDefinition, type ChaosRoom, protocol, type RoomName } from "../protocol.ts";
import type { Random, Span } from "../random.ts";
import type { Tally } from "./tally.ts";

export interface MemberSettings {
  readonly name: string;
  readonly books: readonly Book[];
  readonly tally: Tally;
  readonly random: Random;
  /** Where a node is, anew for each attempt. @throws Error where there is none */
  readonly findNode: () => string;
}

interface Place {
  readonly book: Book;
  readonly ledger: Ledger;
  readonly room: ClientRoom<ChaosDefinition["rooms"][ChaosRoom]>;
  published: number;
}

const BURST: Span = [1, 4];
const PADDING = "x".repeat(64);

export class Member {
  readonly #settings: MemberSettings;
  readonly #socket: ReconnectingConnection<ConnectOptions>;
  readonly #client: RoomClient<ChaosDefinition>;
  readonly #places: readonly Place[];
  #timer: NodeJS.Timeout | undefined;
  #open = 0;

  constructor(settings: MemberSettings) {
    const { name, books, tally, random, findNode } = settings;
    this.#settings = settings;
    this.#socket = new ReconnectingConnection<ConnectOptions>({
      connect,
      url: () => `${findNode()}/${name}`,
      options: { protocols: [SUBPROTOCOL], ...KEEP_ALIVE },
      baseDelayMs: 100,
      maxDelayMs: 2000,
      minUptimeMs: 1000,
      attemptTimeoutMs: 4000,
      random: () => random.next(),
    });
    this.#client = new RoomClient(protocol, this.#socket, { welcomeTimeoutMs: 4000 });
    this.#client.observe((change) => {
      if (change.type === "fault") tally.faults.push(`${name}: ${change.error.message}`);
      if (change.type === "interrupted") tally.interruptions++;
    });
    this.#places = books.map((book) => this.#enter(book));
  }

  /** In all its rooms, for the first time. */
  async joined(): Promise<void> {
    await Promise.all(this.#places.map(({ room }) => room.joined));
  }

  /** Is connected and in all its rooms at this moment. */
  get isThere(): boolean {
    return this.#client.state === "open" && this.#places.every(({ room }) => room.state === "joined");
  }

  /** Published messages whose fate is not known. */
  get open(): number {
    return this.#open;
  }

  /** Publishes a few messages in one of its rooms, again and again, about every `paceMs`. */
  publishEvery(paceMs: number): void {
    const { random } = this.#settings;
    this.#timer = setTimeout(
      () => {
        const place = random.pick(this.#places)!;
        for (let left = Math.floor(random.within(BURST)); left > 0; left--) this.#publish(place);
        this.publishEvery(paceMs);
      },
      random.within([paceMs / 2, (paceMs * 3) / 2]),
    );
  }

  stopPublishing(): void {
    clearTimeout(this.#timer);
  }

  close(): void {
    this.stopPublishing();
    this.#client.close();
  }

  #enter(book: Book): Place {
    const { name } = this.#settings;
    const room = this.#client.join(book.room as RoomName);
    const ledger: Ledger = { member: name, start: undefined, happenings: [] };
    book.ledgers.push(ledger);
    room.on("message", ({ number }, { from, position, time }) => {
      ledger.happenings.push({
        type: "message",
        publisher: from!,
        number,
        position: position!,
        timeMs: time!,
      });
    });
    room.observe((change) => this.#note(change, ledger, book.room));
    return { book, ledger, room, published: 0 };
  }

  #note(change: RoomChange, ledger: Ledger, room: string): void {
    const { tally, name } = this.#settings;
    switch (change.type) {
      case "joined":
        ledger.start ??= change.position;
        return;
      case "gap":
        ledger.happenings.push({
          type: "gap",
          from: change.from,
          position: change.position,
          atMs: Date.now(),
        });
        return;
      case "recovered":
        tally.recoveries++;
        tally.recovered += change.missed;
        return;
      case "unreadable":
      case "left":
        tally.faults.push(`${name} in ${room}: ${change.type} ${change.error?.message ?? ""}`);
        return;
      case "interrupted":
      case "people":
      case "presence":
    }
  }

  #publish(place: Place): void {
    const { name, tally } = this.#settings;
    const { book, room } = place;
    const number = place.published++;
    const sentMs = Date.now();
    let isRetried = false;
    const { result } = room.publish(
      "message",
      { number, padding: PADDING },
      {
        id: `n${number}`,
        onState: (state) => {
          if (state !== "retrying" || isRetried) return;
          isRetried = true;
          tally.retried++;
        },
      },
    );
    tally.published++;
    book.published.set(name, place.published);
    this.#open++;
    void this.#settle(place, { publisher: name, number, sentMs }, result);
  }

  async #settle(
    { book }: Place,
    message: Omit<Acknowledged, "position">,
    result: Promise<PublishResult>,
  ): Promise<void> {
    const { tally } = this.#settings;
    const settled = await result;
    this.#open--;
    if (settled.status === "delivered") {
      tally.acknowledged++;
      if (settled.isDuplicate) tally.repeated++;
      book.acknowledged.push({ ...message, position: settled.position });
    } else {
      const { code } = settled.error;
      tally.failed[code] = (tally.failed[code] ?? 0) + 1;
    }
  }
}
