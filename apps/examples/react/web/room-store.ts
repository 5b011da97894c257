// One room as React likes to have it: something to subscribe to, and a snapshot that stays the same until something happens. The room
// is joined while somebody subscribes. Knows nothing of React.
import type { ClientRoom, RoomClient } from "@ws/rooms/client";
import type { Definition } from "../src/protocol.ts";

export interface Message {
  readonly seq: number;
  readonly from: string | undefined;
  readonly text: string;
}

export interface RoomSnapshot {
  /** What the room remembers and what was said since, in order. */
  readonly messages: readonly Message[];
  /** Whether it is heard at the moment; after a break it is again by itself. */
  readonly isLive: boolean;
}

type Room = ClientRoom<Definition["rooms"]["chat"]>;

const NOTHING: RoomSnapshot = { messages: [], isLive: false };

export class RoomStore {
  readonly #client: RoomClient<Definition>;
  readonly #name: `chat/${string}`;
  readonly #listeners = new Set<() => void>();
  #room: Room | undefined;
  #snapshot = NOTHING;

  constructor(client: RoomClient<Definition>, name: `chat/${string}`) {
    this.#client = client;
    this.#name = name;
  }

  readonly getSnapshot = (): RoomSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#join();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#room?.leave();
      this.#room = undefined;
      this.#snapshot = NOTHING;
    };
  };

  /** Resolves with whether the room has it. It waits for a connection where there is none. */
  readonly say = async (text: string): Promise<boolean> =>
    (await this.#room?.publish("message", { text }).result)?.status === "delivered";

  #join(): void {
    const room = (this.#room = this.#client.join(this.#name));
    room.on("message", ({ text }, { from, position }) => {
      const { messages } = this.#snapshot;
      const { seq } = position!;
      // It may have been read already, as a part of the history.
      if (seq > (messages.at(-1)?.seq ?? 0)) this.#change({ messages: [...messages, { seq, from, text }] });
    });
    room.observe(({ type }) => {
      if (type === "joined") void this.#read(room);
      if (type === "interrupted") this.#change({ isLive: false });
      // What is shown may have a hole: begin anew with what the room remembers.
      if (type === "gap") this.#change({ messages: [] });
    });
  }

  /** Puts what the room remembers before what has been heard since. */
  async #read(room: Room): Promise<void> {
    // Where it cannot be read the room was left, or the connection broke: then it is joined again, and read.
    const page = await room.history().catch(() => undefined);
    if (room !== this.#room || page === undefined) return;
    const known = this.#snapshot.messages;
    const older = page.entries.filter(({ position }) => position.seq < (known[0]?.seq ?? Infinity));
    const messages = older.map(({ position: { seq }, from, data: { text } }) => ({ seq, from, text }));
    this.#change({ messages: [...messages, ...known], isLive: true });
  }

  #change(change: Partial<RoomSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}
