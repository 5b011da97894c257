// What a handshake came to, whichever side it was on, and the connection that is made of it.
import type { Duplex } from "node:stream";
import { Connection, type Role } from "@ws/connection";
import type { ConnectionSettings } from "./options.ts";
import type { AgreedDeflate } from "./per-message-deflate.ts";

/** What an upgraded stream is handed over with. */
export interface HandshakeResult {
  readonly socket: Duplex;
  readonly head: Uint8Array;
  readonly protocol: string;
  readonly deflate: AgreedDeflate | undefined;
}

export function openConnection(
  role: Role,
  { socket, head, protocol, deflate }: HandshakeResult,
  { limits, autoPong, text }: ConnectionSettings,
): Connection {
  // Whoever looks at the stream sees all that comes, and not all but the beginning.
  if (head.length > 0) socket.unshift(head);
  return new Connection(socket, {
    role,
    limits,
    protocol,
    autoPong,
    text,
    closeReason: "echo",
    ...(deflate !== undefined && { extensions: deflate.header, compression: deflate.compression }),
  });
}
