// The rooms that the page is in, and what those are called that have no name of their own. Knows neither which of them is shown, nor what
// becomes of what they tell.
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ChatRoomName } from "../../shared/names.ts";
import type { Life } from "./life.ts";
import { joinedRooms, type RoomListEntry, roomLabel } from "./room-list.ts";
import { type RoomNews, RoomSession } from "./room-session.ts";

export class JoinedRooms {
  readonly #sessions: Signal<ReadonlyMap<string, RoomSession>> = signal<ReadonlyMap<string, RoomSession>>(
    new Map(),
  );
  readonly #titles: Signal<ReadonlyMap<string, string>> = signal<ReadonlyMap<string, string>>(new Map());

  /** By their names. */
  get sessions(): ReadonlySignal<ReadonlyMap<string, RoomSession>> {
    return this.#sessions;
  }

  readonly unread: ReadonlySignal<number> = computed(() => {
    return [...this.#sessions.value.values()].reduce((sum, { reading }) => sum + reading.unread.value, 0);
  });

  /** Whether files of ours are on their way. */
  readonly isUploading: ReadonlySignal<boolean> = computed(() => {
    return [...this.#sessions.value.values()].some(({ own }) => own.uploads.value.size > 0);
  });

  /** As they are listed. @param counts people by room, as the server tells them */
  list(counts: ReadonlyMap<string, number>): readonly RoomListEntry[] {
    const joined = [...this.#sessions.value.values()].map(({ room, reading, people }) => {
      return { room, label: this.labelOf(room), unread: reading.unread.value, here: people.total.value };
    });
    return joinedRooms(joined, counts);
  }

  labelOf(room: string): string {
    return roomLabel(room, this.#titles.value.get(room));
  }

  setTitle(room: string, title: string): void {
    this.#titles.value = new Map(this.#titles.value).set(room, title);
  }

  /** Joins one that the page is not in yet. */
  join(
    room: ChatRoomName,
    { client, you, memory, waiting, away }: Life,
    onNews: (session: RoomSession, news: RoomNews) => void,
  ): void {
    const title = memory.titleOf(room);
    if (title !== undefined) this.setTitle(room, title);
    const session = new RoomSession({
      client,
      room,
      you,
      waiting,
      readTo: memory.readTo(room),
      onRead: (position) => memory.setReadTo(room, position),
      onNews: (news) => onNews(session, news),
    });
    this.#sessions.value = new Map(this.#sessions.value).set(room, session);
    memory.setRoom(room, true);
    session.setAway(away.isAway);
  }

  /** The page is not in it any more. */
  forget(room: string): void {
    const sessions = new Map(this.#sessions.value);
    sessions.delete(room);
    this.#sessions.value = sessions;
  }

  clear(): void {
    this.#sessions.value = new Map();
  }
}
