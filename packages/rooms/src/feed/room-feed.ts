// One room of an engine as it should be heard: in order, each entry once, without holes. Listens, and where numbers do not
// follow on it reads the log, which has the truth; what the log has not either is a gap, and is told as one. Owns where it is in
// the history, and its one listening; knows no members.
import { reportUncaught } from "../engine/report-uncaught.ts";
import {
  EngineError,
  type Position,
  type RoomEntry,
  type RoomListening,
  type RoomLog,
  type RoomPage,
} from "../room-log.ts";
import type { Follower, Following } from "./follower.ts";
import { Heard } from "./heard.ts";
import { Pause } from "./pause.ts";
import type { ReadGate } from "./read-gate.ts";
import { unsound } from "./sound-entry.ts";

/** How many entries are read at once. */
const PAGE = 100;
/** How often the log is asked for something that was heard and that it does not have. */
const MAX_LOOKS = 5;

/** What all feeds of a process share. */
export interface FeedContext {
  readonly log: RoomLog;
  readonly gate: ReadGate;
  readonly maxEntryBytes: number;
  readonly onFault: (error: Error) => void;
}

export class RoomFeed {
  readonly #room: string;
  readonly #context: FeedContext;
  readonly #followers = new Set<Follower>();
  /** There is nothing to tell, or nobody to tell it to: whoever made this closes it. */
  readonly #onUnused: () => void;

  #listening: RoomListening | undefined;
  #isClosed = false;

  /** Up to here everything has been told. */
  #epoch = "";
  #last = 0;

  /** While the log is read; what is heard meanwhile is kept. */
  #isReading = true;
  /** Something may be in the log that the read under way does not see. */
  #isBehind = false;
  readonly #heard = new Heard();
  /** Since somebody last asked whether the room is quiet. */
  #wasHeard = false;
  /** Reads that failed one after the other. */
  #failures = 0;
  readonly #pause = new Pause();

