// An HTTP/2 server made of node:http2 alone, to be as right or wrong as a test wants it.
import { once } from "node:events";
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";
import { Connection } from "@ws/client";

export interface Http2TestServer {
  readonly url: string;
  readonly port: number;
  readonly server: Http2Server | Http2SecureServer;
  readonly sockets: Socket[];
  readonly sessions: ServerHttp2Session[];
  readonly streams: ServerHttp2Stream[];
  readonly requests: IncomingHttpHeaders[];
}

export async function http2Server(
  answer: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  { tls, ...options }: SecureServerOptions & { tls?: SecureServerOptions } = {},
): Promise<Http2TestServer> {
  const all = { settings: { enableConnectProtocol: true }, ...options };
  const server = tls === undefined ? createServer(all) : createSecureServer({ ...all, ...tls });
  const sockets: Socket[] = [];
  const sessions: ServerHttp2Session[] = [];
  const streams: ServerHttp2Stream[] = [];
  const requests: IncomingHttpHeaders[] = [];
  server.on("connection", (socket: Socket) => sockets.push(socket));
  server.on("session", (session: ServerHttp2Session) => {
    sessions.push(session);
    session.on("error", () => {});
  });
  server.on("sessionError", () => {});
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    streams.push(stream);
    requests.push(headers);
    stream.on("error", () => {});
    answer(stream, headers);
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = `${tls === undefined ? "ws" : "wss"}://localhost:${port}/`;
  return { url, port, server, sockets, sessions, streams, requests };
}

/** Opens the WebSocket, and sends back what it gets. */
export function echo(stream: ServerHttp2Stream): void {
  const connection = open(stream);
  connection.on("message", (data) => connection.send(data));
}

export function open(stream: ServerHttp2Stream, headers: Record<string, string> = {}): Connection {
  stream.respond({ ":status": 200, ...headers });
  return new Connection(stream, { role: "server" });
}
