// A peer by hand, on a bare socket: what no well-behaved one would send, and what exactly was answered.
import { once } from "node:events";
import { connect as netConnect, createServer, type AddressInfo, type Socket } from "node:net";
import { createHash } from "node:crypto";
import { onTestFinished } from "vitest";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** The request of a handshake; a header that is `undefined` is left out. */
export function handshake(headers: Record<string, string | undefined> = {}, line = "GET / HTTP/1.1"): string {
  const fields = {
    Host: "localhost",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
    ...headers,
  };
  const lines = Object.entries(fields).filter(([, value]) => value !== undefined);
  return `${line}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
}

export class RawPeer {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => (this.#received = Buffer.concat([this.#received, chunk])));
    socket.on("error", () => {});
    onTestFinished(() => void socket.destroy());
  }

  /** The head of the answer to a handshake. */
  async head(): Promise<string> {
    for (;;) {
      const end = this.#received.indexOf("\r\n\r\n");
      if (end !== -1) {
        const head = this.#received.toString("latin1", 0, end);
        this.#received = this.#received.subarray(end + 4);
        return head;
      }
      await once(this.socket, "data");
    }
  }

  /** All that comes until the other side ends. */
  async rest(): Promise<Buffer> {
    if (!this.socket.readableEnded) await once(this.socket, "end");
    return this.#received;
  }

  /** So many bytes. */
  async take(length: number): Promise<Buffer> {
    while (this.#received.length < length) await once(this.socket, "data");
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }

  write(...pieces: (string | Uint8Array)[]): void {
    for (const piece of pieces) this.socket.write(piece);
  }
}

/** A client by hand. */
export async function rawClient(port: number, request?: string): Promise<RawPeer> {
  const socket = netConnect({ port, host: "127.0.0.1" });
  await once(socket, "connect");
  const peer = new RawPeer(socket);
  if (request !== undefined) peer.write(request);
  return peer;
}

/** A server by hand: answers the first request with what `answer` makes of its key. */
export async function rawServer(
  answer: (accept: string, peer: RawPeer) => string,
): Promise<{ url: string; peer: Promise<RawPeer> }> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const peer = (async () => {
    const [socket] = (await once(server, "connection")) as [Socket];
    const each = new RawPeer(socket);
    const head = await each.head();
    const key = /sec-websocket-key: (.*)/i.exec(head)![1]!.trim();
    const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    each.write(Buffer.from(answer(accept, each), "latin1"));
    return each;
  })();
  return { url: `ws://127.0.0.1:${port}`, peer };
}

/** An answer that opens a WebSocket. */
export function switching(accept: string, headers = ""): string {
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${headers}\r\n`;
}

/** A frame; masked as a client's, with a key of zeros, or not. */
export function frame(first: number, payload: Uint8Array | string = "", isMasked = true): Buffer {
  const body = Buffer.from(payload as string);
  const length = body.length < 126 ? [body.length] : [126, body.length >> 8, body.length & 0xff];
  length[0]! |= isMasked ? 0x80 : 0;
  return Buffer.concat([Buffer.from([first, ...length]), Buffer.alloc(isMasked ? 4 : 0), body]);
}
