// The options of a server: where it listens, whom it lets in, and what each connection may cost.
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { TlsOptions } from "node:tls";
import type { Connection } from "@ws/connection";
import type { Authenticate } from "./authenticate.ts";
import type { ConnectionInfo } from "./handshake-info.ts";
import type { PolicyOptions } from "./handshake-policy.ts";
import type { NodeServer } from "./node-server.ts";
import type { ProxyOptions } from "./remote-address.ts";
import type { PathMatcher } from "./request-path.ts";
import type { ServerLimits } from "./server-limits.ts";

/** A {@link WebSocketServer} with a port of its own, as others see it that share the port. */
export interface SharedPort {
  /** The connections that came over that port and are not closed. */
  readonly clients: ReadonlySet<Connection>;
  /** Where it listens; `null` where it does not. */
  address(): AddressInfo | null;
}

/** Options of a {@link WebSocketServer}; exactly one of `port`, `server` and `noServer` says where handshakes come from. */
export interface WebSocketServerOptions<Context = undefined, Path extends string = string>
  extends ServerLimits, PolicyOptions, ProxyOptions {
  /** Listen on a port of our own; 0 takes any free one. */
  readonly port?: number;
  /** The address to listen on, with `port`. Default: all of them, IPv6 and IPv4. */
  readonly host?: string;
  /** Speak TLS on that port, with `key`, `cert` and whatever else `node:tls` takes. Default: plain TCP. */
  readonly tls?: TlsOptions;
  /**
   * Speak HTTP/2 on that port too (RFC 8441): where the client chose it over TLS, or began with it over plain TCP.
   * Default: `false`.
   */
  readonly http2?: boolean;
  /**
   * How many WebSockets, and handshakes, one TCP connection may carry at the same time over HTTP/2. On a server that is
   * not ours it bounds handshakes in `authenticate` only. Each costs up to half a megabyte where the peer does not read,
   * besides what `maxBufferedBytes` allows, and 256 KiB where the application does not. Default: 100.
   */
  readonly maxStreamsPerSession?: number;
  /**
   * Take the handshakes of a server that exists, `http`, `https` or `http2`; whoever made it starts and stops it. Or of
   * another WebSocketServer with a port of its own, to serve another path there.
   *
   * Give an `http2` server `maxSessionMemory`, half a megabyte for each WebSocket that a session may carry: from 10 MB on,
   * which is some 50 of them whose peers do not read, Node refuses more with ENHANCE_YOUR_CALM.
   */
  readonly server?: NodeServer | SharedPort;
  /** Take only what is handed to {@link WebSocketServer.handleUpgrade}. */
  readonly noServer?: boolean;

  /**
   * Accept handshakes for this path only, whatever their query: `"/chat"`, or a pattern with named parts,
   * `"/rooms/:room"`, or a function. Default: every path.
   */
  readonly path?: Path | PathMatcher;
  /**
   * Asked about every valid handshake from an allowed origin, before it is answered; its answer, and what it says no with,
   * is the application's. What it throws is a 500 and a `handshakeError`. Default: everybody may come in.
   */
  readonly authenticate?: Authenticate<Context, Path>;
  /**
   * How long a handshake may take, in milliseconds: from the first byte of the TCP connection, or on an http server from
   * the request, to the answer. Also how long a TCP connection, of any server, may exist without a whole request.
   * Default: 10 000.
   */
  readonly handshakeTimeoutMs?: number;
  /**
   * Read all plain TCP sockets into one buffer of 256 KiB for the process, instead of 64 KiB allocated for each read:
   * large messages cost half, small ones a tenth less. Node offers that only for sockets that dial, so this sets inside of
   * an accepted socket what Node's own constructor would have set; a Node that looks different inside, Windows, TLS and
   * HTTP/2 are read as ever. An addon that runs the event loop inside of a listener would overwrite what it reads.
   * Default: `false`.
   */
  readonly experimentalSharedReadBuffer?: boolean;
}

/** The events of a {@link WebSocketServer}. */
export interface WebSocketServerEvents<Context = undefined, Path extends string = string> {
  /** The server's own port is open. */
  listening: [];
  /** A handshake succeeded. Nothing the client sent is lost until a consumer is attached. */
  connection: [connection: Connection, request: IncomingMessage, info: ConnectionInfo<Context, Path>];
  /**
   * A function among the options threw, so a client was told 500. Where nobody listens, the first one is a warning of the
   * process: what a peer provokes never ends it.
   */
  handshakeError: [error: unknown, request: IncomingMessage];
  /** The server's own port failed: in use, not allowed, … Throws where nobody listens, as everywhere in Node. */
  error: [error: Error];
  /** Nothing is accepted any more, and the last connection has ended. */
  close: [];
}
