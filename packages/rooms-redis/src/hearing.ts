// What comes by pub/sub, told to whoever listens to that room. Entries that were too large to come along are read, one after the other;
// what nobody of ours can have sent is a fault.
import type { ReadRange, RoomEntry, RoomPage } from "@ws/rooms";
import { reportUncaught } from "@ws/rooms/engine";
import { checkEntry } from "./entry.ts";
import { decodeNotification } from "./notification.ts";
import type { Subscription, Subscriptions } from "./subscriptions.ts";

export interface HearingHost {
  read(room: string, range: ReadRange): Promise<RoomPage>;
  /** Something that was said could not be read. */
  onUnread(error: Error): void;
  onFault(what: string, reason: string): void;
}

export class Hearing {
  readonly #subscriptions: Subscriptions;
  readonly #maxEntryBytes: number;
  readonly #host: HearingHost;

  constructor(subscriptions: Subscriptions, maxEntryBytes: number, host: HearingHost) {
    this.#subscriptions = subscriptions;
    this.#maxEntryBytes = maxEntryBytes;
    this.#host = host;
  }

  take(channel: string, payload: Buffer): void {
    const subscription = this.#subscriptions.get(channel);
    if (subscription === undefined) return;
    const notification = decodeNotification(payload);
    if (typeof notification === "string") return this.#fault(subscription, notification);
    if (notification.type === "announcement") {
      return tell(() => subscription.listener.onAnnouncement(notification.data));
    }
    for (const entry of notification.entries) {
      if (!("data" in entry)) {
        subscription.fetched = subscription.fetched.then(() => this.#fetch(subscription, entry.seq));
        continue;
      }
      const checked = checkEntry(entry, this.#maxEntryBytes);
      if (typeof checked === "string") this.#fault(subscription, checked);
      else this.#tellEntry(subscription, checked);
    }
  }

  /** An entry that was too large to come along. Where it cannot be read now, it is once the engine is up again. */
  async #fetch(subscription: Subscription, seq: number): Promise<void> {
    if (!this.#subscriptions.has(subscription)) return;
    try {
      const { entries } = await this.#host.read(subscription.room, { after: seq - 1, limit: 1 });
      for (const entry of entries) this.#tellEntry(subscription, entry);
    } catch (error) {
      this.#host.onUnread(error as Error);
    }
  }

  #tellEntry(subscription: Subscription, entry: RoomEntry): void {
    if (this.#subscriptions.has(subscription)) tell(() => subscription.listener.onEntry(entry));
  }

  #fault({ room }: Subscription, reason: string): void {
    this.#host.onFault(`a notification for room ${JSON.stringify(room)}`, reason);
  }
}

function tell(what: () => void): void {
  try {
    what();
  } catch (error) {
    reportUncaught(error);
  }
}
