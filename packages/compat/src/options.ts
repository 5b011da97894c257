// The options of `ws`: their names and defaults, and what of them becomes the limits of a connection.
import type { IncomingMessage, Server as HttpServer, ClientRequest } from "node:http";
import type { Server as HttpsServer, RequestOptions } from "node:https";
import { type ResolvedConnectionOptions, resolveConnectionOptions, type Role } from "@ws/connection";
import type { PerMessageDeflateOptions } from "./per-message-deflate.ts";
import type { WebSocket } from "./websocket.ts";

/** What client and server have in common. */
export interface CommonOptions {
  /** Whether several events may come in one turn of the event loop. Default: `true`. */
  readonly allowSynchronousEvents?: boolean | undefined;
  /** Whether pings are answered without being asked to. Default: `true`. */
  readonly autoPong?: boolean | undefined;
  /** How long a closing may stand still, in milliseconds. Default: 30 000. */
  readonly closeTimeout?: number | undefined;
  /** The largest message accepted, in bytes; 0 sets no limit. Default: 100 MiB. */
  readonly maxPayload?: number | undefined;
  /** Whether text may be anything. Default: `false`. */
  readonly skipUTF8Validation?: boolean | undefined;
  /** Not heard: what arrives in pieces is laid together, and counts by its bytes. */
  readonly maxBufferedChunks?: number | undefined;
  /** Not heard, for the same reason. */
  readonly maxFragments?: number | undefined;
  /** Not heard: of pongs to a peer that does not read only the newest is kept. */
  readonly maxPendingAutoPongs?: number | undefined;
}

/** Options of a client; what Node's `http.request` and `https.request` take is passed on to them. */
export interface ClientOptions extends CommonOptions, Omit<RequestOptions, "protocol" | "timeout"> {
  /** Subprotocols to offer, where they are no argument. */
  readonly protocols?: string | readonly string[] | undefined;
  /** Called in place of `request.end()`: whoever gives it ends the request. */
  readonly finishRequest?: ((request: ClientRequest, websocket: WebSocket) => void) | undefined;
  /** Default: `false`. */
  readonly followRedirects?: boolean | undefined;
  /** Default: 10. */
  readonly maxRedirects?: number | undefined;
  /** How long a handshake may take, in milliseconds, from each redirect anew. Default: no limit. */
  readonly handshakeTimeout?: number | undefined;
  /** The value of `Origin`. Default: none. */
  readonly origin?: string | undefined;
  /** Permits compression. Default: `true`. */
  readonly perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  /** 8 or 13, the default. */
  readonly protocolVersion?: number | undefined;
}

/** Says yes or no to a client; a code, a message and headers are for the response that says no. */
export type VerifyClientCallback = (
  verified: boolean,
  code?: number,
  message?: string,
  headers?: Record<string, string | number | readonly string[]>,
) => void;

/** What is asked about: a client before it is let in. */
export interface VerifyClientInfo {
  /** What it said as `Origin`; of version 8, as `Sec-WebSocket-Origin`. */
  readonly origin: string;
  /** Whether it came over TLS. */
  readonly secure: boolean;
  /** Its request. */
  readonly req: IncomingMessage;
}

/** With two parameters it answers by the second, when it likes; else by what it returns. */
export type VerifyClient = VerifyClientCallbackSync | VerifyClientCallbackAsync;

/** Says at once whether a client is let in. */
export type VerifyClientCallbackSync = (info: VerifyClientInfo) => boolean;

/** Says by its callback whether a client is let in, and with what it is refused. */
export type VerifyClientCallbackAsync = (info: VerifyClientInfo, callback: VerifyClientCallback) => void;

export interface ServerOptions<
  Constructor extends WebSocketConstructor = WebSocketConstructor,
> extends CommonOptions {
  /** The address to listen on, with `port`. Default: all. */
  readonly host?: string | undefined;
  /** Listen on a port of its own; 0 takes any free one. */
  readonly port?: number | undefined;
  /** How many connections may wait to be accepted. Default: 511. */
  readonly backlog?: number | undefined;
  /** Take the upgrades of a server that exists. */
  readonly server?: HttpServer | HttpsServer | undefined;
  /** Take none by itself: `handleUpgrade` is called for each. */
  readonly noServer?: boolean | undefined;
  /** The only path that is answered. Default: any. */
  readonly path?: string | undefined;
  /** Lets clients in or not. Default: all are let in. */
  readonly verifyClient?: VerifyClient | undefined;
  /** Chooses a subprotocol; `false` for none. Default: the first. */
  readonly handleProtocols?:
    | ((protocols: Set<string>, request: IncomingMessage) => string | false)
    | undefined;
  /** Whether the server keeps a set of its clients. Default: `true`. */
  readonly clientTracking?: boolean | undefined;
  /** Default: `false`. */
  readonly perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  /** The class of the server's WebSockets, this one or one that extends it. */
  readonly WebSocket?: Constructor | undefined;
}

/** The class of a server's WebSockets. */
// oxlint-disable-next-line typescript/no-explicit-any -- what a class of the application takes is its own affair
export type WebSocketConstructor = new (...args: any[]) => WebSocket;

/** What of the options holds while a connection is open. */
export interface ConnectionSettings {
  readonly limits: ResolvedConnectionOptions;
  readonly autoPong: boolean;
  readonly text: "bytes" | "uncheckedBytes";
  readonly allowSynchronousEvents: boolean;
}

const MAX_PAYLOAD = 100 * 1024 * 1024;
const CLOSE_TIMEOUT_MS = 30_000;
/** `ws` has no limit for what waits to be read by a peer; `bufferedAmount` is for the application to look at. */
const UNLIMITED = Number.MAX_SAFE_INTEGER;

/** What `options` of a server shows where nothing was given. */
export const SERVER_DEFAULTS: ServerOptions = {
  allowSynchronousEvents: true,
  autoPong: true,
  clientTracking: true,
  closeTimeout: CLOSE_TIMEOUT_MS,
  maxPayload: MAX_PAYLOAD,
  perMessageDeflate: false,
  skipUTF8Validation: false,
};

/** The limit that a `maxPayload` is: 0 is none. */
export function maxMessageBytes(maxPayload: number): number {
  return maxPayload > 0 ? maxPayload : UNLIMITED;
}

export function resolveSettings(role: Role, options: CommonOptions): ConnectionSettings {
  const { maxPayload = MAX_PAYLOAD, closeTimeout = CLOSE_TIMEOUT_MS } = options;
  return {
    limits: resolveConnectionOptions(role, {
      maxMessageBytes: maxMessageBytes(maxPayload),
      maxBufferedBytes: UNLIMITED,
      pingIntervalMs: 0,
      closeTimeoutMs: closeTimeout,
    }),
    autoPong: options.autoPong ?? true,
    text: options.skipUTF8Validation === true ? "uncheckedBytes" : "bytes",
    allowSynchronousEvents: options.allowSynchronousEvents ?? true,
  };
}
