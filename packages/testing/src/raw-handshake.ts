// The way to a raw peer over a real socket: the opening handshake of RFC 6455 §4, as short as it can be, in both roles.
import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { RawPeer, type RawPeerOptions } from "./raw-peer.ts";

/** Which peer is made once the handshake is over. */
export type RawHandshakeOptions = Omit<RawPeerOptions, "role"> & {
  /** Header fields besides those of the handshake; of a server, for the answer. */
  readonly headers?: Readonly<Record<string, string>>;
};

/**
 * A client made of nothing but a socket, to see what a server does with it.
 *
 * @param url such as `ws://localhost:8080/chat`
 * @throws Error (rejects) where the server does not switch protocols
 */
export function dialRaw(url: string, options: RawHandshakeOptions = {}): Promise<RawPeer> {
  const { promise, resolve, reject } = deferred<RawPeer>();
  const asking = request(url.replace(/^ws:/, "http:"), {
    headers: {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
      ...options.headers,
    },
  });
  asking.once("upgrade", (_response, socket, head) => {
    resolve(new RawPeer(socket, { ...options, role: "client" }, head));
  });
  asking.once("response", (response) => {
    response.destroy();
    reject(new Error(`Cannot open ${url}: the server answered ${response.statusCode}`));
  });
  asking.once("error", reject);
  asking.end();
  return promise;
}

/** A server of raw peers. */
export interface RawListener extends AsyncDisposable {
  /** Where it listens, on the loopback interface. */
  readonly url: string;
  /** Stops listening, and cuts the peers that are left. */
  close(): Promise<void>;
}

/** A server made of nothing but sockets, to see what a client does with it. It says yes to every request. */
export async function listenRaw(
  onPeer: (peer: RawPeer, request: IncomingMessage) => void,
  options: RawHandshakeOptions = {},
): Promise<RawListener> {
  const peers = new Set<RawPeer>();
  const http = createServer();
  http.on("upgrade", (asked, socket, head) => {
    socket.write(answer(asked.headers["sec-websocket-key"] ?? "", options.headers ?? {}));
    const peer = new RawPeer(socket, { ...options, role: "server" }, head);
    peers.add(peer);
    socket.once("close", () => peers.delete(peer));
    onPeer(peer, asked);
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const close = (): Promise<void> => {
    for (const peer of peers) peer.cut();
    http.closeAllConnections();
    return new Promise((resolve) => void http.close(() => resolve()));
  };
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function answer(key: string, headers: Readonly<Record<string, string>>): string {
  // RFC 6455 §4.2.2: the key, with this GUID behind it.
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const fields = { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Accept": accept, ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join("")}\r\n`;
}

interface Deferred<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
}

function deferred<Value>(): Deferred<Value> {
  let resolve!: (value: Value) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<Value>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
