// A follower that keeps what it is told, and finds fault with what must not be.
import type { Follower, Position, RoomEntry } from "@ws/rooms";

const NOWHERE: Position = { epoch: "", seq: -1 };

export class Recorder implements Follower {
  readonly entries: RoomEntry[] = [];
  readonly gaps: Position[] = [];
  readonly announcements: Uint8Array[] = [];
  /** What came out of order, twice, or behind a hole that nobody told. */
  readonly wrong: string[] = [];
  start: Position | undefined;
  #position: Position | undefined;
  readonly #waiting = new Set<() => void>();

  get position(): Position | undefined {
    return this.#position;
  }

  onStart(position: Position): void {
    if (this.#position !== undefined) this.wrong.push("started twice");
    this.#position = position;
    this.start = position;
  }

  onEntry(entry: RoomEntry): void {
    const { epoch, seq } = this.#position ?? NOWHERE;
    if (entry.epoch !== epoch || entry.seq !== seq + 1) this.wrong.push(`${entry.seq} behind ${seq}`);
    this.#position = { epoch: entry.epoch, seq: entry.seq };
    this.entries.push(entry);
    this.#happened();
  }

  onGap(position: Position): void {
    const { epoch, seq } = this.#position ?? NOWHERE;
    if (position.epoch === epoch && position.seq <= seq) this.wrong.push(`gap to ${position.seq} at ${seq}`);
    this.#position = position;
    this.gaps.push(position);
    this.#happened();
  }

  onAnnouncement(data: Uint8Array): void {
    this.announcements.push(data);
    this.#happened();
  }

  until(check: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!check()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  #happened(): void {
    for (const look of [...this.#waiting]) look();
  }
}
