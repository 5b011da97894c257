// A client made of nothing but a socket, which keeps no rule that it is not told to keep.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

const FIELDS: Readonly<Record<string, string>> = {
  Host: "localhost",
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version": "13",
};

export function requestText(more: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ ...FIELDS, ...more }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET / HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** A socket that nobody reads yet, gone when the test is over. */
export async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: "localhost", noDelay: true });
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** Behind the opening handshake; whatever came behind the answer is still to be read. */
export async function enter(port: number, more?: Readonly<Record<string, string>>): Promise<Socket> {
  const socket = await dial(port);
  socket.write(requestText(more));
  let head = Buffer.alloc(0);
  while (!head.includes("\r\n\r\n")) {
    await once(socket, "readable");
    head = Buffer.concat([head, (socket.read() as Buffer | null) ?? Buffer.alloc(0)]);
  }
  if (!head.toString().startsWith("HTTP/1.1 101 ")) throw new Error(head.toString());
  socket.unshift(head.subarray(head.indexOf("\r\n\r\n") + 4));
  return socket;
}

/** All that the server sends until it ends. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Writes as fast as the socket takes it. */
export async function pour(socket: Socket, chunk: Uint8Array, times: number): Promise<void> {
  for (let i = 0; i < times; i++) if (!socket.write(chunk)) await once(socket, "drain");
}

/** A frame as a client sends it, masked with the key 0, its length written as short as it can be. */
export function frame(first: number, payload: Uint8Array | string = ""): Buffer {
  const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
  return Buffer.concat([Buffer.of(first), lengthOctets(bytes.length), Buffer.alloc(4), bytes]);
}

function lengthOctets(length: number): Buffer {
  if (length < 126) return Buffer.of(0x80 | length);
  const octets = Buffer.alloc(length < 65_536 ? 3 : 9);
  octets[0] = length < 65_536 ? 0xfe : 0xff;
  octets.writeUIntBE(length, length < 65_536 ? 1 : 3, length < 65_536 ? 2 : 6);
  return octets;
}

/** The code of a close frame at the end of these bytes, as a server writes it. */
export function closeCodeOf(bytes: Buffer): number | undefined {
  for (let at = 0; at + 1 < bytes.length;) {
    const short = bytes[at + 1]! & 0x7f;
    const [header, length] =
      short < 126
        ? [2, short]
        : short === 126
          ? [4, bytes.readUInt16BE(at + 2)]
          : [10, Number(bytes.readBigUInt64BE(at + 2))];
    if ((bytes[at]! & 0x0f) === 8) return bytes.readUInt16BE(at + header);
    at += header + length;
  }
  return undefined;
}