  constructor(room: string, context: FeedContext, onUnused: () => void) {
    this.#room = room;
    this.#context = context;
    this.#onUnused = onUnused;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  #position(): Position {
    return { epoch: this.#epoch, seq: this.#last };
  }

  /** Begins to listen, at the end of the history. */
  async open(): Promise<void> {
    const { log, gate } = this.#context;
    this.#listening = await log.listen(this.#room, {
      onEntry: (entry) => this.#hear(entry),
      onAnnouncement: (data) => this.#tell((follower) => follower.onAnnouncement(data)),
    });
    const page = await gate.run(() => log.read(this.#room, { before: undefined, limit: 1 }));
    this.#epoch = page.epoch;
    this.#last = page.last;
    // Who comes now comes in here: what was heard since must not be missing.
    void this.#readOn();
  }

  add(follower: Follower): Following {
    this.#followers.add(follower);
    tell(follower, (it) => it.onStart(this.#position()));
    return {
      stop: () => {
        if (this.#followers.delete(follower) && this.#followers.size === 0) this.#onUnused();
      },
    };
  }

  /** The engine was down, or may have missed something: looks for what there is. */
  catchUp(): void {
    this.#pause.end();
    this.#isBehind = true;
    if (this.#isReading || this.#isClosed) return;
    this.#isReading = true;
    void this.#readOn();
  }

  /** Nothing was heard since this was last called: looks whether that is so. */
  checkIfQuiet(): void {
    const { log } = this.#context;
    if (!this.#wasHeard && !this.#isReading && log.isDurable && log.status === "up") this.catchUp();
    this.#wasHeard = false;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#followers.clear();
    this.#pause.end();
    await this.#listening?.close();
  }

  #hear(entry: RoomEntry): void {
    if (this.#isClosed || !this.#isSound(entry)) return;
    this.#wasHeard = true;
    // Where nothing is remembered numbers mean nothing: what comes is all there is.
    if (!this.#context.log.isDurable) this.#tell((follower) => follower.onEntry(entry));
    else if (this.#isReading) this.#keep(entry);
    else if (this.#followsOn(entry)) this.#deliver(entry);
    else if (!this.#isOld(entry)) {
      this.#keep(entry);
      this.#isReading = true;
      void this.#readOn();
    }
  }

  #isOld(entry: RoomEntry): boolean {
    return entry.epoch === this.#epoch && entry.seq <= this.#last;
  }

  #followsOn(entry: RoomEntry): boolean {
    const { epoch, seq, previous = seq - 1 } = entry;
    if (epoch !== this.#epoch || seq <= this.#last) return false;
    // Numbers with holes name the one before. Where none is kept, what there was may have been missed: the log knows more.
    return seq === this.#last + 1 || (previous > 0 && previous <= this.#last);
  }

  #keep(entry: RoomEntry): void {
    if (!this.#heard.add(entry)) this.#isBehind = true;
  }

  /** Tells what is in the log, until that and what is heard have met. */
  async #readOn(): Promise<void> {
    let looks = 0;
    this.#joinHeard();
    while (!this.#isClosed && (this.#isBehind || this.#heard.length > 0)) {
      this.#isBehind = false;
      const from = this.#last;
      const known = new Set(this.#heard.entries);
      const isEnd = await this.#readPage();
      this.#joinHeard();
      if (!isEnd) {
        this.#isBehind = true;
        continue;
      }
      // A read that began when these had been heard has said that the history is another one: they come from an old one.
      this.#heard.remove((entry) => known.has(entry) && entry.epoch !== this.#epoch);
      const isMissing =
        !this.#isBehind &&
        this.#last === from &&
        this.#heard.length > 0 &&
        this.#heard.entries.every((entry) => known.has(entry));
      looks = isMissing ? looks + 1 : 0;
      if (looks > MAX_LOOKS) this.#giveUpHeard();
      else if (looks > 0) await this.#pause.wait(delayMs(looks));
    }
    this.#isReading = false;
  }

  /** @returns whether that was all there is; false where it is to be read on, or again */
  async #readPage(): Promise<boolean> {
    const { log, gate } = this.#context;
    try {
      const page = await gate.run(() => log.read(this.#room, { after: this.#last, limit: PAGE }));
      this.#failures = 0;
      return this.#isClosed || this.#take(page);
    } catch (error) {
      if (error instanceof EngineError && error.code === "ENGINE_CLOSED") this.#onUnused();
      // Whoever hears that the engine is up again ends the pause.
      else await this.#pause.wait(log.status === "down" ? undefined : delayMs(++this.#failures));
      return false;
    }
  }

  #take({ epoch, first, last, entries }: RoomPage): boolean {
    const { isDurable } = this.#context.log;
    if (epoch !== this.#epoch || last < this.#last || !isDurable) {
      // Another history, from its beginning; or this one again without its newest part, which the engine has lost.
      this.#skipTo(epoch, epoch === this.#epoch || !isDurable ? last : first - 1);
      return !isDurable;
    }
    const from = this.#last;
    // What is there counts, where something was removed between the look at it and the look at `first`.
    const oldest = Math.min(first, entries[0]?.seq ?? first);
    if (oldest > this.#last + 1) this.#skipTo(epoch, oldest - 1);
    for (const entry of entries) {
      // Numbers that are missing among them are of entries that nobody can read.
      if (this.#isSound(entry) && entry.epoch === this.#epoch && entry.seq > this.#last) this.#deliver(entry);
    }
    // A full page that brings nothing new would come again and again.
    return entries.length < PAGE || this.#last === from;
  }

  #joinHeard(): void {
    for (const entry of this.#heard.takeAll().toSorted((a, b) => a.seq - b.seq)) {
      if (this.#followsOn(entry)) this.#deliver(entry);
      else if (!this.#isOld(entry)) this.#keep(entry);
    }
  }

  /** Somebody told us what the log does not have: it was not appended by any engine of ours, or is lost. */
  #giveUpHeard(): void {
    const numbers = this.#heard.takeAll().map(({ seq }) => seq);
    const message = `Cannot find entries that were heard: the log has none behind ${this.#last}, heard were ${numbers.join(", ")}`;
    this.#context.onFault(new EngineError("ENGINE_FAULT", message));
  }

  #isSound(entry: RoomEntry): boolean {
    const fault = unsound(entry, this.#context.maxEntryBytes);
    if (fault === undefined) return true;
    this.#context.onFault(new EngineError("ENGINE_FAULT", `Cannot read an entry: ${fault}`));
    return false;
  }

  #deliver(entry: RoomEntry): void {
    this.#last = entry.seq;
    this.#tell((follower) => follower.onEntry(entry));
  }

  #skipTo(epoch: string, seq: number): void {
    this.#epoch = epoch;
    this.#last = seq;
    const position = this.#position();
    this.#tell((follower) => follower.onGap(position));
  }

  #tell(what: (follower: Follower) => void): void {
    for (const follower of [...this.#followers]) {
      if (this.#followers.has(follower)) tell(follower, what);
    }
  }
}

function tell(follower: Follower, what: (follower: Follower) => void): void {
  try {
    what(follower);
  } catch (error) {
    reportUncaught(error);
  }
}

function delayMs(attempt: number): number {
  return Math.min(50 * 2 ** attempt, 5000);
}
