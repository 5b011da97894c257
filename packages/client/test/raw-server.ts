// A server made of nothing but a socket, to answer exactly what a test wants answered.
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { acceptKey } from "@ws/handshake";

export interface RawServer {
  readonly url: string;
  /** The request heads that came. */
  readonly requests: string[];
  readonly sockets: Socket[];
}

/** Calls `answer` with each socket once its request head is there. */
export async function rawServer(answer: (socket: Socket, key: string) => void): Promise<RawServer> {
  const requests: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.push(socket);
    let head = "";
    socket.on("error", () => {});
    socket.on("data", function read(chunk: Buffer) {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      socket.off("data", read);
      requests.push(head);
      answer(socket, /^sec-websocket-key: *(\S+)/im.exec(head)?.[1] ?? "");
    });
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `ws://localhost:${(server.address() as AddressInfo).port}/`, requests, sockets };
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
