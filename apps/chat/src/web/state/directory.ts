// Which public rooms there are, and how many people are in each: asked once after each time that the directory is joined, told of from
// then on.
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { LIMITS } from "../../shared/limits.ts";
import { readRoom } from "../../shared/names.ts";
import type { RoomSummary } from "../../shared/protocol.ts";
import type { ChatClient } from "./chat-client.ts";

/** Of rooms that are told of; those that were first heard of longest ago are forgotten beyond it. */
const MAX_ROOMS = 2 * LIMITS.listedRooms;

export class Directory {
  readonly #counts: Signal<ReadonlyMap<string, number>> = signal<ReadonlyMap<string, number>>(new Map());
  readonly #client: ChatClient;

  constructor(client: ChatClient) {
    this.#client = client;
    const room = client.join("directory");
    room.on("opened", ({ room: name }) =>
      this.#put([{ room: name, members: this.#counts.value.get(name) ?? 0 }]),
    );
    room.on("rooms", ({ changed }) => this.#put(changed));
    room.observe(({ type }) => {
      if (type === "joined" || type === "gap") void this.#ask();
    });
  }

  /** People by room. */
  get counts(): ReadonlySignal<ReadonlyMap<string, number>> {
    return this.#counts;
  }

  async #ask(): Promise<void> {
    try {
      const { rooms } = await this.#client.request("listRooms", {});
      this.#counts.value = new Map();
      this.#put(rooms);
    } catch {
      // With the next connection it is asked again; until then what is known is as good as anything.
    }
  }

  #put(changed: readonly RoomSummary[]): void {
    const counts = new Map(this.#counts.value);
    for (const { room, members } of changed) if (readRoom(room)?.kind === "public") counts.set(room, members);
    for (const oldest of counts.keys()) {
      if (counts.size <= MAX_ROOMS) break;
      counts.delete(oldest);
    }
    this.#counts.value = counts;
  }
}
