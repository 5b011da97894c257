// Where a client dials, and from where.

export interface Address {
  readonly port: number;
  readonly path?: string;
  /** The certificate to trust, which makes it TLS. */
  readonly ca?: string;
  readonly localAddress?: string;
}

export const HOST = "127.0.0.1";

/** An address has some 28,000 ports to dial from, and finding a free one takes the longer the fewer there are. */
const CONNECTIONS_PER_ADDRESS = 4000;
/** Addresses of this process alone: ports that another has used wait for a minute before they are free again. */
const NETWORK = `127.0.${2 + (process.pid % 250)}`;

/** The address that the n-th client dials from. Only Linux has all of 127.0.0.0/8 without being told. */
export function sourceOf(n: number): Pick<Address, "localAddress"> {
  if (process.platform !== "linux") return {};
  return { localAddress: `${NETWORK}.${1 + Math.floor(n / CONNECTIONS_PER_ADDRESS)}` };
}
