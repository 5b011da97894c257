// What the chat does: who is in which room, and what each event of a person leads to. Knows connections only as
// something that events are sent to; HTTP, cookies and the bytes on the wire are somebody else's.
import { Rooms } from "@ws/rooms";
import { type Connection, PreparedMessage } from "@ws/server";
import { LIMITS } from "../shared/limits.ts";
import { DEFAULT_ROOM } from "../shared/names.ts";
import type { ClientEvent, JoinedRoom, Position, RoomSummary, ServerEvent } from "../shared/protocol.ts";
import type { Member } from "./member.ts";
import type { MessageStore } from "./message-store.ts";
import type { People } from "./people.ts";
import { RoomList } from "./room-list.ts";

export class Chat {
  readonly #people: People;
  readonly #store: MessageStore;
  readonly #rooms: Rooms<Member>;
  readonly #roomList: RoomList;

  constructor(people: People, store: MessageStore) {
    this.#people = people;
    this.#store = store;
    this.#rooms = new Rooms<Member>({
      onJoin: (room, member) => this.#onJoin(room, member),
      onLeave: (room, member) => this.#onLeave(room, member),
    });
    this.#roomList = new RoomList(
      (room) => this.#rooms.members(room).size,
      (changed) => this.#tellEverybody({ type: "rooms", changed }),
    );
  }

  /** A tab of a person has connected: it is told where things stand. */
  async welcome(member: Member, connection: Connection): Promise<void> {
    member.attach(connection);
    if (member.rooms.size === 0) member.rooms.add(DEFAULT_ROOM);
    for (const room of member.rooms) this.#rooms.join(room, member);
    const joined: JoinedRoom[] = [];
    for (const room of member.rooms) joined.push({ room, position: await this.#store.position(room) });
    tell(connection, { type: "welcome", you: member.person, joined, rooms: this.#allRooms() });
  }

  /** Acts upon an event; what it answers goes to the tab it came from, what others must know to their rooms. */
  async receive(member: Member, connection: Connection, event: ClientEvent): Promise<void> {
    switch (event.type) {
      case "join":
        return await this.#join(member, connection, event.room, event.after);
      case "leave":
        return this.#leave(member, event.room);
      case "send":
        return await this.#send(member, connection, event);
      case "typing": {
        if (!this.#rooms.has(event.room, member)) return;
        const { room, isTyping } = event;
        return this.#tellRoom(room, { type: "typing", room, personId: member.person.id, isTyping }, member);
      }
      case "ping":
        return tell(connection, { type: "pong" });
    }
  }

  stop(): void {
    this.#roomList.stop();
  }

  async #join(
    member: Member,
    connection: Connection,
    room: string,
    after: Position | undefined,
  ): Promise<void> {
    if (!member.rooms.has(room) && member.rooms.size >= LIMITS.roomsPerPerson) {
      const reason = `You are in ${LIMITS.roomsPerPerson} rooms, which is the most there can be. Leave one first.`;
      return tell(connection, { type: "error", code: "too-many-rooms", reason, room });
    }
    member.rooms.add(room);
    // First in, then the history: a message in between comes twice, which the page sees by its number, and never not at all.
    this.#rooms.join(room, member);
    const page = await this.#store.read(room, after, LIMITS.page);
    const members = [...this.#rooms.members(room)].map(({ person }) => person);
    tell(connection, { type: "joined", room, ...page, members });
  }

  #leave(member: Member, room: string): void {
    member.rooms.delete(room);
    this.#rooms.leave(room, member);
    member.send(JSON.stringify({ type: "left", room } satisfies ServerEvent));
  }

  async #send(
    member: Member,
    connection: Connection,
    { room, id, text }: ClientEvent & { type: "send" },
  ): Promise<void> {
    if (!this.#rooms.has(room, member)) {
      const reason = "You are not in this room any more.";
      return tell(connection, { type: "error", code: "not-a-member", reason, room, id });
    }
    const retryAfterMs = member.sendLimit.take();
    if (retryAfterMs > 0) {
      const reason = "That was fast. The message is sent in a moment.";
      return tell(connection, { type: "error", code: "rate-limited", reason, room, id, retryAfterMs });
    }
    const draft = { id, author: member.person, at: Date.now(), text };
    const { message, epoch, isNew } = await this.#store.append(room, draft);
    const sent: ServerEvent = { type: "message", room, epoch, message };
    if (isNew) this.#tellRoom(room, sent);
    else tell(connection, sent);
  }

  #onJoin(room: string, member: Member): void {
    this.#tellRoom(room, { type: "member-joined", room, person: member.person }, member);
    this.#roomList.touch(room);
  }

  #onLeave(room: string, member: Member): void {
    this.#tellRoom(room, { type: "member-left", room, personId: member.person.id });
    this.#roomList.touch(room);
  }

  #allRooms(): readonly RoomSummary[] {
    return this.#roomList.summarize(this.#rooms.names);
  }

  #tellRoom(room: string, event: ServerEvent, except?: Member): void {
    this.#rooms.broadcast(room, JSON.stringify(event), except === undefined ? {} : { except });
  }

  #tellEverybody(event: ServerEvent): void {
    const prepared = new PreparedMessage(JSON.stringify(event));
    for (const member of [...this.#people.present]) member.send(prepared);
  }
}

/** Sends an event to one tab. */
export function tell(connection: Connection, event: ServerEvent): void {
  connection.send(JSON.stringify(event));
}
