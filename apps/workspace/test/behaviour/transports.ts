// The ways two connections can be joined. The behaviour suite runs over each of them: what holds over one must hold
// over all.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttp2Server, createSecureServer as createSecureHttp2Server } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import {
  type AddressInfo,
  connect as connectTcp,
  createServer as createTcpServer,
  type Server,
} from "node:net";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { type Duplex, duplexPair } from "node:stream";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { connect, type ConnectOptions } from "@ws/client";
import { Connection, type ConnectionOptions } from "@ws/connection";
import { type NodeServer, WebSocketServer } from "@ws/server";
import { certificate } from "./certificate.ts";
import { hasProgram, type Running } from "./programs.ts";
import { HAPROXY, NGINX, startHaproxy, startNginx } from "./proxies.ts";

export interface Pair {
  readonly server: Connection;
  readonly client: Connection;
  /** Ends whatever carried them; the connections are closed by then. */
  readonly end: () => Promise<unknown>;
}

export interface Options {
  readonly server?: ConnectionOptions;
  readonly client?: ConnectionOptions;
}

export interface Transport {
  readonly name: string;
  /** Whether this machine has what it takes. Default: it has. */
  readonly isAvailable?: boolean;
  open(options: Options): Promise<Pair>;
  /** Ends what lives longer than one pair. */
  stop?(): Promise<unknown>;
}

/** Over HTTP/2 a session's flow control is the backpressure; several pairs share one session of the server. */
function overHttp2(name: string, isSecure: boolean): Transport {
  return {
    name,
    async open(options) {
      const { key, cert } = await certificate();
      const settings = { enableConnectProtocol: true };
      const listener = isSecure
        ? createSecureHttp2Server({ key, cert, settings })
        : createHttp2Server({ settings });
      const port = await listen(listener);
      const server = new WebSocketServer({ server: listener, ...options.server });
      const url = `${isSecure ? "wss" : "ws"}://localhost:${port}/`;
      return meet(server, url, options, { http2: "only", tls: { ca: cert } }, async () => {
        await server.shutdown();
        await close(listener);
      });
    },
  };
}

/** Through a program in between, which lives as long as the suite, as does the server behind it. */
function through(
  name: string,
  program: string,
  createListener: () => NodeServer,
  start: (port: number) => Promise<Running>,
  more: ConnectOptions,
): Transport {
  const listener = createListener();
  let proxy: Promise<Running> | undefined;
  return {
    name,
    isAvailable: hasProgram(program),
    async open(options) {
      proxy ??= listen(listener, "127.0.0.1").then(start);
      const { socketPath } = await proxy;
      const server = new WebSocketServer({ server: listener, ...options.server });
      return meet(server, "ws://proxied.example/", options, { ...more, socketPath }, () => server.shutdown());
    },
    async stop() {
      await (await proxy)?.stop();
      if (proxy !== undefined) await close(listener);
    },
  };
}

const http2Listener = (): NodeServer => createHttp2Server({ settings: { enableConnectProtocol: true } });

