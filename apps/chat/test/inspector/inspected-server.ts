// A server to look at: an HTTP server with WebSockets of its own at /echo, and the inspector's feed beside them. Sessions are
// a cookie that says who.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, type Connection } from "@ws/client";
import { type HandshakeAccepted, WebSocketServer, type WebSocketServerOptions } from "@ws/server";
import { onTestFinished } from "vitest";
import {
  type InspectorFeed,
  type InspectorFeedOptions,
  startInspectorFeed,
} from "../../src/server/inspector/inspector-feed.ts";
import { decodeRecords, type FeedRecord } from "../../src/shared/inspector-feed.ts";

export interface Inspected {
  readonly port: number;
  readonly url: string;
  readonly http: Server;
  readonly inspector: InspectorFeed;
  readonly echo: WebSocketServer;
  /** Cuts the TCP connections of all who look. */
  readonly cutFeeds: () => void;
  readonly close: () => Promise<void>;
}

export interface InspectedOptions extends Partial<Omit<InspectorFeedOptions, "server">> {
  readonly echo?: Partial<WebSocketServerOptions>;
  readonly listener?: RequestListener;
}

export function sessionOf({ headers }: IncomingMessage): string | undefined {
  return /(?:^|; )who=(\w+)/.exec(headers.cookie ?? "")?.[1];
}

export async function startInspected({
  echo,
  listener,
  ...options
}: InspectedOptions = {}): Promise<Inspected> {
  const http: Server = createServer(listener ?? ((_request, response) => response.end()));
  const inspector = startInspectorFeed({ server: http, mode: "own", sessionOf, ...options });
  const sockets = new WebSocketServer({ server: http, path: "/echo", protocols: ["echo.v1"], ...echo });
  sockets.on("connection", (connection) => {
    connection.on("message", (data) => void connection.send(data));
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  const feeds = new Set<HandshakeAccepted["connection"]>();
  const onAccepted = (message: unknown): void => {
    // A client publishes here as well, without a request.
    const { request, connection } = message as Partial<HandshakeAccepted>;
    if (connection !== undefined && request?.url === "/inspect") feeds.add(connection);
  };
  subscribe("ws:handshake:accepted", onAccepted);
  const cutFeeds = (): void => {
    for (const feed of feeds) feed.terminate();
  };
  const close = async (): Promise<void> => {
    unsubscribe("ws:handshake:accepted", onAccepted);
    await inspector.close();
    await sockets.shutdown({ deadlineMs: 500 });
    http.closeAllConnections();
    await new Promise<void>((resolve) => http.close(() => resolve()));
  };
  return { port, url: `ws://127.0.0.1:${port}`, http, inspector, echo: sockets, cutFeeds, close };
}

/** The same, for the time of a test. */
export async function inspected(options?: InspectedOptions): Promise<Inspected> {
  const server = await startInspected(options);
  onTestFinished(server.close);
  return server;
}

/** One who looks, and keeps everything that is told. */
export class Watcher {
  readonly feed: Connection;
  readonly records: FeedRecord[] = [];
  #onRecord: (() => void) | undefined;

  constructor(feed: Connection) {
    this.feed = feed;
    feed.on("message", (data) => {
      this.records.push(...decodeRecords(data as Uint8Array));
      this.#onRecord?.();
    });
  }

  /** Waits until the records so far make something of it. */
  async until<Found>(find: (records: readonly FeedRecord[]) => Found | undefined | false): Promise<Found> {
    for (;;) {
      const found = find(this.records);
      if (found !== undefined && found !== false) return found;
      await new Promise<void>((resolve) => (this.#onRecord = resolve));
    }
  }

  of<Kind extends FeedRecord["kind"]>(kind: Kind): (FeedRecord & { kind: Kind })[] {
    return this.records.filter((record) => record.kind === kind) as (FeedRecord & { kind: Kind })[];
  }

  /** Waits for so many records of a kind. */
  async all<Kind extends FeedRecord["kind"]>(
    kind: Kind,
    count = 1,
  ): Promise<(FeedRecord & { kind: Kind })[]> {
    await this.until(() => this.of(kind).length >= count);
    return this.of(kind);
  }
}

export async function watch(
  { url }: Inspected,
  who: string | undefined = "ada",
  token?: string,
): Promise<Watcher> {
  const offer = token === undefined ? [] : [`token.${Buffer.from(token).toString("base64url")}`];
  const feed = await connect(`${url}/inspect`, {
    protocols: ["inspect.v1", ...offer],
    headers: who === undefined ? {} : { Cookie: `who=${who}` },
  });
  const watcher = new Watcher(feed);
  await watcher.all("hello");
  return watcher;
}

export function talk(
  { url }: Inspected,
  who: string | undefined = "ada",
  options: Parameters<typeof connect>[1] = {},
): Promise<Connection> {
  return connect(`${url}/echo?room=secret`, {
    protocols: "echo.v1",
    headers: who === undefined ? {} : { Cookie: `who=${who}; theme=dark`, Authorization: "Bearer abc" },
    ...options,
  });
}
