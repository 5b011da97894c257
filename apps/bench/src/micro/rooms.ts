// Rooms by themselves, over members that do nothing: what membership and fan-out add to what a send costs.
import { EventEmitter } from "node:events";
import type { Message, PreparedMessage } from "@ws/connection";
import { type RoomMember, Rooms } from "@ws/rooms";
import type { Case } from "./case.ts";

const MEMBERS = 1000;
const PER_TICK = 16;
const DATA = new Uint8Array(128);

class Member extends EventEmitter implements RoomMember {
  taken = 0;
  readonly #isStuck: boolean;

  constructor(isStuck = false) {
    super();
    this.#isStuck = isStuck;
  }

  send(_data: Message | PreparedMessage): boolean {
    this.taken++;
    return !this.#isStuck;
  }
}

export const rooms: readonly Case[] = [
  membership(),
  growth(10),
  growth(1000),
  broadcast("a room"),
  broadcast("a room, one member stuck", { stuck: 1 }),
  broadcast("a room, all members stuck", { stuck: MEMBERS }),
  broadcast("two rooms", { send: (all) => all.broadcastTo(["room", "other"], DATA) }),
  broadcast("everybody", { send: (all) => all.broadcastAll(DATA) }),
];

/** 1,000 members join and leave a room each, one of 1,000. */
function membership(): Case {
  const all = new Rooms<Member>();
  const members = Array.from({ length: MEMBERS }, () => new Member());
  for (const [i, member] of members.entries()) {
    for (let room = 0; room < 8; room++) all.join(`room ${(i + room) % MEMBERS}`, member);
  }
  const run = (): void => {
    for (let i = 0; i < MEMBERS; i++) all.join(`room ${(i + 500) % MEMBERS}`, members[i]!);
    for (let i = 0; i < MEMBERS; i++) all.leave(`room ${(i + 500) % MEMBERS}`, members[i]!);
  };
  return { name: "rooms join and leave", bytes: 0, count: MEMBERS, run };
}

/** Per membership, whose price must not depend on how many there are: each begins, gets one message, and ends. */
function growth(roomCount: number): Case {
  const names = Array.from({ length: roomCount }, (_, i) => `room ${i}`);
  const members = Array.from({ length: MEMBERS }, () => new Member());
  const run = (): void => {
    const all = new Rooms<Member>();
    for (const name of names) for (const member of members) all.join(name, member);
    for (const name of names) all.broadcast(name, DATA);
    for (const member of members) all.leaveAll(member);
    for (const member of members) member.removeAllListeners("close");
  };
  const title = `${roomCount.toLocaleString("en")} rooms of 1,000, a membership with a message`;
  return { name: title, bytes: 0, count: MEMBERS * roomCount, run };
}

/** Per delivery: 16 messages to 1,000 members, the members' own work left out. */
function broadcast(
  to: string,
  { stuck = 0, send = (all) => all.broadcast("room", DATA) }: Sending = {},
): Case {
  const all = new Rooms<Member>({ slowPolicy: { policy: "drop-oldest", maxMessages: 64 } });
  const members = Array.from({ length: MEMBERS }, (_, i) => new Member(i < stuck));
  for (const [i, member] of members.entries()) {
    all.join("room", member);
    if (i % 2 === 0) all.join("other", member);
  }
  const run = (): void => {
    for (let i = 0; i < PER_TICK; i++) send(all);
  };
  const count = MEMBERS * PER_TICK;
  return { name: `rooms broadcast to ${to}, a delivery`, bytes: DATA.length * count, count, run };
}

interface Sending {
  readonly stuck?: number;
  readonly send?: (all: Rooms<Member>) => unknown;
}
