// A server for the tests of what stands on top of connections: it does the opening handshake in a few lines and leaves
// the rest to a Connection. It can go away and come back on the port it had.
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { Connection, type ConnectionOptions } from "@ws/connection";
import { response } from "./raw-server.ts";

export interface Peer {
  readonly url: string;
  readonly port: number;
  /** The connections that came, in order. */
  readonly connections: Connection[];
  /** Request heads that came, in order. */
  readonly requests: string[];
  /** Resolves with the connection of that index once it has come. */
  connection(index: number): Promise<Connection>;
  /** Destroys all connections, and listens no more. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
}

export interface PeerOptions extends ConnectionOptions {
  /** The headers of the answer that are not the usual ones, by the request's head. */
  readonly headers?: (head: string) => Record<string, string>;
  /** Answers instead of the 101; `undefined` lets it come. */
  readonly refuse?: (request: number) => string | undefined;
  /** Called with each connection. */
  readonly onConnection?: (connection: Connection, index: number) => void;
}

export async function startPeer(options: PeerOptions = {}): Promise<Peer> {
  const connections: Connection[] = [];
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const waiting = new Map<number, (connection: Connection) => void>();
  let server: Server;
  let port = 0;

  function onSocket(socket: Socket): void {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    let head = "";
    socket.on("data", function read(chunk: Buffer) {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      socket.off("data", read);
      const number = requests.push(head) - 1;
      const refusal = options.refuse?.(number);
      if (refusal !== undefined) {
        socket.end(refusal);
        return;
      }
      const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1] ?? "";
      socket.write(response(key, options.headers?.(head) ?? {}));
      const connection = new Connection(socket, { ...options, role: "server" });
      const index = connections.push(connection) - 1;
      options.onConnection?.(connection, index);
      waiting.get(index)?.(connection);
    });
  }

  async function start(): Promise<void> {
    server = createServer({ allowHalfOpen: true, noDelay: true }, onSocket);
    server.listen(port, "localhost");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  }

  async function stop(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  }

  await start();
  onTestFinished(async () => {
    if (server.listening) await stop();
  });
  return {
    url: `ws://localhost:${port}/`,
    port,
    connections,
    requests,
    connection: (index) =>
      index < connections.length
        ? Promise.resolve(connections[index]!)
        : new Promise((resolve) => waiting.set(index, resolve)),
    stop,
    start,
  };
}

export const echo = (connection: Connection): void =>
  void connection.on("message", (data) => connection.send(data));
