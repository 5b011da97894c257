// `connect` for browsers: the native WebSocket, from the constructor to its open event, with a deadline and a signal.
import { ConnectError } from "../connect-error.ts";
import { MAX_TIMER_MS, numberOption } from "../number-option.ts";
import { BrowserConnection } from "./browser-connection.ts";

/** Options of {@link connect} in browsers; those it shares with Node's mean the same. */
export interface BrowserConnectOptions {
  /** Subprotocols to offer, in order of preference; the connection fails unless the server chooses one. Default: none. */
  readonly protocols?: string | readonly string[];
  /** How long opening may take, in milliseconds. Default: 10 000. */
  readonly handshakeTimeoutMs?: number;
  /** Gives up when aborted, rejecting with the signal's reason; has no effect on an open connection. */
  readonly signal?: AbortSignal;
  /** Outgoing bytes that may wait; a message sent while more than this waits is refused. Default: 16 MiB. */
  readonly maxBufferedBytes?: number;
  /**
   * Received messages that may wait for a listener or an iterator, in bytes of memory. A browser cannot stop a server from
   * sending, so past it the connection is given up. Default: 16 MiB.
   */
  readonly maxUnreadBytes?: number;
  /** Outgoing bytes above which `send` returns `false`, to be followed by `drain`. Default: 64 KiB. */
  readonly highWaterMarkBytes?: number;
  /** How long a closing may take, in milliseconds; then the connection counts as ended. Default: 5 000. */
  readonly closeTimeoutMs?: number;
}

/**
 * Opens a WebSocket.
 *
 * @param url `ws:`, `wss:`, `http:` or `https:`, or relative to the page
 * @throws ConnectError when it could not be opened: `NETWORK`, whatever the reason, as a browser tells none, or
 * `HANDSHAKE_TIMEOUT`
 * @throws DOMException `SyntaxError`, TypeError or RangeError for arguments that make no sense
 *
 * @example
 * ```ts
 * const connection = await connect("/chat", { protocols: "chat" });
 * connection.send("hello");
 * for await (const message of connection) console.log(message);
 * ```
 */
export async function connect(
  url: string | URL,
  options: BrowserConnectOptions = {},
): Promise<BrowserConnection> {
  const { protocols = [], signal } = options;
  const handshakeTimeoutMs = numberOption(options, "handshakeTimeoutMs", 10_000, {
    min: 1,
    max: MAX_TIMER_MS,
  });
  const limits = {
    maxBufferedBytes: numberOption(options, "maxBufferedBytes", 16 * 1024 * 1024),
    maxUnreadBytes: numberOption(options, "maxUnreadBytes", 16 * 1024 * 1024),
    highWaterMarkBytes: numberOption(options, "highWaterMarkBytes", 64 * 1024),
    closeTimeoutMs: numberOption(options, "closeTimeoutMs", 5000, { max: MAX_TIMER_MS }),
  };
  signal?.throwIfAborted();
  const socket = new globalThis.WebSocket(url, typeof protocols === "string" ? protocols : [...protocols]);
  return new Promise((resolve, reject) => {
    const settled = new AbortController();
    const listening = { signal: settled.signal };
    const timer = setTimeout(
      () =>
        giveUp(
          new ConnectError("HANDSHAKE_TIMEOUT", `Cannot connect: no answer within ${handshakeTimeoutMs} ms`),
        ),
      handshakeTimeoutMs,
    );
    socket.addEventListener(
      "open",
      () => settle(() => resolve(new BrowserConnection(socket, limits))),
      listening,
    );
    socket.addEventListener("close", () => giveUp(new ConnectError("NETWORK", "Cannot connect")), listening);
    signal?.addEventListener("abort", () => giveUp(signal.reason), listening);

    function giveUp(error: unknown): void {
      settle(() => reject(error));
      socket.close();
    }

    function settle(how: () => void): void {
      clearTimeout(timer);
      settled.abort();
      how();
    }
  });
}
