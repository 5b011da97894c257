// A person without a browser: enters over HTTP, talks as a RoomClient, and remembers what it hears until it is asked for.
import { type CloseResult, connect, type Connection, ReconnectingConnection } from "@ws/client";
import { type ClientRoom, RoomClient, type RoomChange, SUBPROTOCOL } from "@ws/rooms/client";
import { onTestFinished } from "vitest";
import type { ChatRoomName } from "../../src/shared/names.ts";
import type { Person } from "../../src/shared/person.ts";
import { type ChatDefinition, type Hello, type Limited, protocol } from "../../src/shared/protocol.ts";
import type { SessionAnswer } from "../../src/shared/session-api.ts";
import { Heard } from "./heard.ts";

export interface Entered {
  readonly status: number;
  readonly cookie: string;
  readonly body: SessionAnswer;
}

export async function enter(
  url: string,
  name: string,
  headers: Record<string, string> = {},
): Promise<Entered> {
  const response = await fetch(`${url}/api/session`, {
    method: "POST",
    headers,
    body: JSON.stringify({ name }),
  });
  const cookie = response.headers.get("set-cookie")?.split(";")[0] ?? "";
  return { status: response.status, cookie, body: (await response.json()) as SessionAnswer };
}

export interface Said {
  readonly text: string;
  readonly from: string | undefined;
  readonly id: string | undefined;
  readonly position: { readonly epoch: string; readonly seq: number } | undefined;
}

type ChatRoomOf = ClientRoom<NonNullable<ChatDefinition["rooms"]>["chat"]>;

/** One room, with all that was heard in it. */
export class VisitedRoom {
  readonly room: ChatRoomOf;
  readonly messages = new Heard<Said>();
  readonly changes = new Heard<RoomChange<{ isAway: boolean }>>();

  constructor(room: ChatRoomOf) {
    this.room = room;
    room.on("message", ({ text }, { from, id, position }) =>
      this.messages.push({ text, from, id, position }),
    );
    room.observe((change) => this.changes.push(change));
  }

  /** Says something, and waits until it is delivered. */
  async say(text: string, id?: string): Promise<void> {
    const result = await this.room.publish("message", { text }, id === undefined ? {} : { id }).result;
    if (result.status === "failed") throw result.error;
  }

  /** The next message with this text; those before it are forgotten. */
  hear(text: string): Promise<Said> {
    return this.messages.next((said) => said.text === text);
  }
}

export class Visitor {
  readonly client: RoomClient<ChatDefinition>;
  readonly hello = new Heard<Hello>();
  readonly limited = new Heard<Limited>();
  /** The one that is open now. */
  readonly #connection: () => Connection;

  constructor(socket: Connection | ReconnectingConnection, connection: () => Connection) {
    this.#connection = connection;
    this.client = new RoomClient(protocol, socket);
    this.client.onEvent("hello", (hello) => this.hello.push(hello));
    this.client.onEvent("limited", (limited) => this.limited.push(limited));
    onTestFinished(() => this.client.close());
  }

  /** How the connection that is open now has ended. */
  get closed(): Promise<CloseResult> {
    return this.#connection().closed;
  }

  /** Joins a room and is present there. */
  async come(name: ChatRoomName): Promise<VisitedRoom> {
    const visited = new VisitedRoom(this.client.join(name, { presence: true }));
    await visited.room.enter({ isAway: false });
    return visited;
  }

  /** Breaks the connection without a word. */
  cut(): void {
    this.#connection().terminate();
  }
}

/** Connects with a cookie, once. @param origin of the page that does, if one does */
export async function dial(url: string, cookie: string, origin?: string): Promise<Visitor> {
  const connection = await connect(wsUrl(url), {
    protocols: SUBPROTOCOL,
    ...(cookie !== "" && { headers: { Cookie: cookie } }),
    ...(origin !== undefined && { origin }),
  });
  return new Visitor(connection, () => connection);
}

/** Connects with a cookie, and again to whatever node is next after each break. */
export function roam(urls: readonly string[], cookie: string): Visitor {
  let next = 0;
  let current: Connection | undefined;
  const socket = new ReconnectingConnection({
    connect: async (...how: Parameters<typeof connect>) => (current = await connect(...how)),
    url: () => wsUrl(urls[next++ % urls.length]!),
    options: { protocols: SUBPROTOCOL, headers: { Cookie: cookie } },
    baseDelayMs: 10,
    maxDelayMs: 50,
  });
  return new Visitor(socket, () => current!);
}

export interface Arrived extends Visitor {
  readonly cookie: string;
  readonly person: Person;
}

/** Enters and connects. */
export async function arrive(url: string, name: string): Promise<Arrived> {
  const { cookie, body } = await enter(url, name);
  if (!("you" in body) || body.you === null)
    throw new Error(`${name} was not let in: ${JSON.stringify(body)}`);
  const visitor = await dial(url, cookie);
  await visitor.hello.next();
  return Object.assign(visitor, { cookie, person: body.you });
}

export function wsUrl(url: string): string {
  return `${url.replace("http", "ws")}/ws`;
}
