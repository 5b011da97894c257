// A WebSocket client that does what it is told, frame by frame, and knows no rules: to be quiet, to stop reading, to break
// off, to send what no client may. Those who behave use @ws/client.
import { randomBytes } from "node:crypto";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type Frame, FrameDecoder, FrameEncoder, Opcode } from "@ws/frame";
import { type Address, HOST } from "./address.ts";

export interface RawClientOptions {
  /** Told of every frame but pings. */
  readonly onFrame?: (frame: Frame) => void;
  readonly onPing?: () => void;
  /** Default: `true`. */
  readonly answersPings?: boolean;
}

/** A socket, TCP or TLS, that has connected. Errors that come later are followed by `close`, which says enough. */
export function dial({ port, ca, localAddress }: Address): Promise<Socket> {
  const where = { host: HOST, port, ...(localAddress !== undefined && { localAddress }) };
  const socket =
    ca === undefined
      ? connectTcp({ ...where, noDelay: true })
      : connectTls({ ...where, ca, servername: "localhost" });
  return new Promise((resolve, reject) => {
    socket.once(ca === undefined ? "connect" : "secureConnect", () => {
      socket.off("error", reject).off("close", onClose);
      socket.on("error", () => {});
      resolve(socket);
    });
    const onClose = (): void => reject(new Error(`Cannot dial port ${port}: the socket closed`));
    socket.once("error", reject).once("close", onClose);
  });
}

/** The opening handshake's request. */
export function requestHead({ port, path = "/" }: Address): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${HOST}:${port}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    "\r\n",
  ].join("\r\n");
}

export class RawClient {
  readonly socket: Socket;
  readonly #encoder = new FrameEncoder({ role: "client" });
  readonly #decoder = new FrameDecoder({ role: "client" });
  readonly #options: RawClientOptions;

  private constructor(socket: Socket, options: RawClientOptions) {
    this.socket = socket;
    this.#options = options;
  }

  /** Dials and does the opening handshake. */
  static async open(address: Address, options: RawClientOptions = {}): Promise<RawClient> {
    const socket = await dial(address);
    socket.write(requestHead(address));
    const rest = await readHead(socket);
    const client = new RawClient(socket, options);
    socket.on("data", (chunk: Uint8Array) => client.#receive(chunk));
    if (rest.length > 0) client.#receive(rest);
    return client;
  }

  get isOpen(): boolean {
    return this.socket.writable;
  }

  send(opcode: number, payload: string | Uint8Array, fin = true): void {
    this.socket.write(this.encode(opcode, payload, fin));
  }

  /** The bytes of one frame, masked. */
  encode(opcode: number, payload: string | Uint8Array, fin = true): Buffer {
    this.#encoder.frame(opcode, payload, fin);
    return Buffer.concat(this.#encoder.take());
  }

  #receive(chunk: Uint8Array): void {
    const { onFrame, onPing, answersPings = true } = this.#options;
    this.#decoder.push(chunk);
    for (let frame = this.#decoder.next(); frame !== undefined; frame = this.#decoder.next()) {
      if (frame.opcode !== Opcode.ping) onFrame?.(frame);
      else {
        onPing?.();
        if (answersPings && this.isOpen) this.send(Opcode.pong, frame.payload);
      }
    }
  }
}

/** Reads the answer's head; resolves with what lies behind it. */
function readHead(socket: Socket): Promise<Buffer> {
  let head = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    const release = (): void => void socket.off("data", onData).off("close", onClose);
    const onClose = (): void => {
      release();
      reject(new Error(`Cannot open a connection: it closed after ${JSON.stringify(head.toString())}`));
    };
    const onData = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      release();
      if (head.toString("latin1", 0, 12) === "HTTP/1.1 101") return resolve(head.subarray(end + 4));
      socket.destroy();
      reject(new Error(`Cannot open a connection: ${head.toString("latin1", 0, head.indexOf("\r\n"))}`));
    };
    socket.on("data", onData).on("close", onClose);
  });
}
