// The WebSocketStream that Chromium has (https://github.com/whatwg/websockets/pull/48) on top of `connect`: a WebSocket
// as promises and a pair of web streams, with backpressure both ways. Knows no socket and no frame.
import { type Connection, toWebStreams, WebSocketError, type WebStreams } from "@ws/connection";
import { ConnectError } from "./connect-error.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { connect } from "./connect.ts";
import {
  assertUrlGiven,
  parseCloseArguments,
  parseProtocols,
  parseUrl,
} from "./whatwg/websocket-arguments.ts";

/** What an open {@link WebSocketStream} consists of. */
export interface WebSocketOpenInfo extends Pick<WebStreams, "readable" | "writable"> {
  /** The extensions that the server agreed to, as its header said it; `""` for none. */
  readonly extensions: string;
  /** The subprotocol that the server chose; `""` when none was offered. */
  readonly protocol: string;
}

/** {@link ConnectOptions}, with a list of subprotocols. */
export interface WebSocketStreamOptions extends Omit<ConnectOptions, "protocols"> {
  /** Subprotocols to offer, the best first. Default: none. */
  readonly protocols?: readonly string[];
}

/** How a {@link WebSocketStream} is closed, or was. */
export interface WebSocketCloseInfo {
  /** 1000 or 3000–4999 to close with. Of one that was closed, the code of the server's close frame; 1005 for none. */
  readonly closeCode?: number;
  /** Up to 123 bytes of UTF-8. Default: `""`. */
  readonly reason?: string;
}

/**
 * The `WebSocketStream` of Chromium, with the options of {@link connect} besides `protocols` and `signal`.
 *
 * It differs where Node does, as {@link WebSocket} does, and in this: a chunk that is neither a string nor bytes is refused
 * instead of made a string, a {@link WebSocketError} takes every code that can be sent, and an end is clean, as RFC 6455 has it, also where
 * something written had not left yet.
 *
 * @example
 * ```ts
 * const stream = new WebSocketStream("wss://example.org/prices");
 * const { readable } = await stream.opened;
 * for await (const message of readable) console.log(message);
 * const { closeCode } = await stream.closed;
 * ```
 */
export class WebSocketStream {
  /** The URL, as it was understood. */
  readonly url: string;
  /**
   * Resolves when the connection is open. Rejects with a {@link WebSocketError} whose `cause` is a {@link ConnectError},
   * with the signal's reason, or with a TypeError or RangeError for options that make no sense.
   */
  readonly opened: Promise<WebSocketOpenInfo>;
  /**
   * Resolves when the connection has been closed cleanly. Rejects with a {@link WebSocketError} when it ended otherwise,
   * and as `opened` does when it was never open.
   */
  readonly closed: Promise<Required<WebSocketCloseInfo>>;

  /** Gives up the opening handshake. */
  readonly #opening = new AbortController();
  #connection: Connection | undefined;

  /**
   * Begins to connect at once.
   *
   * @param options `signal` gives up the opening handshake, and has no effect on an open connection
   * @throws DOMException `SyntaxError` for a URL or a subprotocol that is none; TypeError without a URL, for options that are no
   * object, and for subprotocols that are no list
   */
  constructor(url: string | URL, options: WebSocketStreamOptions = {}) {
    assertUrlGiven(arguments.length);
    assertObject(options, "open");
    const { protocols = [], signal, ...rest } = options;
    if (typeof protocols !== "object") {
      throw new TypeError(`Cannot open the WebSocketStream: protocols are a ${typeof protocols}, not a list`);
    }
    const target = parseUrl(url);
    this.url = target.href;
    this.opened = this.#open(target, { ...rest, protocols: parseProtocols(protocols) }, signal);
    this.closed = this.#waitForEnd();
    // Whoever looks at one of them only must not be punished for it.
    this.opened.catch(() => {});
    this.closed.catch(() => {});
  }

  /**
   * Begins the closing handshake, behind everything that was written; while connecting it gives up instead.
   *
   * @throws DOMException `InvalidAccessError` for a code that is neither 1000 nor within 3000–4999; `SyntaxError` for a
   * reason of more than 123 bytes; TypeError for what is no object
   */
  close(info: WebSocketCloseInfo = {}): void {
    assertObject(info, "close");
    const { code, reason } = parseCloseArguments(info?.closeCode, info?.reason);
    if (this.#connection === undefined) {
      this.#opening.abort(new WebSocketError("Cannot open the WebSocketStream: it was closed before"));
    } else {
      void this.#connection.close(code, reason);
    }
  }

  get [Symbol.toStringTag](): string {
    return "WebSocketStream";
  }

  async #open(
    url: URL,
    options: ConnectOptions,
    signal: AbortSignal | undefined,
  ): Promise<WebSocketOpenInfo> {
    const opening = this.#opening;
    const giveUp = (): void => opening.abort(signal!.reason);
    if (signal?.aborted === true) giveUp();
    signal?.addEventListener("abort", giveUp);
    try {
      const connection = await connect(url, { ...options, signal: opening.signal });
      this.#assertWanted(connection, options.protocols ?? []);
      this.#connection = connection;
      const { readable, writable } = toWebStreams(connection);
      return { readable, writable, extensions: connection.extensions, protocol: connection.protocol };
    } catch (cause) {
      if (!(cause instanceof ConnectError)) throw cause;
      throw new WebSocketError(`Cannot open the WebSocketStream: ${cause.message}`, { cause });
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  #assertWanted(connection: Connection, { length }: string | readonly string[]): void {
    // The WebSockets standard fails the connection where the server chose no subprotocol, which RFC 6455 leaves to the
    // application. And somebody may have given up after the handshake and before we knew of it.
    const isUnanswered = length > 0 && connection.protocol === "";
    if (!isUnanswered && !this.#opening.signal.aborted) return;
    connection.terminate();
    this.#opening.signal.throwIfAborted();
    throw new WebSocketError("Cannot open the WebSocketStream: the server chose none of the subprotocols");
  }

  async #waitForEnd(): Promise<Required<WebSocketCloseInfo>> {
    await this.opened;
    const { code: closeCode, reason, wasClean, error } = await this.#connection!.closed;
    if (wasClean) return { closeCode, reason };
    throw new WebSocketError(`The WebSocketStream ended with ${closeCode}`, {
      closeCode,
      reason,
      cause: error,
    });
  }
}

function assertObject(value: unknown, what: "open" | "close"): void {
  if (typeof value === "object") return;
  throw new TypeError(`Cannot ${what} the WebSocketStream with a ${typeof value}: it must be an object`);
}
