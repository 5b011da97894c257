// The options of a client: what its handshake asks for, how it dials, and what the connection may cost.
import type { ConnectionOptions as NodeTlsOptions } from "node:tls";
import type { ConnectionOptions } from "@ws/connection";
import type { DeflateOptions } from "@ws/deflate";
import type { HeaderFields, RequestOptions } from "@ws/handshake";

/** TLS options of Node, but for where to connect to and which protocol to speak: those follow from the URL. */
export type TlsOptions = Omit<NodeTlsOptions, "ALPNProtocols" | "host" | "path" | "port" | "socket">;

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
  /**
   * How long all of it may take, in milliseconds: name, proxy, TLS, redirects and handshake. Default: 10 000.
   */
  readonly handshakeTimeoutMs?: number;
  /** Gives up when aborted, rejecting with the signal's reason; has no effect on an open connection. */
  readonly signal?: AbortSignal;
  /**
   * TLS options for `wss:`: `ca`, `cert` and `key`, `servername`, … Certificates are verified by default, and the
   * server is told its name (SNI).
   */
  readonly tls?: TlsOptions;
  /**
   * Dial this Unix socket (or named pipe) instead of the host; the URL still says what is asked for, of whom, and
   * whether over TLS. Takes the place of any proxy. Default: none.
   */
  readonly socketPath?: string;
  /**
   * A proxy: `http:` and `https:` (RFC 9110 CONNECT), `socks5:` and `socks4:` (names are looked up here), `socks5h:`,
   * `socks4a:` and `socks:` (the proxy looks them up). User and password in its URL go to the proxy and nowhere else.
   *
   * `"environment"`, the default, does as `HTTPS_PROXY` (for `wss:`), `HTTP_PROXY` (for `ws:`), `ALL_PROXY` and
   * `NO_PROXY` say, in lower case first; never for `localhost` and loopback addresses. `false` dials directly.
   */
  readonly proxy?: string | URL | false;
  /** TLS options towards an `https:` proxy; `tls` is for the server only. Default: none. */
  readonly proxyTls?: TlsOptions;
  /**
   * How many redirects (301, 302, 303, 307, 308) are followed, up to 20. To another origin nothing goes along that
   * proves who you are: `Authorization`, `Cookie`, `Proxy-Authorization`, credentials in the URL, client certificates.
   * From `wss:` to `ws:` none is followed. Default: 0.
   */
  readonly maxRedirects?: number;
  /**
   * WebSocket over HTTP/2 (RFC 8441), where many sockets share one TCP connection: those of the same scheme, host, port
   * and proxy, and of the very same `tls` object.
   *
   * `"auto"` offers HTTP/2 for `wss:` and falls back to HTTP/1.1, at the cost of another TCP connection where a server
   * speaks HTTP/2 but carries no WebSockets over it. `"only"` does not fall back, and speaks HTTP/2 for `ws:` too.
   * Default: `false`, HTTP/1.1: it is understood everywhere, and no socket waits for the lost packet of another.
   */
  readonly http2?: "auto" | "only" | false;
  /**
   * Called with each answer of a server, be it a redirect, a refusal, or the one that opens the WebSocket: for
   * `Set-Cookie`, and to learn where redirects led. What it throws, `connect` rejects with.
   */
  readonly onResponse?: (response: ConnectResponse) => void;
}

/** The head of a server's answer. */
export interface ConnectResponse {
  /** What was asked, without credentials. */
  readonly url: string;
  /** `"1.1"` or `"2.0"`. */
  readonly httpVersion: string;
  /** 101 over HTTP/1.1 and 200 over HTTP/2 open a WebSocket. */
  readonly status: number;
  /** The fields of the answer. */
  readonly headers: HeaderFields;
}
