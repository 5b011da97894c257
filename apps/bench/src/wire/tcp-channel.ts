// A WebSocket over TCP or TLS, opened by hand, or TCP alone. All plain connections are read into one buffer, so that what
// measures spends its time on measuring.
import { connect, type Socket, type TcpSocketConnectOpts } from "node:net";
import { connect as connectTls } from "node:tls";
import { frameOf, maskKeyOf, Opcode } from "./frame.ts";
import { ACCEPT, KEY } from "./handshake.ts";
import type { Channel, Listener, Target } from "./target.ts";

/** What each protocol on top says of itself before anything else, in frames. */
const PACKETS = { websocket: 0, raw: 0, "engine.io": 1, "socket.io": 2 } as const;
const PATHS = {
  websocket: "/",
  raw: "/",
  "engine.io": "/engine.io/?EIO=4&transport=websocket",
  "socket.io": "/socket.io/?EIO=4&transport=websocket",
} as const;
/** Asks Socket.IO for its main namespace. */
const NAMESPACE = frameOf(Opcode.text, Buffer.from("40"), { maskKey: maskKeyOf(2) });
const END_OF_HEAD = Buffer.from("\r\n\r\n");
const readBuffer = Buffer.allocUnsafeSlow(256 * 1024);

/** @param index spreads connections over the addresses of loopback, where there are several: ports run out */
export async function openTcp(target: Target, index: number, listener: Listener): Promise<Channel> {
  const opening = new Opening(target, listener, () => socket.write(NAMESPACE));
  const socket = dial(target, index, (chunk) => opening.onBytes(chunk));
  socket.setNoDelay(true);
  // Half of a connection is of no use here: who ends is ended.
  socket.on("end", () => socket.end());
  socket.on("error", (error) => opening.onEnd(error));
  socket.on("close", () => opening.onEnd());
  socket.on(target.tls ? "secureConnect" : "connect", () => {
    if (target.wire === "raw") opening.onOpen();
    else socket.write(requestTo(target));
  });
  await opening.opened;
  return { write: (bytes) => void socket.write(bytes), destroy: () => void socket.destroy() };
}

function dial(target: Target, index: number, onBytes: (chunk: Buffer) => void): Socket {
  const { port } = target;
  if (target.tls) {
    const socket = connectTls({ host: "127.0.0.1", port, rejectUnauthorized: false });
    return socket.on("data", onBytes);
  }
  const options: TcpSocketConnectOpts = {
    host: "127.0.0.1",
    port,
    onread: {
      buffer: readBuffer,
      callback: (length, buffer) => {
        onBytes((buffer as Buffer).subarray(0, length));
        return true;
      },
    },
  };
  // Only Linux answers for all of 127.0.0.0/8.
  const addresses = process.platform === "linux" ? { localAddress: `127.0.0.${1 + (index % 32)}` } : {};
  return connect({ ...options, ...addresses });
}

function requestTo({ port, wire, extensions }: Target): string {
  return [
    `GET ${PATHS[wire]} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${KEY}`,
    "Sec-WebSocket-Version: 13",
    ...(extensions === "" ? [] : [`Sec-WebSocket-Extensions: ${extensions}`]),
    "\r\n",
  ].join("\r\n");
}

/** What comes before the first message: the head of the answer; on Engine.IO and Socket.IO packets that name the session. */
class Opening {
  readonly opened: Promise<void>;
  readonly #target: Target;
  readonly #listener: Listener;
  readonly #joinNamespace: () => void;
  #head: Buffer | undefined = Buffer.alloc(0);
  #isAnswered = false;
  #onOpen!: () => void;
  #onFailure!: (error: Error) => void;

  /** @param joinNamespace called where Socket.IO is spoken, once that has begun */
  constructor(target: Target, listener: Listener, joinNamespace: () => void) {
    this.#target = target;
    this.#listener = listener;
    this.#joinNamespace = joinNamespace;
    this.opened = new Promise((resolve, reject) => {
      this.#onOpen = resolve;
      this.#onFailure = reject;
    });
  }

  onOpen(): void {
    this.#head = undefined;
    this.#onOpen();
  }

  onBytes(chunk: Buffer): void {
    if (this.#head === undefined) {
      this.#listener.onBytes(chunk);
      return;
    }
    this.#head = Buffer.concat([this.#head, chunk]);
    const end = this.#head.indexOf(END_OF_HEAD);
    if (end === -1) return;
    const failure = judge(this.#head.toString("latin1", 0, end), this.#target);
    if (failure !== undefined) {
      this.onEnd(new Error(failure));
      return;
    }
    if (this.#target.wire === "socket.io" && !this.#isAnswered) this.#joinNamespace();
    this.#isAnswered = true;
    let rest = this.#head.subarray(end + END_OF_HEAD.length);
    for (let packets = PACKETS[this.#target.wire]; packets > 0; packets--) {
      const packetBytes =
        rest.length < 4 ? Infinity : rest[1]! < 126 ? 2 + rest[1]! : 4 + rest.readUInt16BE(2);
      if (rest.length < packetBytes) return;
      rest = rest.subarray(packetBytes);
    }
    this.onOpen();
    // After whoever waits for the opening has seen it.
    if (rest.length > 0) setImmediate(() => this.#listener.onBytes(rest));
  }

  onEnd(error?: Error): void {
    this.#onFailure(error ?? new Error("Cannot open a connection: the server ended it"));
    if (this.#head === undefined) this.#listener.onEnd(error);
  }
}

function judge(head: string, { extensions }: Target): string | undefined {
  if (!head.startsWith("HTTP/1.1 101 ")) return `Cannot open a connection: ${head.split("\r\n")[0]}`;
  const fields = head.toLowerCase();
  if (!fields.includes(`sec-websocket-accept: ${ACCEPT.toLowerCase()}`))
    return "Cannot open a connection: the answer belongs to another key";
  if (extensions === "") return undefined;
  const agreed = /^sec-websocket-extensions: *(.*)$/m.exec(fields)?.[1] ?? "";
  if (!agreed.includes("permessage-deflate")) return "Cannot open a connection: it agrees to no compression";
  // What was asked for must be what is measured.
  for (const side of ["server", "client"]) {
    const forgets = `${side}_no_context_takeover`;
    if (extensions.includes(forgets) && !agreed.includes(forgets))
      return `Cannot open a connection: it does not agree to ${forgets}`;
    if (extensions === OFFER_OF_TAKEOVER && agreed.includes(forgets))
      return `Cannot open a connection: it insists on ${forgets}`;
  }
  return undefined;
}

export const OFFER_OF_TAKEOVER = "permessage-deflate";
