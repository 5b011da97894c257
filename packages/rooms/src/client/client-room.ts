// One room of a client, as the application uses it.
import { ownEntry, type RoomKind, unknownName } from "../definition/define-rooms.ts";
import type {
  EventInput,
  EventName,
  Heard,
  HeardName,
  PresenceInput,
  PresenceOutput,
  SignalInput,
  SignalName,
} from "../definition/names-of.ts";
import { expectValid } from "../definition/standard-schema.ts";
import { RoomError } from "../room-error.ts";
import type { Position } from "../room-log.ts";
import type { ClientMessage, ServerMessage, WireEntry } from "../wire/messages.ts";
import type { ClientHost } from "./client-host.ts";
import type { HeardInfo, HistoryEntry, HistoryPage, HistoryRange } from "./heard.ts";
import { HeardMessages } from "./heard-messages.ts";
import { InOrder } from "../in-order.ts";
import { Listeners } from "./listeners.ts";
import { Membership, type MembershipState } from "./membership.ts";
import type { Publication } from "./publish-queue.ts";
import { type PublishMessageOptions, RoomOutbox } from "./room-outbox.ts";
import { OwnPresence } from "./own-presence.ts";
import type { RoomChange } from "./room-change.ts";
import { sayLeave } from "./say-leave.ts";
import { RoomPeople } from "./room-people.ts";

/** How a room is joined. */
export interface JoinOptions {
  /** What is known of it already, from another time: what was said since is told, or that there is a gap. Default: nothing. */
  readonly since?: Position;
  /** Whether to be told who is there. Default: `false`. */
  readonly presence?: boolean;
}

/**
 * A room that a client is in, again after each break, until it leaves. Add listeners in the same turn in which it is joined: what is
 * said before somebody listens is not kept.
 */
export class ClientRoom<Kind extends RoomKind> {
  /** The name of the room. */
  readonly name: string;
  /** Resolves when it is joined for the first time; rejects with a RoomError where it is refused, or left before. */
  readonly joined: Promise<void>;

  readonly #host: ClientHost;
  readonly #kind: RoomKind;
  readonly #membership: Membership;
  readonly #outbox: RoomOutbox;
  readonly #inOrder = new InOrder();
  readonly #changes: Listeners<[RoomChange<PresenceOutput<Kind>>]> = new Listeners();
  readonly #heard: HeardMessages;
  readonly #people: RoomPeople<PresenceOutput<Kind>>;
  readonly #presence: OwnPresence;

