// Who is at the other end of a connection that exists, whatever carries it.
import type { Http2Stream } from "node:http2";
import type { Duplex } from "node:stream";
import type { Peer } from "./remote-address.ts";

/** A stream of HTTP/2 has no address: the socket of its session does, while there is a session. */
export function peerOf(transport: Duplex): Peer {
  const { session } = transport as Partial<Http2Stream>;
  return session === undefined || session.destroyed ? (transport as Duplex & Peer) : session.socket;
}
