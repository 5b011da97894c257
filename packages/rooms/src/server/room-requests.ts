// What a client asks of a room that changes no membership: publishing, signals, history, and who is there.
import { expectValid } from "../definition/standard-schema.ts";
import { RoomError } from "../room-error.ts";
import type { NewEntry, ReadRange } from "../room-log.ts";
import { encodeBytes } from "../wire/codec.ts";
import { VERSION } from "../wire/message-shapes.ts";
import type {
  EnterMessage,
  HistoryMessage,
  PresentMessage,
  PublishMessage,
  ServerMessage,
  SignalRequest,
  WireDraft,
  WireResult,
} from "../wire/messages.ts";
import { inBatches } from "./batches.ts";
import { entryId, type Publisher } from "./entry-id.ts";
import { noPresence } from "./memberships.ts";
import type { AnyPeer, PeerHost } from "./peer-host.ts";
import { assertSize, encodeAnnouncement, encodeEntry, eventSchema, signalSchema } from "./publisher.ts";
import { readEntry } from "./read-entry.ts";
import type { Session } from "./session.ts";
import { isInternal, toRoomError } from "./to-room-error.ts";

export class RoomRequests {
  readonly #host: PeerHost;
  readonly #peer: AnyPeer;
  readonly #session: Session;

  constructor(host: PeerHost, peer: AnyPeer, session: Session) {
    this.#host = host;
    this.#peer = peer;
    this.#session = session;
  }

  /**
   * Publishes what can be, all at once and in order. What cannot is refused by itself; where the engine fails, everything is: a
   * part may have been appended, and the same ids make it harmless to try all of it again.
   */
  async publish({ id, room, entries }: PublishMessage): Promise<ServerMessage> {
    const { protocol, limits, log } = this.#host;
    protocol.expectKind(room);
    if (entries.length > limits.maxBatch) {
      throw new RoomError(
        "TOO_LARGE",
        `Cannot publish ${entries.length} messages: maxBatch is ${limits.maxBatch}`,
      );
    }
    const refusals = new Map<WireDraft, RoomError>();
    const accepted: NewEntry[] = [];
    const allowed = new Map<string, Promise<void>>();
    for (const draft of entries) {
      try {
        accepted.push(await this.#check(room, draft, allowed));
      } catch (error) {
        if (isInternal(error)) this.#host.reportError(error, this.#peer);
        refusals.set(draft, toRoomError(error));
      }
    }
    const appended = accepted.length === 0 ? [] : await log.append(room, accepted);
    let next = 0;
    const results = entries.map((draft): WireResult => {
      const refusal = refusals.get(draft);
      if (refusal !== undefined) return { code: refusal.code, message: refusal.message };
      const { seq, isDuplicate } = appended[next++]!;
      return isDuplicate ? { seq, duplicate: true } : { seq };
    });
    return { type: "published", re: id, epoch: appended[0]?.epoch, results };
  }

  async signal({ id, room, event, data }: SignalRequest): Promise<ServerMessage> {
    const { protocol, allow, log, limits } = this.#host;
    const schema = signalSchema(protocol.expectKind(room), event);
    await expectValid(schema, data, `signal "${event}"`);
    await this.#session.ask(() => allow("publish", this.#peer, room, { event }));
    const from = this.#peer.person;
    const bytes = encodeAnnouncement({ v: VERSION, kind: "signal", event, data, from });
    assertSize(bytes, "maxEntryBytes", limits.maxEntryBytes);
    await log.announce(room, bytes);
    return { type: "done", re: id };
  }

  /** @param signal aborted when nobody waits for it any more */
  async history(
    { id, room, before, after, limit }: HistoryMessage,
    signal: AbortSignal,
  ): Promise<ServerMessage> {
    const { protocol, allow, feeds, limits } = this.#host;
    protocol.expectKind(room);
    await this.#session.ask(() => allow("history", this.#peer, room));
    if (limit < 1 || (before !== undefined && after !== undefined)) {
      throw new RoomError("INVALID", "Cannot read history: limit is 0, or both before and after are given");
    }
    const bounded = Math.min(limit, limits.maxPage);
    const range: ReadRange = after === undefined ? { before, limit: bounded } : { after, limit: bounded };
    const { epoch, first, last, entries } = await feeds.read(room, range, signal);
    const batches = inBatches(entries);
    // The client goes on from where the page ends.
    const fitting = after === undefined ? batches.at(-1)! : batches[0]!;
    const known = fitting
      .map((entry) => readEntry(room, entry, limits.maxEntryBytes, (fault) => this.#host.reportFault(fault)))
      .filter((entry) => entry !== undefined);
    return { type: "page", re: id, epoch, first, last, entries: known };
  }

  async present({ id, room }: PresentMessage): Promise<ServerMessage> {
    const { protocol, allow, limits } = this.#host;
    if (protocol.expectKind(room).presence === undefined) throw noPresence(room);
    await this.#session.ask(() => allow("presence", this.#peer, room));
    const people = await this.#host.peopleIn(room);
    return { type: "people", re: id, people: people.list(limits.maxPeople), total: people.size };
  }

  /** What somebody says of themselves, checked. */
  async presenceOf({ room, data }: EnterMessage): Promise<unknown> {
    const { protocol, allow, limits } = this.#host;
    const schema = protocol.expectKind(room).presence;
    if (schema === undefined) throw noPresence(room);
    await expectValid(schema, data, "presence");
    assertSize(encodeBytes({ data }), "maxPresenceBytes", limits.maxPresenceBytes);
    await this.#session.ask(() => allow("presence", this.#peer, room));
    return data;
  }

  async #check(room: string, draft: WireDraft, allowed: Map<string, Promise<void>>): Promise<NewEntry> {
    const { protocol, allow, limits } = this.#host;
    const { event, data } = draft;
    const schema = eventSchema(protocol.expectKind(room), event);
    await expectValid(schema, data, `event "${event}"`);
    // One answer holds for all of a batch.
    let answer = allowed.get(event);
    if (answer === undefined) {
      answer = this.#session.ask(() => allow("publish", this.#peer, room, { event }));
      allowed.set(event, answer);
    }
    await answer;
    const { person } = this.#peer;
    const bytes = encodeEntry({ v: VERSION, event, data, from: person });
    assertSize(bytes, "maxEntryBytes", limits.maxEntryBytes);
    const publisher: Publisher = person === undefined ? { kind: "nobody" } : { kind: "person", person };
    return { id: entryId(publisher, draft.id), data: bytes };
  }
}
