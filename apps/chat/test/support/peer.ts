// A person without a browser: enters over HTTP, talks over a WebSocket, and remembers every event until it is asked for.
import { connect, type CloseResult, type Connection } from "@ws/client";
import { decodeServerEvent } from "../../src/shared/decode.ts";
import { type ClientEvent, type ServerEvent, SUBPROTOCOL } from "../../src/shared/protocol.ts";

type EventOf<Type extends ServerEvent["type"]> = ServerEvent & { readonly type: Type };

export interface Entered {
  readonly status: number;
  readonly cookie: string;
  readonly body: unknown;
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
  return { status: response.status, cookie, body: await response.json() };
}

export class Peer {
  readonly connection: Connection;
  readonly #events: ServerEvent[] = [];
  #arrived: (() => void) | undefined;

  constructor(connection: Connection) {
    this.connection = connection;
    connection.on("message", (data) => {
      const event = decodeServerEvent(String(data));
      if (event === undefined) throw new Error(`The server sent what the page cannot read: ${String(data)}`);
      this.#events.push(event);
      this.#arrived?.();
    });
  }

  get closed(): Promise<CloseResult> {
    return this.connection.closed;
  }

  say(event: ClientEvent): void {
    this.connection.send(JSON.stringify(event));
  }

  raw(data: string | Uint8Array): void {
    this.connection.send(data);
  }

  /** The next event of a type that fits; those before it are forgotten. */
  async next<Type extends ServerEvent["type"]>(
    type: Type,
    fits: (event: EventOf<Type>) => boolean = () => true,
  ): Promise<EventOf<Type>> {
    for (;;) {
      const event = this.#events.shift();
      if (event === undefined) await new Promise<void>((resolve) => (this.#arrived = resolve));
      else if (event.type === type && fits(event as EventOf<Type>)) return event as EventOf<Type>;
    }
  }

  /** Everything that arrives up to the answer to a question asked now. */
  async drain(): Promise<readonly ServerEvent[]> {
    const drained: ServerEvent[] = [];
    this.say({ type: "ping" });
    for (;;) {
      const event = this.#events.shift();
      if (event === undefined) await new Promise<void>((resolve) => (this.#arrived = resolve));
      else if (event.type === "pong") return drained;
      else drained.push(event);
    }
  }
}

export async function dial(url: string, cookie: string, origin?: string): Promise<Peer> {
  const connection = await connect(`${url.replace("http", "ws")}/ws`, {
    protocols: SUBPROTOCOL,
    headers: cookie === "" ? {} : { Cookie: cookie },
    ...(origin !== undefined && { origin }),
  });
  return new Peer(connection);
}

/** Enters, connects, and joins a room. */
export async function arrive(
  url: string,
  name: string,
  room = "lobby",
): Promise<Peer & { readonly cookie: string }> {
  const { cookie } = await enter(url, name);
  const peer = await dial(url, cookie);
  await peer.next("welcome");
  peer.say({ type: "join", room });
  await peer.next("joined");
  return Object.assign(peer, { cookie });
}
