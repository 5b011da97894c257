// What is known of a handshake besides its request: what the server read from it, and what the application made of it.
import type { PathParams } from "./request-path.ts";

/** What a server read from a handshake. */
export interface HandshakeInfo<Path extends string = string> {
  /** The path of the request, as it was sent. */
  readonly path: string;
  /** The named parts of the path, percent-decoded: `{ room: "7" }` for `"/rooms/:room"`. */
  readonly params: PathParams<Path>;
  /** What stands behind the `?` of the request. */
  readonly query: URLSearchParams;
  /**
   * The address of the client, through trusted proxies; undefined where its transport has none, as a Unix socket. Without
   * proxies it is asked of the socket when you first read it, which costs some microseconds, so read it while the
   * connection is open: afterwards it is what it was if it was read before, else undefined.
   */
  readonly remoteAddress: string | undefined;
  /** `"1.1"` or `"2.0"`. */
  readonly httpVersion: string;
}

/** What comes with a connection, beside its request. */
export interface ConnectionInfo<
  Context = undefined,
  Path extends string = string,
> extends HandshakeInfo<Path> {
  /** What `authenticate` made of the request. */
  readonly context: Context;
}
