// Being in one room: joining, and joining again after each break from where one was. Owns the position: what is not behind it is
// dropped, and where something is missing in between the server is asked for it.
import { RoomError } from "../room-error.ts";
import type { Position } from "../room-log.ts";
import type {
  EntriesMessage,
  EntryMessage,
  JoinedMessage,
  ServerMessage,
  WireEntry,
  WirePerson,
} from "../wire/messages.ts";
import type { ClientHost } from "./client-host.ts";
import { RetryTimer } from "./retry-timer.ts";

/** What a membership tells, in the order in which it happens. */
export interface MembershipListener {
  onJoined(position: Position): void;
  onPeople(people: readonly WirePerson[], total: number): void;
  onInterrupted(error: RoomError): void;
  onRecovered(position: Position, missed: number): void;
  onGap(from: Position, position: Position): void;
  onEntry(entry: WireEntry, epoch: string): void;
  onLeft(error: RoomError | undefined): void;
}

/** `"joining"` whenever the server has to be asked, also after a break; `"left"` for good. */
export type MembershipState = "joining" | "joined" | "left";

export class Membership {
  readonly #room: string;
  readonly #host: ClientHost;
  readonly #listener: MembershipListener;
  readonly #wantsPresence: boolean;
  /** No more can be taken at the moment. */
  readonly #isFull: () => boolean;
  readonly #whenIdle: (then: () => void) => void;
  readonly #retry: RetryTimer = new RetryTimer(() => this.join());
  #state: MembershipState = "joining";
  #position: Position | undefined;
  /** The join that is asked now: what else comes meanwhile comes again. */
  #asking: object | undefined;
  /** While what was missed is told: where it ends, and how much it was. */
  #recovery: { readonly through: number; missed: number } | undefined;

  constructor(
    room: string,
    host: ClientHost,
    {
      since,
      presence,
      isFull,
      whenIdle,
      listener,
    }: {
      since: Position | undefined;
      presence: boolean;
      isFull: () => boolean;
      whenIdle: (then: () => void) => void;
      listener: MembershipListener;
    },
  ) {
    this.#room = room;
    this.#host = host;
    this.#position = since;
    this.#wantsPresence = presence;
    this.#isFull = isFull;
    this.#whenIdle = whenIdle;
    this.#listener = listener;
  }

  get state(): MembershipState {
    return this.#state;
  }

  get position(): Position | undefined {
    return this.#position;
  }

