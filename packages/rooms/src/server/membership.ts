// One client in one room of this node, from when it may come in until it is out: the room that is open for it, whether it wants to
// know who is there, and whether it is there itself as a person. All that it is told of being in is told here.
import { RoomError } from "../room-error.ts";
import type { Position, RoomEntry } from "../room-log.ts";
import type { JoinMessage, ServerMessage } from "../wire/messages.ts";
import { inBatches } from "./batches.ts";
import type { LocalRoom } from "./local-room.ts";
import type { AnyPeer, PeerHost } from "./peer-host.ts";

/** How a join went for whoever asked. */
export type JoinOutcome = "fresh" | "recovered" | "gap";

export class Membership {
  readonly name: string;
  readonly #host: PeerHost;
  readonly #peer: AnyPeer;
  /** Sends, and resolves when there is room for more. */
  readonly #send: (message: ServerMessage) => Promise<void>;
  #room: LocalRoom | undefined;
  #isTold = false;
  #isOver = false;
  #isWatching = false;
  /** The person that entered by this connection. */
  #present: string | undefined;

  constructor(name: string, host: PeerHost, peer: AnyPeer, send: (message: ServerMessage) => Promise<void>) {
    this.name = name;
    this.#host = host;
    this.#peer = peer;
    this.#send = send;
  }

  /** The client knows that it is in: what goes wrong from then on takes it out again. */
  get isTold(): boolean {
    return this.#isTold;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isOpen(): boolean {
    return this.#room !== undefined;
  }

  /** It is there as a person, or knows who is. */
  get hasPresence(): boolean {
    return this.#isWatching || this.#present !== undefined;
  }

  /** @throws RoomError where it has left meanwhile */
  get room(): LocalRoom {
    if (this.#isOver || this.#room === undefined) throw leftMeanwhile(this.name);
    return this.#room;
  }

  /**
   * Makes it ready to go live: it is joined once more where it was in already, and is told everything from where it says it is, so
   * nothing in between.
   *
   * @param isWatching whether it wants to know who is there
   * @throws RoomError where it has left meanwhile; EngineError
   */
  async open(isWatching: boolean): Promise<void> {
    this.#isTold = false;
    this.#host.members.leave(this.name, this.#peer.socket);
    if (this.#room === undefined) await this.#takeRoom();
    await this.#watch(isWatching);
  }

  /** From here on it hears with the others. */
  goLive(): void {
    this.#host.members.join(this.name, this.#peer.socket);
  }

  /** What is under way stops at once; `end` does the rest. */
  abandon(): void {
    this.#isOver = true;
  }

  async end(): Promise<void> {
    const { members, watchers, table } = this.#host;
    const room = this.#room;
    const present = this.#present;
    this.#isOver = true;
    members.leave(this.name, this.#peer.socket);
    watchers.leave(this.name, this.#peer.socket);
    if (room === undefined) return;
    this.#room = undefined;
    if (this.#isWatching) room.unwatchPeople();
    this.#present = undefined;
    if (present !== undefined) await room.local.exit(present, this.#peer.socket);
    table.giveBack(room);
  }

  // Presence, as long as it is open

  /** @throws RoomError or EngineError */
  async enter(data: unknown): Promise<void> {
    const { person, socket } = this.#peer;
    if (person === undefined) {
      throw new RoomError(
        "PERSON_REQUIRED",
        `Cannot be present in the room "${this.name}": nobody knows who you are`,
      );
    }
    const { local } = this.#room!;
    await local.enter(person, socket, data);
    // Whoever ended it did not know yet.
    if (this.#isOver) await local.exit(person, socket);
    else this.#present = person;
  }

  async exit(): Promise<void> {
    const person = this.#present;
    if (person === undefined) return;
    this.#present = undefined;
    await this.#room!.local.exit(person, this.#peer.socket);
  }

  // What it is told

  tellJoined({ id, presence }: JoinMessage, outcome: JoinOutcome, { epoch, seq }: Position): void {
    const { name } = this;
    const { watchers, limits } = this.#host;
    this.#isTold = true;
    const known = this.room.people;
    const people = presence === true ? known.list(limits.maxPeople) : undefined;
    const total = people !== undefined && people.length < known.size ? known.size : undefined;
    if (presence === true) watchers.join(name, this.#peer.socket);
    else watchers.leave(name, this.#peer.socket);
    void this.#send({ type: "joined", re: id, room: name, epoch, seq, outcome, people, total });
  }

  /** In as many messages as they need to be taken by the client, each of them when there is room for it. */
  async tellEntries(
    { epoch, prev, last }: { readonly epoch: string; readonly prev: number; readonly last: number },
    entries: readonly RoomEntry[],
  ): Promise<void> {
    const { room } = this;
    let before = prev;
    for (const batch of inBatches(entries)) {
      const known = batch.map((entry) => room.read(entry)).filter((entry) => entry !== undefined);
      const reached = batch.at(-1) === entries.at(-1) ? last : batch.at(-1)!.seq;
      await this.#send({
        type: "entries",
        room: this.name,
        epoch,
        prev: before,
        last: reached,
        entries: known,
      });
      before = reached;
    }
  }

  tellGap(): void {
    const { epoch, seq } = this.room.position;
    void this.#send({ type: "gap", room: this.name, epoch, seq });
  }

  async #takeRoom(): Promise<void> {
    const { table } = this.#host;
    const room = await table.take(this.name);
    if (this.#isOver) {
      table.giveBack(room);
      throw leftMeanwhile(this.name);
    }
    this.#room = room;
  }

  /** Makes it known who is there, before the client is told, and keeps it known as long as it wants. */
  async #watch(isWatching: boolean): Promise<void> {
    const { room } = this;
    if (isWatching && !this.#isWatching) room.watchPeople();
    if (!isWatching && this.#isWatching) room.unwatchPeople();
    this.#isWatching = isWatching;
    if (isWatching) await room.learnPeople();
  }
}

export function leftMeanwhile(room: string): RoomError {
  return new RoomError("NOT_JOINED", `Cannot join the room "${room}": it was left meanwhile`);
}
