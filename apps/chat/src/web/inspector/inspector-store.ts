// What the inspector's views show: the log and what is chosen of it, as signals. The log itself is plain; a few times a second
// the views are told that it has grown.
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { CapturedFrame } from "../../shared/inspector.ts";
import { FeedSocket, type FeedState } from "./feed-socket.ts";
import { CaptureLog } from "./model/capture-log.ts";
import { EVERYTHING, FilteredFrames, type FrameFilter } from "./model/frame-filter.ts";

/** As often as people can tell, and seldom enough to leave the page its time. */
const REFRESH_INTERVAL_MS = 125;

export const TABS = ["frames", "messages", "handshake", "states", "statistics"] as const;
export type Tab = (typeof TABS)[number];

export class InspectorStore {
  readonly log: CaptureLog = new CaptureLog();
  readonly state: Signal<FeedState> = signal("connecting");
  readonly tab: Signal<Tab> = signal("frames");
  readonly isPaused: Signal<boolean> = signal(false);
  readonly filter: Signal<FrameFilter> = signal(EVERYTHING);
  readonly selected: Signal<number | undefined> = signal(undefined);
  /** Changes when the log has, and nobody has paused. */
  readonly version: Signal<number> = signal(0);
  /** The frames that are listed. */
  readonly frames: Signal<readonly CapturedFrame[]> = signal([]);
  /** How many frames have come since the views were paused. */
  readonly unseen: Signal<number> = signal(0);
  /** The connection that is looked at: the one that was chosen, or else the newest that is open. */
  readonly connection: ReadonlySignal<number | undefined>;
  readonly #filtered: FilteredFrames;
  readonly #socket: FeedSocket;
  #timer: ReturnType<typeof setInterval> | undefined;
  #pausedAt = 0;
  #lastVersion = -1;

  constructor(url: string) {
    this.#filtered = new FilteredFrames(this.log);
    this.connection = computed(() => {
      void this.version.value;
      return this.filter.value.connection ?? this.#newest();
    });
    this.#socket = new FeedSocket({
      url,
      onRecords: (records) => {
        for (const record of records) this.log.add(record);
      },
      onState: (state) => {
        if (state === "lost") this.log.feedEnded(performance.timeOrigin + performance.now());
        this.state.value = state;
      },
    });
  }

  start(token?: string): void {
    this.#socket.open(token);
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#refresh(), REFRESH_INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }

  setFilter(change: Partial<FrameFilter>): void {
    const filter = { ...this.filter.value, ...change };
    this.#filtered.setFilter(filter);
    batch(() => {
      this.filter.value = filter;
      this.frames.value = this.#filtered.update();
    });
  }

  pause(isPaused: boolean): void {
    this.#pausedAt = this.#lastNumber;
    batch(() => {
      this.isPaused.value = isPaused;
      this.unseen.value = 0;
    });
    this.#lastVersion = -1;
    this.#refresh();
  }

  clear(): void {
    this.log.clear();
    this.#filtered.setFilter(this.filter.value);
    batch(() => {
      this.selected.value = undefined;
      this.frames.value = this.#filtered.update();
      this.version.value++;
    });
  }

  get #lastNumber(): number {
    return this.log.frames.at(-1)?.number ?? 0;
  }

  #newest(): number | undefined {
    const connections = [...this.log.connections.values()];
    return (connections.findLast(({ end }) => end === undefined) ?? connections.at(-1))?.id;
  }

  #refresh(): void {
    if (this.log.version === this.#lastVersion) return;
    this.#lastVersion = this.log.version;
    if (this.isPaused.value) {
      this.unseen.value = this.#lastNumber - this.#pausedAt;
      return;
    }
    batch(() => {
      this.frames.value = this.#filtered.update();
      this.version.value++;
    });
  }
}
