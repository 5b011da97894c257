// A server made of nothing but a socket, to answer exactly what a test wants answered.
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { onTestFinished } from "vitest";
import { acceptKey } from "@ws/handshake";

export interface RawServer {
  readonly url: string;
  readonly port: number;
  /** The request heads that came. */
  readonly requests: string[];
  readonly sockets: Socket[];
}

/** Calls `answer` with each socket once its request head is there. */
export async function rawServer(
  answer: (socket: Socket, key: string, head: string) => void,
  { tls, path }: { tls?: TlsOptions; path?: string } = {},
): Promise<RawServer> {
  const requests: string[] = [];
  const { port, sockets } = await listen(
    (socket) => {
      let head = "";
      socket.on("data", function read(chunk: Buffer) {
        head += chunk.toString("latin1");
        if (!head.includes("\r\n\r\n")) return;
        socket.off("data", read);
        requests.push(head);
        answer(socket, /^sec-websocket-key: *(\S+)/im.exec(head)?.[1] ?? "", head);
      });
    },
    { ...(tls && { tls }), ...(path !== undefined && { path }) },
  );
  return { url: `${tls === undefined ? "ws" : "wss"}://localhost:${port}/`, port, requests, sockets };
}

/** A listening socket, gone after the test with all that came through it. */
export async function listen(
  onSocket: (socket: Socket) => void,
  { tls, path }: { tls?: TlsOptions; path?: string } = {},
): Promise<{ port: number; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server: Server =
    tls === undefined
      ? createServer({ allowHalfOpen: true, noDelay: true }, onSocket)
      : createTlsServer(tls, onSocket);
  server.on("connection", (socket: Socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
  });
  server.on("secureConnection", (socket: Socket) => socket.on("error", () => {}));
  if (path === undefined) server.listen(0, "localhost");
  else server.listen(path);
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: path === undefined ? (server.address() as AddressInfo).port : 0, sockets };
}

/** Accepts everything that comes. */
export function welcome(socket: Socket, key: string): void {
  socket.write(response(key));
}

/** Resolves when the other side has let go of every socket. */
export async function letGo(sockets: readonly Socket[]): Promise<void> {
  for (const socket of sockets) {
    socket.resume();
    if (!socket.readableEnded && !socket.closed)
      await Promise.race([once(socket, "close"), once(socket, "end")]);
  }
}

/** A right answer, with headers changed; `undefined` leaves one out. */
export function response(
  key: string,
  changes: Readonly<Record<string, string | readonly string[] | undefined>> = {},
  statusLine = "HTTP/1.1 101 Switching Protocols",
): string {
  const headers = {
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Accept": acceptKey(key),
    ...changes,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    (value === undefined ? [] : [value].flat()).map((each) => `${name}: ${each}\r\n`),
  );
  return `${statusLine}\r\n${lines.join("")}\r\n`;
}
