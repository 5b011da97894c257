// Which connections there are to look at, and what happens on them: what node:diagnostics_channel tells, handed to the
// viewers. Handshakes and ends are listened to always, a few microseconds for each connection, so that whoever comes late
// sees how it began; everything else only while somebody looks. Knows nothing of who may.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import {
  type CloseResult,
  type Connection,
  type HandshakeAccepted,
  type HandshakeRejected,
  ProtocolError,
} from "@ws/server";
import type { ConnectionEnd, Direction, QueueEvent } from "../../shared/inspector.ts";
import { now } from "./clock.ts";
import { InspectedConnection } from "./inspected-connection.ts";
import { handshakeRecord } from "./redact.ts";
import type { Viewer } from "./viewer.ts";

/** What comes with the request, before the connection is told of, of which so much is kept. */
const MAX_EARLY_BYTES = 16 * 1024;

interface WatchOptions {
  /** Those who look at the moment. */
  readonly viewers: () => Iterable<Viewer>;
  readonly sessionOf: (request: IncomingMessage) => string | undefined;
  /** Connections that are none of anybody's business: the feeds themselves. */
  readonly isHidden: (request: IncomingMessage) => boolean;
}

interface Chunk {
  readonly connection: Connection;
  readonly chunk: Uint8Array;
  readonly isFrameStart: boolean;
}

type Listeners = Readonly<Record<string, (message: unknown) => void>>;

export class ConnectionWatch {
  readonly #options: WatchOptions;
  readonly #known = new Map<Connection, InspectedConnection>();
  /** Bytes of connections whose handshake has not been told yet. */
  #early = new WeakMap<Connection, Chunk>();
  #lastId = 0;
  readonly #stop: () => void;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#stop = listenTo({
      "ws:handshake:accepted": (message) => this.#accepted(message as HandshakeAccepted),
      "ws:connection:close": (message) =>
        this.#closed(message as { connection: Connection; result: CloseResult }),
    });
  }

  /** Tells a viewer who has come what there is. */
  introduce(viewer: Viewer): void {
    // The newest first: where not all can be told, they are the ones that matter.
    for (const inspected of [...this.#known.values()].reverse()) {
      viewer.opened(inspected, inspected.isUntouched);
    }
  }

  /** Listens to everything, until what it returns is called. */
  listen(): () => void {
    const stop = listenTo({
      "ws:handshake:rejected": (message) => this.#rejected(message as HandshakeRejected),
      "ws:transport:received": (message) => this.#bytes("received", message as Chunk),
      "ws:transport:sent": (message) => this.#bytes("sent", message as Chunk),
      "ws:queue:stalled": (message) => this.#queue("stalled", message as Chunk),
      "ws:queue:resumed": (message) => this.#queue("resumed", message as Chunk),
      "ws:queue:backed-up": (message) => this.#queue("backed-up", message as Chunk),
      "ws:queue:drained": (message) => this.#queue("drained", message as Chunk),
      "ws:limit:exceeded": (message) =>
        this.#limit(message as { connection: Connection; limit: string; error?: Error }),
    });
    return () => {
      stop();
      this.#early = new WeakMap();
      for (const inspected of this.#known.values()) inspected.forget();
    };
  }

  /** Forgets everything, and hears of nothing any more. */
  stop(): void {
    this.#stop();
    this.#known.clear();
  }

  #accepted({ role, request, response, remoteAddress, connection }: HandshakeAccepted): void {
    // A client in this process publishes here as well.
    if (role !== "server" || this.#options.isHidden(request)) return;
    const [path = ""] = (request.url ?? "").split("?", 1);
    const origin = {
      ...{ path, remoteAddress, handshake: handshakeRecord(request, response) },
      session: this.#options.sessionOf(request),
    };
    const inspected = new InspectedConnection(++this.#lastId, connection, origin, now());
    this.#known.set(connection, inspected);
    for (const viewer of this.#options.viewers()) viewer.opened(inspected, true);
    const early = this.#early.get(connection);
    this.#early.delete(connection);
    if (early !== undefined) this.#bytes("received", early);
  }

  #rejected({ role, request, response, remoteAddress, code }: HandshakeRejected): void {
    if (role !== "server" || request === undefined || this.#options.isHidden(request)) return;
    const handshake = handshakeRecord(request, response);
    const refused = { code, handshake, ...(remoteAddress !== undefined && { remoteAddress }) };
    const session = this.#options.sessionOf(request);
    for (const viewer of this.#options.viewers()) viewer.refused(refused, session);
  }

  #bytes(direction: Direction, { connection, chunk, isFrameStart }: Chunk): void {
    const inspected = this.#known.get(connection);
    if (inspected === undefined) return this.#keepEarly(direction, { connection, chunk, isFrameStart });
    const time = now();
    inspected.cut(direction, chunk, isFrameStart, (piece) => {
      for (const viewer of this.#options.viewers()) viewer.piece(inspected, direction, time, piece);
    });
  }

  /** What a client sends along with its request comes before the handshake is told of. */
  #keepEarly(direction: Direction, chunk: Chunk): void {
    if (direction === "sent" || chunk.chunk.length > MAX_EARLY_BYTES) return;
    if (chunk.connection.getStats().bytesReceived !== chunk.chunk.length) return;
    this.#early.set(chunk.connection, { ...chunk, chunk: new Uint8Array(chunk.chunk) });
  }

  #queue(event: QueueEvent, { connection }: Pick<Chunk, "connection">): void {
    const inspected = this.#known.get(connection);
    if (inspected === undefined) return;
    for (const viewer of this.#options.viewers()) viewer.queue(inspected, event);
  }

  #limit({ connection, limit, error }: { connection: Connection; limit: string; error?: Error }): void {
    const inspected = this.#known.get(connection);
    if (inspected === undefined) return;
    for (const viewer of this.#options.viewers()) viewer.limit(inspected, limit, error?.message);
  }

  #closed({ connection, result }: { connection: Connection; result: CloseResult }): void {
    const inspected = this.#known.get(connection);
    if (inspected === undefined) return;
    this.#known.delete(connection);
    const end = toEnd(result);
    for (const viewer of this.#options.viewers()) viewer.closed(inspected, end);
  }
}

function toEnd({ code, reason, wasClean, error }: CloseResult): ConnectionEnd {
  if (error === undefined) return { code, reason, wasClean };
  const { code: name = error.name } = error as NodeJS.ErrnoException;
  const broken = error instanceof ProtocolError ? { closeCode: error.closeCode } : {};
  return { code, reason, wasClean, error: { code: name, message: error.message, ...broken } };
}

function listenTo(listeners: Listeners): () => void {
  const entries = Object.entries(listeners);
  for (const [name, listener] of entries) subscribe(name, listener);
  return () => {
    for (const [name, listener] of entries) unsubscribe(name, listener);
  };
}
