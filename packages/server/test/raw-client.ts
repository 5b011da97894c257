// A client made of nothing but a socket, to say exactly what a test wants said.
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export const HANDSHAKE: Readonly<Record<string, string>> = {
  Host: "localhost",
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version": "13",
};

export function requestText(
  path = "/",
  headers: Readonly<Record<string, string>> = HANDSHAKE,
  method = "GET",
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** Opens a socket and writes the text; the socket does not end by itself when the server's side ends. */
export async function dial(port: number, text = ""): Promise<Socket> {
  const socket = connect({ port, host: "localhost", allowHalfOpen: true });
  socket.on("error", () => {});
  await once(socket, "connect");
  if (text !== "") socket.write(text);
  return socket;
}

/** All that the server sends until it ends its side. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Reads until the bytes so far satisfy the question. */
export async function readUntil(socket: Socket, enough: (bytes: Buffer) => boolean): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  while (!enough(bytes)) {
    const [chunk] = (await once(socket, "data")) as [Buffer];
    bytes = Buffer.concat([bytes, chunk]);
  }
  return bytes;
}

/** Whether the head of the response is there, and this many bytes behind it. */
export const hasHeadAnd =
  (count: number) =>
  (bytes: Buffer): boolean => {
    const end = bytes.indexOf("\r\n\r\n");
    return end !== -1 && bytes.length >= end + 4 + count;
  };
