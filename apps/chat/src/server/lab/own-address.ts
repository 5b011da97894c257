// Where this very server can be dialled from this machine. What the agent dials comes from here and from nowhere else: no
// request can name another host or port.
import type { Server } from "node:http";
import { isIPv6 } from "node:net";

export interface OwnAddress {
  readonly host: string;
  readonly port: number;
}

/** @throws Error when the server does not listen on TCP */
export function ownAddress(http: Server): OwnAddress {
  const address = http.address();
  if (address === null || typeof address === "string") {
    throw new Error("Cannot dial our own echo: the server does not listen on a TCP port");
  }
  return { host: reachable(address.address), port: address.port };
}

/** An address that means all addresses is one that can be listened on, not dialled. */
function reachable(address: string): string {
  if (address === "0.0.0.0" || address === "::") return "127.0.0.1";
  return address;
}

export function ownUrl({ host, port }: OwnAddress, target: string): URL {
  return new URL(`ws://${isIPv6(host) ? `[${host}]` : host}:${port}${target}`);
}
