// The options of a server: where it listens, whom it lets in, and what each connection may cost.
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { TlsOptions } from "node:tls";
import type { Connection, ConnectionOptions } from "@ws/connection";
import type { DeflateOptions } from "@ws/deflate";
import type { AcceptOptions } from "@ws/handshake";

/** Options of a {@link WebSocketServer}; exactly one of `port`, `server` and `noServer` says where handshakes come from. */
export interface WebSocketServerOptions extends ConnectionOptions {
  /** Listen on a port of our own; 0 takes any free one. */
  readonly port?: number;
  /** The address to listen on, with `port`. Default: all of them, IPv6 and IPv4. */
  readonly host?: string;
  /** Speak TLS on that port, with `key`, `cert` and whatever else `node:tls` takes. Default: plain TCP. */
  readonly tls?: TlsOptions;
  /** Take the upgrades of a server that exists, `http` or `https`; whoever made it starts and stops it. */
  readonly server?: HttpServer | HttpsServer;
  /** Take only what is handed to {@link WebSocketServer.handleUpgrade}. */
  readonly noServer?: boolean;

  /** Accept handshakes for this path only, such as `"/chat"`, whatever their query. Default: every path. */
  readonly path?: string;
  /** The subprotocols we speak, in order of preference, or a function that picks. Default: none. */
  readonly protocols?: AcceptOptions["protocols"];
  /**
   * Which pages may connect: `"same-origin"`, a list of origins, a function, or `"any"` for public data that needs no
   * login. A request without `Origin` does not come from a browser and passes. Default: `"same-origin"`.
   */
  readonly origin?: AcceptOptions["origin"];
  /**
   * Agree to permessage-deflate (RFC 7692) when a client offers it. Costs CPU for every message of a kilobyte or more,
   * and lets a peer make us work: worth it for text over slow networks, seldom elsewhere. Default: `false`.
   */
  readonly perMessageDeflate?: boolean | DeflateOptions;
  /** More headers for the 101 response. Default: none. */
  readonly headers?: AcceptOptions["headers"];
  /**
   * How long a client may take to send its handshake, in milliseconds; the server's own port only. Default: 10 000.
   */
  readonly handshakeTimeoutMs?: number;
}

/** What {@link WebSocketServer.shutdown} does. */
export interface ShutdownOptions {
  /** How long peers may take to close, in milliseconds; then they are cut off. Default: 10 000. */
  readonly deadlineMs?: number;
  /** The close code sent: 1001 going away, or 1012 when a restart follows. Default: 1001. */
  readonly code?: number;
  /** The close reason sent. Default: none. */
  readonly reason?: string;
}

/** The events of a {@link WebSocketServer}. */
export interface WebSocketServerEvents {
  /** The server's own port is open. */
  listening: [];
  /** A handshake succeeded. Nothing the client sent is lost until a consumer is attached. */
  connection: [connection: Connection, request: IncomingMessage];
  /** The server's own port failed: in use, not allowed, … Throws where nobody listens, as everywhere in Node. */
  error: [error: Error];
  /** Nothing is accepted any more, and the last connection has ended. */
  close: [];
}
