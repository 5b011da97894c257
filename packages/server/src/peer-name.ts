// What tells one TCP connection from all others as long as it exists: over TLS the socket that was accepted and the one
// that is read are two objects.
import type { Socket } from "node:net";

/** undefined for a socket that is gone, and for one without addresses, as of a Unix socket. */
export function peerName({ remoteAddress, remotePort }: Socket): string | undefined {
  return remoteAddress === undefined ? undefined : `${remoteAddress} ${remotePort}`;
}
