// Bringing one member from where it says it was to where this node is. It is not live meanwhile, and reads from the log until it is
// there, in the same turn in which it becomes live: nothing has to be held back, so nothing piles up.
import { Pause } from "../feed/pause.ts";
import type { Position, RoomPage } from "../room-log.ts";
import type { JoinMessage } from "../wire/messages.ts";
import type { LocalRoom } from "./local-room.ts";
import type { Membership } from "./membership.ts";
import type { PeerHost } from "./peer-host.ts";

/** Entries that are read at a time for somebody who has missed some. */
const PAGE = 100;
/** How often the log is asked for what this node has heard already and the log does not have. */
const MAX_LOOKS = 5;
const LOOK_AGAIN_MS = 50;

export class Recovery {
  readonly #host: PeerHost;
  readonly #membership: Membership;
  readonly #message: JoinMessage;
  readonly #had: Position;
  readonly #signal: AbortSignal;
  /** Up to where it was told. */
  #cursor: number;
  /** How much it was told. */
  #told = 0;
  #looks = 0;

  /**
   * @param had where the client says it was
   * @param signal aborted when the join is given up
   */
  constructor(
    host: PeerHost,
    membership: Membership,
    message: JoinMessage,
    had: Position,
    signal: AbortSignal,
  ) {
    this.#host = host;
    this.#membership = membership;
    this.#message = message;
    this.#had = had;
    this.#signal = signal;
    this.#cursor = had.seq;
  }

  /** Resolves when it is live. @throws RoomError where it has left meanwhile; EngineError; the signal's reason */
  async run(): Promise<void> {
    if (!this.#host.log.isDurable) return this.#beginAnew();
    const had = this.#had;
    if (isSame(had, this.#room().position)) {
      // It has heard what this node has: there is nothing to be read.
      this.#membership.tellJoined(this.#message, "recovered", had);
      return this.#membership.goLive();
    }
    const page = await this.#readOn();
    const { position } = this.#room();
    if (this.#isLost(page, position)) return this.#beginAnew(page);
    const reached = Math.max(had.seq, position.seq);
    this.#membership.tellJoined(this.#message, "recovered", { epoch: had.epoch, seq: reached });
    await this.#tellMissed(page);
  }

  async #tellMissed(missed: RoomPage): Promise<void> {
    let page = missed;
    while (this.#cursor < this.#room().position.seq || page.entries.length > 0) {
      if (this.#endsInGap(page)) return this.#passOver();
      await this.#tell(page);
      if (this.#cursor >= this.#room().position.seq) break;
      if (page.entries.length === 0) await new Pause().wait(LOOK_AGAIN_MS * this.#looks);
      page = await this.#readOn();
    }
    if (this.#room().position.epoch !== this.#had.epoch) return this.#passOver();
    this.#membership.goLive();
  }

  /** Whether what it missed cannot be told from the beginning. */
  #isLost(page: RoomPage, position: Position): boolean {
    const { epoch, seq } = this.#had;
    return (
      page.epoch !== epoch ||
      position.epoch !== epoch ||
      // Of what comes behind it something is gone, or it is of a future that was lost.
      page.first > seq + 1 ||
      seq > page.last ||
      leastMissed(page, this.#had, position) > this.#host.limits.maxRecovered
    );
  }

  /** Whether what it missed cannot be told to its end. */
  #endsInGap({ epoch, first, last, entries }: RoomPage): boolean {
    const isGone = epoch !== this.#had.epoch || first > this.#cursor + 1;
    const isBehind = entries.length === 0 && last < this.#room().position.seq;
    // This node has heard what the log has not got, and will not have: it was lost.
    const isLost = isBehind && ++this.#looks > MAX_LOOKS;
    this.#told += entries.length;
    return isGone || isLost || this.#told > this.#host.limits.maxRecovered;
  }

  async #tell({ epoch, last, entries }: RoomPage): Promise<void> {
    // Unreadable ones at the end have no entry, and nothing behind them either.
    const reached = entries.at(-1)?.seq ?? Math.max(last, this.#cursor);
    await this.#membership.tellEntries({ epoch, prev: this.#cursor, last: reached }, entries);
    this.#cursor = reached;
  }

  #readOn(): Promise<RoomPage> {
    const range = { after: this.#cursor, limit: PAGE };
    return this.#host.feeds.read(this.#membership.name, range, this.#signal);
  }

  /** Nothing of what it missed is told: the answer to its join says so. */
  #beginAnew(page?: RoomPage): void {
    const { position } = this.#room();
    const had = this.#had;
    // Another node had told it more than this one has heard yet: it does not go back for that.
    const isAhead = position.epoch === had.epoch && position.seq < had.seq;
    const isThere = page?.epoch === had.epoch && had.seq <= page.last;
    this.#membership.tellJoined(this.#message, "gap", isAhead && isThere ? had : position);
    this.#membership.goLive();
  }

  /** The rest of what it missed is not told, though the answer had promised it. */
  #passOver(): void {
    this.#membership.tellGap();
    this.#membership.goLive();
  }

  /** Looked at anew after whatever was awaited: it may have been left, or be joined by another message. */
  #room(): LocalRoom {
    this.#signal.throwIfAborted();
    return this.#membership.room;
  }
}

/** Where numbers are dense, as the first page shows, they say how many entries were missed; otherwise only that page is known. */
function leastMissed({ entries }: RoomPage, had: Position, position: Position): number {
  const last = entries.at(-1)?.seq ?? had.seq;
  return last - had.seq === entries.length ? position.seq - had.seq : entries.length;
}

function isSame(a: Position, b: Position): boolean {
  return a.epoch === b.epoch && a.seq === b.seq;
}
