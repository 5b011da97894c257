// The HTTP/2 sessions of a port of our own: sockets in, streams with their headers out. Bounds what a session may cost, and
// ends one that carries nothing.
import type { Http2Server, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { ignore } from "./ignore.ts";

/** Bytes of one request's fields, as on HTTP/1.1. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Fields of one request, as on HTTP/1.1, and the five pseudo-header fields. */
const MAX_HEADER_COUNT = 105;
/** Invalid frames after which a session is ended: no client sends a few by accident. */
const MAX_INVALID_FRAMES = 20;
/**
 * What a stream may receive ahead of its reader, and so the memory it costs where nobody reads. Uploads over a way there
 * and back of 50 ms measured 2.6 MB/s with it, and 0.8 with the 64 KiB that are the default.
 */
const STREAM_WINDOW_BYTES = 256 * 1024;
/** The same for all streams of a session together. It costs nothing: Node gives it back before anybody has read. */
const SESSION_WINDOW_BYTES = 4 * STREAM_WINDOW_BYTES;
/**
 * Node refuses new streams with ENHANCE_YOUR_CALM, and ends the session after a hundred, once it holds more than 10 MB
 * to be sent. A connection gives its stream a quarter of a megabyte at once, and no more before that has left.
 */
const SESSION_MEGABYTES = 10;
const STREAM_MEGABYTES = 0.5;

/** Who uses {@link Http2Sessions}. */
export interface Http2SessionsOwner {
  onStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, socket: Socket): void;
  /** A session carries nothing, from its beginning or again, so its peer owes us a request. */
  onIdle(socket: Socket): void;
  /** It does not any more. */
  onBusy(socket: Socket): void;
}

export class Http2Sessions {
  readonly #server: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #owner: Http2SessionsOwner;
  /** Sessions begin within {@link Http2Sessions.take}, which knows their socket. */
  #arriving: Socket | undefined;

  constructor(maxStreamsPerSession: number, owner: Http2SessionsOwner) {
    this.#owner = owner;
    // Half a megabyte, which a port without HTTP/2 does not need.
    const { createServer } = process.getBuiltinModule("node:http2");
    // It never listens: it gets the sockets of the port, whoever chose HTTP/2 there.
    this.#server = createServer({
      settings: {
        // RFC 8441 §3: "Upon receipt of SETTINGS_ENABLE_CONNECT_PROTOCOL with a value of 1, a client MAY use the Extended CONNECT"
        enableConnectProtocol: true,
        maxConcurrentStreams: maxStreamsPerSession,
        maxHeaderListSize: MAX_HEADER_BYTES,
        initialWindowSize: STREAM_WINDOW_BYTES,
      },
      maxSessionMemory: SESSION_MEGABYTES + Math.ceil(maxStreamsPerSession * STREAM_MEGABYTES),
      maxHeaderListPairs: MAX_HEADER_COUNT,
      maxSessionInvalidFrames: MAX_INVALID_FRAMES,
    });
    this.#server.on("session", (session) => this.#begin(session));
    // What ends a session ends its streams, which tell of it.
    this.#server.on("sessionError", ignore);
  }

  /** @param socket has brought nothing but the beginning of a session, and that may have been put back */
  take(socket: Socket): void {
    // A session is over when one side ends it; only its streams are half open.
    socket.allowHalfOpen = false;
    this.#arriving = socket;
    this.#server.emit("connection", socket);
    this.#arriving = undefined;
  }

  /** Takes no new streams; a session ends with its last one. */
  close(): void {
    for (const session of this.#sessions) session.close();
  }

  #begin(session: ServerHttp2Session): void {
    const socket = this.#arriving;
    if (socket === undefined) return session.destroy();
    let streams = 0;
    this.#sessions.add(session);
    this.#owner.onIdle(socket);
    session.setLocalWindowSize(SESSION_WINDOW_BYTES);
    session.on("error", ignore);
    session.on("close", () => this.#sessions.delete(session));
    session.on("stream", (stream, headers) => {
      if (streams++ === 0) this.#owner.onBusy(socket);
      stream.on("close", () => {
        if (--streams === 0 && !session.closed) this.#owner.onIdle(socket);
      });
      this.#owner.onStream(stream, headers, socket);
    });
  }
}
