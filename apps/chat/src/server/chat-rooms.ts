// The chat itself: rooms of @ws/rooms, with who may do what, how much of it, and what clients may ask. Knows connections only as
// what rooms attach; HTTP and cookies are somebody else's.
import { createHash, randomBytes } from "node:crypto";
import {
  type AskedOutput,
  type MessageMiddleware,
  type RoomLog,
  type RoomSocket,
  RoomError,
  RoomServer,
} from "@ws/rooms";
import type { Connection } from "@ws/server";
import type { Logger } from "pino";
import { LIMITS } from "../shared/limits.ts";
import { type ChatRoomName, judgeRoom } from "../shared/names.ts";
import { type Person, personId } from "../shared/person.ts";
import { ChatClose, type ChatDefinition, type Hello, type Limited, protocol } from "../shared/protocol.ts";
import { mayUse } from "./authorize.ts";
import type { EndedSessions } from "./ended-sessions.ts";
import type { NamesInUse } from "./names-in-use.ts";
import { PersonLimits } from "./person-limits.ts";
import { RoomList } from "./room-list.ts";
import type { Session } from "./session.ts";

/** 16 random bytes: nobody guesses the name of an invite-only room. */
const INVITE_BYTES = 16;
/** Entries of one page of history, and of one look at what was missed. */
const MAX_PAGE = 100;
/** Messages that somebody may have missed and is still told one by one; whoever missed more reads history. */
const MAX_RECOVERED = 1000;

type Publish = Extract<
  Parameters<MessageMiddleware<ChatDefinition, Session>>[0],
  { readonly type: "publish" }
>;
type CreateRoom = AskedOutput<ChatDefinition, "toServer", "createRoom">;

export interface ChatRoomsOptions {
  readonly log: RoomLog;
  readonly names: NamesInUse;
  readonly ended: EndedSessions;
  readonly logger: Logger;
  readonly hello: Omit<Hello, "you">;
  readonly maxFileBytesPerDay: number;
  readonly onLimited: (what: Limited["what"]) => void;
  /** Default: `performance.now`. */
  readonly limitsNow?: (() => number) | undefined;
}

export class ChatRooms {
  readonly server: RoomServer<ChatDefinition, Session>;
  readonly #options: ChatRoomsOptions;
  readonly #list: RoomList;
  readonly #stopListening: () => void;

  constructor(options: ChatRoomsOptions) {
    this.#options = options;
    const { log, ended, logger, hello, maxFileBytesPerDay, onLimited, limitsNow } = options;
    this.server = new RoomServer<ChatDefinition, Session>(protocol, {
      log,
      authorize: (action, { context: { person } }, room) =>
        !ended.has(person.key) && mayUse(action, person, room),
      renewSession: ({ socket }) => {
        socket.close(ChatClose.sessionEnded, "SESSION_EXPIRED");
        return undefined;
      },
      rooms: { onLeave: (room) => this.#list.touch(room) },
      maxRoomsPerConnection: LIMITS.roomsPerPage + 1,
      maxBatch: LIMITS.messageBurst,
      maxPage: MAX_PAGE,
      maxRecovered: MAX_RECOVERED,
      onEngine: (status, error) => {
        if (status === "up") logger.info("the engine can be reached");
        else logger.warn({ error: error?.message }, "the engine cannot be reached");
      },
      onFault: (error) => logger.error({ error: error.message }, "the engine held something unreadable"),
      onError: (error) => logger.error({ err: error }, "a handler of rooms failed"),
    });
    this.#list = new RoomList({
      log,
      localRooms: () => this.server.members.names,
      isWatched: () => this.server.members.size("directory") > 0,
      tellOpened: (room) => this.server.publish("directory", "opened", { room }, { id: idOf(room) }),
      tellChanged: (changed) => this.server.signal("directory", "rooms", { changed: [...changed] }),
    });
    this.server.useForConnections(async (peer) => {
      const { person } = peer.context;
      await this.#admit(peer.context, peer.socket);
      peer.send("hello", { ...hello, you: person });
    });
    const { maxFileBytes } = hello;
    const limits = new PersonLimits({ maxFileBytes, maxFileBytesPerDay, onLimited, now: limitsNow });
    this.server.useForMessages(limits.middleware);
    this.server.useForMessages(async (message, { context: { person } }, next) => {
      if (message.type === "publish") this.#checkFileEnd(message);
      await next();
      if (message.type === "join") {
        void this.#list.open(message.room, () => limits.mayMakeRoom(person.key));
      }
      if (message.type === "enter" || message.type === "exit") this.#list.touch(message.room);
    });
    this.server.onRequest("listRooms", async () => ({ rooms: [...(await this.#list.list())] }));
    this.server.onRequest("createRoom", (request) => this.#create(request));
    this.#stopListening = ended.onEnd((key) => this.#end(key));
  }

  /** People with a connection to this node. */
  get people(): number {
    return new Set([...this.server.peers].map(({ person }) => person)).size;
  }

  /** Serves a connection of somebody whose session is good. */
  attach(connection: Connection, session: Session): void {
    const { person, expiresAt } = session;
    this.server.attach(connection, { person: personId(person), context: session, expiresAt });
  }

  async close(): Promise<void> {
    this.#stopListening();
    this.#list.stop();
    await this.server.close();
  }

  /** @throws RoomError for whoever has to go */
  async #admit({ person }: Session, socket: RoomSocket): Promise<void> {
    const { names } = this.#options;
    if (!(await this.#isNamed(person))) {
      socket.close(ChatClose.nameTaken, "NAME_TAKEN");
      throw new RoomError("NAME_TAKEN", `Somebody called “${person.name}” is here already`);
    }
    const letGo = names.hold(person);
    if (socket.state === "closed") letGo();
    else socket.on("close", letGo);
  }

  async #isNamed(person: Person): Promise<boolean> {
    const { names } = this.#options;
    try {
      return await names.claim(person);
    } catch {
      // They see that the engine is down, and go on when it is up.
      return names.assume(person);
    }
  }

  /** A file is whole with its end: one that is too large has none. */
  #checkFileEnd({ room, entries }: Publish): void {
    const { maxFileBytes } = this.#options.hello;
    if (!room.startsWith("file/")) return;
    for (const { event, data } of entries) {
      const { bytes } = (data ?? {}) as { readonly bytes?: unknown };
      if (event !== "end" || typeof bytes !== "number" || bytes <= maxFileBytes) continue;
      throw new RoomError("TOO_LARGE", `Cannot take a file of ${bytes} bytes: the most is ${maxFileBytes}`);
    }
  }

  async #create({ name, isInviteOnly }: CreateRoom): Promise<{ room: ChatRoomName }> {
    if (isInviteOnly) return { room: `chat/~${randomBytes(INVITE_BYTES).toString("base64url")}` };
    const verdict = judgeRoom(name);
    if (!verdict.ok) throw new RoomError("NAME_INVALID", verdict.reason);
    const room: ChatRoomName = `chat/${verdict.name}`;
    await this.#list.open(room);
    return { room };
  }

  /** A session was left, here or elsewhere. */
  #end(key: string): void {
    for (const { context, socket } of this.server.peers) {
      if (context.person.key !== key) continue;
      void this.#options.names.release(context.person);
      socket.close(ChatClose.sessionEnded, "SESSION_ENDED");
    }
  }
}

/** The same on all nodes: where two of them open a room at the same time it is opened once. */
function idOf(room: string): string {
  return createHash("sha256").update(room).digest("base64url");
}