  /** There is a connection, or the engine is up again. */
  wake(): void {
    this.#retry.reset();
    if (this.#state === "joining" && this.#asking === undefined) this.join();
  }

  join(): void {
    if (this.#state === "left" || this.#host.serverLimits() === undefined) return;
    if (this.#isFull()) return this.#whenIdle(() => this.wake());
    this.#retry.stop();
    const asking = {};
    this.#asking = asking;
    this.#recovery = undefined;
    const position = this.#position;
    const presence = this.#wantsPresence ? true : undefined;
    this.#host.asker.ask({
      build: (id) => ({ type: "join", id, room: this.#room, ...position, presence }),
      timeoutMs: this.#host.options.answerTimeoutMs,
      mayWait: false,
      isOwn: true,
      onAnswer: (answer) => {
        if (this.#asking !== asking) return;
        this.#asking = undefined;
        this.#onAnswer(answer);
      },
      onError: (error) => {
        if (this.#asking !== asking) return;
        this.#asking = undefined;
        this.#onRefused(error);
      },
    });
  }

  /** The connection is gone. */
  interrupt(error: RoomError): void {
    this.#asking = undefined;
    this.#recovery = undefined;
    this.#retry.stop();
    if (this.#state !== "joined") return;
    this.#state = "joining";
    this.#listener.onInterrupted(error);
  }

  /** It is over; true when it was not before. */
  end(error: RoomError | undefined): boolean {
    if (this.#state === "left") return false;
    this.#retry.stop();
    this.#asking = undefined;
    this.#state = "left";
    this.#listener.onLeft(error);
    return true;
  }

  // What the server says

  /** Whether what is said now can be taken. Where it cannot, the room is interrupted, and joined again when there is room. */
  hasRoom(): boolean {
    if (!this.#isFull()) return true;
    if (this.#state === "joined") {
      this.interrupt(new RoomError("OVERLOADED", "Cannot hear more: too much waits to be validated"));
      this.#whenIdle(() => this.wake());
    }
    return false;
  }

  onEntry(entry: EntryMessage): void {
    const { epoch, prev, seq } = entry;
    if (this.#follows(epoch, prev)) this.#take(epoch, [entry], seq);
  }

  onEntries({ epoch, prev, last, entries }: EntriesMessage): void {
    if (this.#follows(epoch, prev)) this.#take(epoch, entries, last);
  }

  onGap(position: Position): void {
    if (this.#state !== "joined" || this.#asking !== undefined) return;
    const here = this.#position;
    if (here?.epoch === position.epoch && position.seq < here.seq) {
      // It ends where we have been: this node is behind what another one told us, or the end of the history was lost. To be asked.
      return this.join();
    }
    this.#recovery = undefined;
    this.#jump(position);
  }

  /** The server took us out. */
  onLeft(error: RoomError): void {
    if (this.#state === "left") return;
    if (!error.isTemporary) return void this.end(error);
    this.interrupt(error);
    this.#retry.wait();
  }

  #onAnswer(answer: ServerMessage): void {
    if (answer.type !== "joined") {
      return void this.end(new RoomError("MALFORMED", "Cannot join: the server's answer makes no sense"));
    }
    this.#retry.reset();
    this.#onJoined(answer);
  }

  #onJoined({ epoch, seq, outcome, people, total }: JoinedMessage): void {
    const before = this.#position;
    const position = { epoch, seq };
    this.#state = "joined";
    if (people !== undefined) this.#listener.onPeople(people, total ?? people.length);
    if (outcome === "recovered" && before?.epoch === epoch) {
      this.#listener.onJoined(before);
      this.#recovery = { through: seq, missed: 0 };
      this.#finishRecovery();
    } else if (before !== undefined) {
      this.#jump(position);
      this.#listener.onJoined(position);
    } else {
      this.#position = position;
      this.#listener.onJoined(position);
    }
  }

  #onRefused(error: Error): void {
    const reason =
      error instanceof RoomError ? error : new RoomError("INVALID", error.message, { cause: error });
    if (reason.code === "RECOVER_FORBIDDEN" && this.#position !== undefined) {
      // What was missed stays unheard; what comes may be heard all the same.
      return this.#joinAnew(this.#position);
    }
    // The next connection wakes us.
    if (reason.code === "DISCONNECTED") return;
    if (reason.isTemporary || reason.code === "TIMEOUT") {
      this.interrupt(reason);
      return this.#retry.wait();
    }
    this.end(reason);
  }

  #joinAnew(lost: Position): void {
    this.#position = undefined;
    this.join();
    this.#position = lost;
  }

  /** Whether it comes right behind what is here; where something is missing, the server is asked for it. */
  #follows(epoch: string, prev: number): boolean {
    const position = this.#position;
    if (this.#state !== "joined" || this.#asking !== undefined || position === undefined) return false;
    if (epoch === position.epoch && prev <= position.seq) return true;
    this.join();
    return false;
  }

  #take(epoch: string, entries: readonly WireEntry[], last: number): void {
    for (const entry of entries) {
      // Told twice, by whatever way.
      if (entry.seq <= this.#position!.seq) continue;
      this.#position = { epoch, seq: entry.seq };
      if (this.#recovery !== undefined) this.#recovery.missed++;
      this.#listener.onEntry(entry, epoch);
    }
    if (this.#position!.epoch === epoch && last > this.#position!.seq) this.#position = { epoch, seq: last };
    this.#finishRecovery();
  }

  #finishRecovery(): void {
    if (this.#recovery === undefined || this.#position!.seq < this.#recovery.through) return;
    const { missed } = this.#recovery;
    this.#recovery = undefined;
    this.#listener.onRecovered(this.#position!, missed);
  }

  #jump(position: Position): void {
    const from = this.#position;
    this.#position = position;
    if (from !== undefined) this.#listener.onGap(from, position);
  }
}
