// The other end of a client that is measured: a server by hand that knows what the client sends, checks that it does, and
// answers with frames made beforehand.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Load } from "../loads/load.ts";
import { differentMessages, payloadOf } from "../loads/payload.ts";
import { frameOf, Opcode } from "../wire/frame.ts";
import { Cycle } from "./cycle.ts";

export class ClientServer {
  readonly #messages: readonly Buffer[];
  readonly #answers: Cycle;
  readonly #frameBytes: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  failure: Error | undefined;

  constructor(load: Load) {
    this.#messages = Array.from({ length: differentMessages(load) }, (_, i) => payloadOf(load, i));
    const answers = this.#messages.map((message) => frameOf(Opcode.binary, message));
    this.#answers = new Cycle(answers, load.inFlight);
    // The mask.
    this.#frameBytes = answers[0]!.length + 4;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  async listen(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#sockets.delete(socket));
    let head = "";
    const onHead = (chunk: Buffer): void => {
      head += chunk.toString("latin1");
      if (!head.endsWith("\r\n\r\n")) return;
      socket.off("data", onHead);
      socket.write(answerTo(head));
      this.#answer(socket);
    };
    socket.on("data", onHead);
  }

  #answer(socket: Socket): void {
    const frame = Buffer.alloc(this.#frameBytes);
    let filled = 0;
    let count = 0;
    socket.on("data", (chunk) => {
      const first = count;
      for (let at = 0; at < chunk.length;) {
        const copied = chunk.copy(frame, filled, at);
        at += copied;
        filled += copied;
        if (filled < frame.length) break;
        filled = 0;
        if (!isMessage(frame, this.#messages[count++ % this.#messages.length]!)) {
          this.failure ??= new Error(
            `A client sent something else: ${frame.subarray(0, 40).toString("hex")}`,
          );
          socket.destroy();
          return;
        }
      }
      if (count > first) socket.write(this.#answers.slice(first, count - first));
    });
  }
}

function answerTo(head: string): string {
  const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1] ?? "";
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  return [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`,
    "\r\n",
  ].join("\r\n");
}

/** Whether a masked frame holds this message, in the shortest form of its length, unfragmented. */
function isMessage(frame: Buffer, message: Buffer): boolean {
  const start = frame.length - message.length;
  const header = frameOf(Opcode.binary, message.subarray(0, 0))[0];
  if (frame[0] !== header || (frame[1]! & 0x80) === 0) return false;
  for (let i = 0; i < message.length; i++) {
    if ((frame[start + i]! ^ frame[start - 4 + (i & 3)]!) !== message[i]) return false;
  }
  return true;
}
