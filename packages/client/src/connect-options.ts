// The options of a client: what its handshake asks for, how it dials, and what the connection may cost.
import type { ConnectionOptions as TlsOptions } from "node:tls";
import type { ConnectionOptions } from "@ws/connection";
import type { DeflateOptions } from "@ws/deflate";
import type { RequestOptions } from "@ws/handshake";

/** Options of {@link connect}. */
export interface ConnectOptions extends ConnectionOptions {
  /** Subprotocols to offer, in order of preference. Default: none. */
  readonly protocols?: string | readonly string[];
  /** More request headers, such as `Cookie` or `Authorization`. Default: none. */
  readonly headers?: RequestOptions["headers"];
  /** The `Origin` to claim. Default: none, as from anything that is not a browser. */
  readonly origin?: string;
  /** Offer permessage-deflate (RFC 7692): `true`, or what to ask for. Default: `false`. */
  readonly perMessageDeflate?: boolean | DeflateOptions;
  /** How long all of dialling, TLS and the handshake may take, in milliseconds. Default: 10 000. */
  readonly handshakeTimeoutMs?: number;
  /** Gives up when aborted, rejecting with the signal's reason; has no effect on an open connection. */
  readonly signal?: AbortSignal;
  /** TLS options for `wss:`: `ca`, `cert`, `key`, `servername`, … Certificates are verified by default. */
  readonly tls?: TlsOptions;
}
