// A server and clients over loopback, and waiting for what happens to them.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { connect, type Connection, type ConnectOptions } from "@ws/client";
import { WebSocketServer } from "@ws/server";
import { onTestFinished } from "vitest";

export interface Peers {
  readonly url: string;
  /** Opens a connection and resolves with both its ends. */
  open(options?: ConnectOptions): Promise<{ server: Connection; client: Connection }>;
}

export async function startPeers(): Promise<Peers> {
  const server = new WebSocketServer({ port: 0, host: "localhost" });
  await once(server, "listening");
  onTestFinished(async () => {
    for (const connection of server.clients) connection.terminate();
    await server.close();
  });
  const url = `ws://localhost:${server.address()!.port}/`;
  return {
    url,
    async open(options) {
      const accepted = once(server, "connection") as Promise<[Connection]>;
      const client = await connect(url, options);
      return { server: (await accepted)[0], client };
    },
  };
}

/** Resolves at the next event of a channel. */
export function next(channel: string): Promise<void> {
  return new Promise((resolve) => {
    const listener = (): void => {
      unsubscribe(channel, listener);
      resolve();
    };
    subscribe(channel, listener);
  });
}

/** Closes from the client's side, and waits until both have seen the end. */
export async function close(
  { server, client }: { server: Connection; client: Connection },
  code?: number,
): Promise<void> {
  await Promise.all([client.close(code), server.closed]);
}