  /** Get one from `RoomClient.join`. */
  constructor(name: string, kind: RoomKind, host: ClientHost, { since, presence = false }: JoinOptions) {
    this.name = name;
    this.#host = host;
    this.#kind = kind;
    let resolveJoined!: () => void;
    let rejectJoined!: (error: RoomError) => void;
    this.joined = new Promise((resolve, reject) => {
      resolveJoined = resolve;
      rejectJoined = reject;
    });
    // Whoever does not wait for it hears of it as a change.
    this.joined.catch(() => {});
    this.#heard = new HeardMessages(kind, (error) => this.#changes.call({ type: "unreadable", error }));
    this.#people = new RoomPeople(name, kind, (change) => this.#changes.call(change));
    this.#presence = new OwnPresence(name, host, () => this.state);
    this.#membership = new Membership(name, host, {
      since,
      presence,
      isFull: () => this.#inOrder.waiting >= host.options.maxUnvalidated,
      whenIdle: (then) => this.#inOrder.whenIdle(then),
      listener: {
        onJoined: (position) => {
          this.#tell({ type: "joined", position });
          this.#inOrder.run(resolveJoined);
          this.#presence.announce();
        },
        onPeople: (people, total) => this.#inOrder.run(() => this.#people.replace(people, total)),
        onInterrupted: (error) => this.#tell({ type: "interrupted", error }),
        onRecovered: (position, missed) => this.#tell({ type: "recovered", position, missed }),
        onGap: (from, position) => this.#tell({ type: "gap", from, position }),
        onEntry: (entry, epoch) => this.#inOrder.run(() => this.#onEntry(entry, epoch)),
        onLeft: (error) => {
          const reason = error ?? new RoomError("NOT_JOINED", `Cannot be in the room "${name}": it was left`);
          this.#outbox.close(reason);
          this.#presence.close(reason);
          this.#tell(error === undefined ? { type: "left" } : { type: "left", error });
          this.#inOrder.run(() => rejectJoined(reason));
          host.forget(name);
        },
      },
    });
    this.#outbox = new RoomOutbox(name, kind, host);
  }

  /** `"joining"` also after a break; `"left"` for good. */
  get state(): MembershipState {
    return this.#membership.state;
  }

  /** Up to where everything was heard. Worth keeping: a client that is made later may join `since` it. */
  get position(): Position | undefined {
    return this.#membership.position;
  }

  /** Who is there, where that was asked for. */
  get people(): ReadonlyMap<string, PresenceOutput<Kind>> {
    return this.#people.known;
  }

  /** How many are there, those too that the server does not tell by name because they are more than its `maxPeople`. */
  get peopleTotal(): number {
    return this.#people.total;
  }

  /**
   * Listens to an event or a signal.
   *
   * @returns what ends it
   */
  on<Name extends HeardName<Kind>>(
    name: Name,
    listener: (data: Heard<Kind, Name>, info: HeardInfo) => void,
  ): () => void {
    return this.#heard.listen(name, listener);
  }

  /**
   * Listens to what happens to the room: joined, interrupted, recovered, gap, left, and who comes and goes. All of it and what is said
   * comes in one order.
   *
   * @returns what ends it
   */
  observe(listener: (change: RoomChange<PresenceOutput<Kind>>) => void): () => void {
    return this.#changes.add(listener);
  }

  /**
   * Publishes a message that is remembered. It waits for a connection where there is none, is sent again after a break, and is published
   * once. What this client publishes in this room keeps its order. The data must not change before the result is there.
   *
   * @throws RoomError `UNKNOWN_NAME`, or `INVALID` where the validator says so at once; TypeError or RangeError for what no server takes
   */
  publish<Name extends EventName<Kind>>(
    event: Name,
    data: EventInput<Kind, Name>,
    options?: PublishMessageOptions,
  ): Publication {
    return this.#outbox.publish(event, data, options);
  }

  /**
   * Tells those who are there now; it is not remembered, and not sent again.
   *
   * @returns resolves when it is on its way; rejects with a RoomError
   */
  async signal<Name extends SignalName<Kind>>(event: Name, data: SignalInput<Kind, Name>): Promise<void> {
    const schema = ownEntry(this.#kind.signals, event);
    if (schema === undefined) throw unknownName("signal", event);
    await expectValid(schema, data, `signal "${event}"`);
    await this.#ask((id) => ({ type: "signal", id, room: this.name, event, data }), false);
  }

  /**
   * Reads what is remembered.
   *
   * @throws RoomError
   */
  async history({ before, after, limit }: HistoryRange = {}): Promise<HistoryPage<Kind>> {
    const answer = await this.#ask(
      (id) => ({
        type: "history",
        id,
        room: this.name,
        before,
        after,
        limit: limit ?? this.#host.serverLimits()?.page ?? 100,
      }),
      true,
    );
    if (answer.type !== "page") throw nonsense();
    const { epoch, first, last } = answer;
    const entries: HistoryEntry<Kind>[] = [];
    for (const { seq, id, event, data, time, from } of answer.entries) {
      const validated = await this.#heard.read(event, data);
      if (validated.error !== undefined) this.#tell({ type: "unreadable", error: validated.error });
      else {
        const position = { epoch, seq };
        entries.push({ event, data: validated.value, position, time, id, from } as HistoryEntry<Kind>);
      }
    }
    return { entries, epoch, first, last };
  }

  /**
   * Enters as a person, or says something else of oneself; again by itself after each break.
   *
   * @returns resolves when it is known; rejects with a RoomError where it is refused
   */
  async enter(data: PresenceInput<Kind>): Promise<void> {
    await this.#people.check(data);
    await this.#presence.enter(data);
  }

  /** Is not there any more, but goes on listening. */
  async exit(): Promise<void> {
    if (!this.#presence.exit()) return;
    if (this.state === "joined") await this.#ask((id) => ({ type: "exit", id, room: this.name }), false);
  }

  /** Leaves for good; messages that were not published fail. */
  leave(): void {
    if (this.#membership.end(undefined)) sayLeave(this.name, this.#host);
  }

  // For the client

  /** @internal */
  wake(): void {
    this.#membership.wake();
    this.#outbox.wake();
  }

  /** @internal */
  interrupt(error: RoomError): void {
    this.#membership.interrupt(error);
  }

  /** @internal */
  end(error: RoomError): void {
    this.#membership.end(error);
  }

  /** @internal */
  receive(message: Extract<ServerMessage, { readonly room: string }>): void {
    // It is told again when there is room.
    if (message.type !== "left" && !this.#membership.hasRoom()) return;
    switch (message.type) {
      case "entry":
        return this.#membership.onEntry(message);
      case "entries":
        return this.#membership.onEntries(message);
      case "gap":
        return this.#membership.onGap({ epoch: message.epoch, seq: message.seq });
      case "left":
        return this.#membership.onLeft(
          new RoomError(message.code ?? "KICKED", message.message ?? "Cannot stay in the room"),
        );
      case "signal": {
        const { event, data, from } = message;
        const info = { from, position: undefined, time: undefined, id: undefined };
        return this.#inOrder.run(() => this.#heard.tell(event, data, info));
      }
      case "presence":
        return this.#inOrder.run(() => this.#people.change(message));
      case "joined":
    }
  }

  #onEntry(entry: WireEntry, epoch: string): void | Promise<void> {
    const { event, data, from, id, time, seq } = entry;
    return this.#heard.tell(event, data, { from, id, time, position: { epoch, seq } });
  }

  #ask(build: (id: number) => ClientMessage, mayWait: boolean): Promise<ServerMessage> {
    const { asker, options } = this.#host;
    return new Promise((resolve, reject) => {
      asker.ask({ build, timeoutMs: options.answerTimeoutMs, mayWait, onAnswer: resolve, onError: reject });
    });
  }

  #tell(change: RoomChange<PresenceOutput<Kind>>): void {
    this.#inOrder.run(() => this.#changes.call(change));
  }
}

function nonsense(): RoomError {
  return new RoomError("MALFORMED", "Cannot read the server's answer: it makes no sense");
}