export const transports: readonly Transport[] = [
  {
    name: "an in-memory pair",
    async open(options) {
      const [left, right] = duplexPair();
      // A wire that breaks breaks for both.
      left.on("close", () => right.destroy());
      right.on("close", () => left.destroy());
      return { ...join(left, right, options), end: async () => {} };
    },
  },
  {
    name: "TCP",
    async open(options) {
      const listener = createTcpServer({ allowHalfOpen: true, noDelay: true });
      const port = await listen(listener);
      const accepted = once(listener, "connection") as Promise<[Duplex]>;
      const dialled = connectTcp({ port, allowHalfOpen: true });
      const [socket] = await accepted;
      return { ...join(socket, dialled, options), end: () => close(listener) };
    },
  },
  {
    name: "TLS",
    async open(options) {
      const { key, cert } = await certificate();
      const listener = createTlsServer({ key, cert, allowHalfOpen: true });
      const port = await listen(listener);
      const accepted = once(listener, "secureConnection") as Promise<[Duplex]>;
      const dialled = connectTls({ port, ca: cert, servername: "localhost" });
      const [socket] = await accepted;
      return { ...join(socket, dialled, options), end: () => close(listener) };
    },
  },
  {
    name: "ws: on a port of the server's own",
    async open(options) {
      const server = new WebSocketServer({ port: 0, ...options.server });
      await once(server, "listening");
      return meet(server, `ws://localhost:${server.address()!.port}/`, options, {}, () => server.shutdown());
    },
  },
  {
    name: "ws: into the one read buffer of the process",
    async open(options) {
      const server = new WebSocketServer({ port: 0, experimentalSharedReadBuffer: true, ...options.server });
      await once(server, "listening");
      return meet(server, `ws://localhost:${server.address()!.port}/`, options, {}, () => server.shutdown());
    },
  },
  {
    name: "ws: into the one read buffer of the process, on an http server",
    async open(options) {
      const listener = createHttpServer();
      const port = await listen(listener);
      const server = new WebSocketServer({
        server: listener,
        experimentalSharedReadBuffer: true,
        ...options.server,
      });
      return meet(server, `ws://localhost:${port}/`, options, {}, async () => {
        await server.shutdown();
        await close(listener);
      });
    },
  },
  ...[true, false].map((noContextTakeover): Transport => {
    const deflate = {
      serverNoContextTakeover: noContextTakeover,
      clientNoContextTakeover: noContextTakeover,
      thresholdBytes: 0,
    };
    return {
      name: `ws: with permessage-deflate, context takeover ${noContextTakeover ? "off" : "on"}`,
      async open(options) {
        const server = new WebSocketServer({ port: 0, perMessageDeflate: deflate, ...options.server });
        await once(server, "listening");
        const url = `ws://localhost:${server.address()!.port}/`;
        return meet(server, url, options, { perMessageDeflate: deflate }, () => server.shutdown());
      },
    };
  }),
  {
    name: "wss: on a port of the server's own",
    async open(options) {
      const { key, cert } = await certificate();
      const server = new WebSocketServer({ port: 0, tls: { key, cert }, ...options.server });
      await once(server, "listening");
      const url = `wss://localhost:${server.address()!.port}/`;
      return meet(server, url, options, { tls: { ca: cert } }, () => server.shutdown());
    },
  },
  {
    name: "wss: on an https server",
    async open(options) {
      const { key, cert } = await certificate();
      const listener = createHttpsServer({ key, cert });
      const port = await listen(listener);
      const server = new WebSocketServer({ server: listener, ...options.server });
      return meet(server, `wss://localhost:${port}/`, options, { tls: { ca: cert } }, async () => {
        await server.shutdown();
        await close(listener);
      });
    },
  },
  {
    name: "a Unix socket",
    async open(options) {
      const folder = await mkdtemp(joinPath(tmpdir(), "ws-"));
      const socketPath = joinPath(folder, "server.sock");
      const listener = createHttpServer();
      listener.listen(socketPath);
      await once(listener, "listening");
      const server = new WebSocketServer({ server: listener, ...options.server });
      return meet(server, "ws://localhost/", options, { socketPath }, async () => {
        await server.shutdown();
        await close(listener);
        await rm(folder, { recursive: true });
      });
    },
  },
  overHttp2("HTTP/2 in the clear (RFC 8441)", false),
  overHttp2("HTTP/2 over TLS (RFC 8441)", true),
  through("nginx", NGINX, () => createHttpServer(), startNginx, {}),
  ...(["h1", "h2"] as const).flatMap((front) =>
    (["h1", "h2"] as const).map((back) =>
      through(
        `HAProxy, ${front} to ${back}`,
        HAPROXY,
        back === "h2" ? http2Listener : () => createHttpServer(),
        (port) => startHaproxy(front, back, port),
        front === "h2" ? { http2: "only" } : {},
      ),
    ),
  ),
];

function join(left: Duplex, right: Duplex, options: Options): { server: Connection; client: Connection } {
  return {
    server: new Connection(left, { role: "server", ...options.server }),
    client: new Connection(right, { role: "client", ...options.client }),
  };
}

async function meet(
  server: WebSocketServer,
  url: string,
  options: Options,
  more: ConnectOptions,
  end: () => Promise<unknown>,
): Promise<Pair> {
  const accepted = once(server, "connection") as Promise<[Connection]>;
  const client = await connect(url, { ...options.client, ...more });
  const [connection] = await accepted;
  return { server: connection, client, end };
}

async function listen(listener: Server, host = "localhost"): Promise<number> {
  listener.listen(0, host);
  await once(listener, "listening");
  return (listener.address() as AddressInfo).port;
}

function close(listener: Server): Promise<void> {
  return new Promise((resolve) => listener.close(() => resolve()));
}
