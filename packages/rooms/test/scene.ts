// Both halves of typed rooms in one process: servers as nodes on one engine, clients that can be cut off, and what they heard.
import { EventEmitter, once } from "node:events";
import * as v from "valibot";
import { defineRooms, type EventName, MemoryLog, RoomServer, type RoomServerOptions } from "@ws/rooms";
import { RoomClient, type RoomClientOptions } from "@ws/rooms/client";
import { encode, type Frame, readServerMessage, type ServerMessage } from "@ws/rooms/wire";

export const protocol = defineRooms({
  rooms: {
    chat: {
      events: {
        message: v.object({ text: v.pipe(v.string(), v.maxLength(1000)) }),
        image: v.object({ bytes: v.instance(Uint8Array), alt: v.optional(v.string()) }),
      },
      signals: { typing: v.object({ isTyping: v.boolean() }) },
      presence: v.object({ away: v.boolean() }),
    },
    ticker: { events: { tick: v.number(), any: v.any() } },
    prices: {
      events: { trade: v.number() },
      signals: { price: v.object({ pair: v.string(), rate: v.number() }) },
      isLossy: true,
      conflateBy: { price: "pair" },
    },
  },
  toServer: {
    events: { log: v.string() },
    requests: {
      add: { input: v.object({ a: v.number(), b: v.number() }), output: v.number() },
      echo: { input: v.any(), output: v.any() },
    },
  },
  toClient: {
    events: { notice: v.string() },
    requests: { confirm: { input: v.string(), output: v.boolean() } },
  },
});

export type Definition = (typeof protocol)["definition"];
export type ChatEvent = EventName<Definition["rooms"]["chat"]>;

/** One end of a connection without a network: what is sent arrives in a later microtask, unless the connection was cut. */
export class MemorySocket extends EventEmitter {
  peer!: MemorySocket;
  state: "open" | "closed" = "open";
  /** What was sent from this end. */
  readonly sent: (string | Uint8Array)[] = [];
  /** What this end was closed with. */
  closedWith: { code?: number | undefined; reason?: string | undefined } | undefined;
  /** Frames that are on their way are held back here as long as this is set. */
  held: (() => void)[] | undefined;

  send(data: unknown): boolean {
    if (this.state === "closed") return false;
    const frame = data as string | Uint8Array;
    this.sent.push(frame);
    const arrive = (): void => {
      if (this.peer.state === "open") this.peer.emit("message", frame);
    };
    if (this.held === undefined) queueMicrotask(arrive);
    else this.held.push(arrive);
    return true;
  }

  /** Lets go what was held back. */
  release(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const arrive of held) arrive();
  }

  close(code?: number, reason?: string): void {
    if (this.state === "closed") return;
    this.closedWith = { code, reason };
    queueMicrotask(() => this.cut());
  }

  /** The connection breaks: what is on its way is lost. */
  cut(): void {
    for (const end of [this, this.peer]) {
      if (end.state === "closed") continue;
      end.state = "closed";
      end.emit("close");
    }
  }
}

export function socketPair(): { readonly client: MemorySocket; readonly server: MemorySocket } {
  const client = new MemorySocket();
  const server = new MemorySocket();
  client.peer = server;
  server.peer = client;
  return { client, server };
}

/** A client without a library. */
export function stranger(server: RoomServer<Definition, string>, person?: string) {
  const { client, server: end } = socketPair();
  const told: ServerMessage[] = [];
  client.on("message", (frame: Frame) => {
    const { value } = readServerMessage(frame);
    if (value !== undefined) told.push(value);
  });
  const peer = server.attach(end, { person, context: "" });
  return { peer, socket: client, end, told, say: (message: object) => client.send(encode(message)) };
}

/** A server that lets everybody do everything, unless told otherwise. */
export function serve(
  options: Partial<RoomServerOptions<Definition, string>> = {},
): RoomServer<Definition, string> {
  return new RoomServer<Definition, string>(protocol, {
    authorize: () => true,
    log: new MemoryLog(),
    ...options,
  });
}

/** A client and its connection to a server. */
export class Visitor {
  readonly client: RoomClient<Definition>;
  readonly person: string | undefined;
  socket!: MemorySocket;

  constructor(
    server: RoomServer<Definition, string> | undefined,
    person?: string,
    options?: RoomClientOptions,
  ) {
    this.person = person;
    this.client = new RoomClient(protocol, undefined, options);
    if (server !== undefined) this.connect(server);
  }

  /** Over a new connection, to any node. */
  connect(server: RoomServer<Definition, string>, expiresAt?: number): void {
    const { client, server: end } = socketPair();
    this.socket = client;
    this.client.attach(client);
    server.attach(end, { person: this.person, context: this.person ?? "nobody", expiresAt });
  }
}

/** Resolves when the condition holds, looked at again after every turn; the test's own deadline is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets everything happen that needs no timer and no I/O. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export { once };
