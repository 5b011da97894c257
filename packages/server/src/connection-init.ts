// What a connection begins with, of what the handshake and the server made of it.
import type { ConnectionInit, MessageCompression, ResolvedConnectionOptions } from "@ws/connection";
import { type Accepted, formatExtensions } from "@ws/handshake";

/** @param head what the client sent behind its request */
export function connectionInit(
  limits: ResolvedConnectionOptions,
  { protocol, extensions }: Accepted<unknown>,
  compression: MessageCompression | undefined,
  head: Uint8Array,
): ConnectionInit {
  const init: ConnectionInit = {
    role: "server",
    protocol,
    extensions: formatExtensions(extensions),
    head,
    limits,
  };
  return compression === undefined ? init : { ...init, compression };
}
