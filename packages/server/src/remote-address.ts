// Whose handshake it is: the address at the other end of the transport, or what proxies that we trust say of it.
import { BlockList, isIP } from "node:net";
import type { HeaderFields } from "@ws/handshake";
import { normalizeAddress } from "./address.ts";
import { forwardedAddresses, xForwardedForAddresses } from "./forwarded.ts";

/**
 * Which proxies are believed: their addresses and networks, such as `"10.0.0.0/8"`; or how many of them stand in a row
 * before the server; or a function of the address and its distance, 0 for the one that is connected to us. The address is
 * undefined where the transport has none, as with a Unix socket.
 */
export type TrustedProxies =
  | readonly string[]
  | number
  | ((address: string | undefined, hop: number) => boolean);

/** The options of {@link resolveRemoteAddress}. */
export interface ProxyOptions {
  /**
   * Proxies whose word is taken for the address of a client, see {@link TrustedProxies}. What they say is read from the
   * right, and the first address that is no trusted proxy's is the client's. Where a proxy says `unknown`, or nonsense, the
   * address of that proxy counts. Default: none, and no header is believed.
   */
  readonly trustedProxies?: TrustedProxies;
  /**
   * Where they say it: `X-Forwarded-For`, or `Forwarded` (RFC 7239). Only the one that your proxies write: they pass the
   * other one on as the client sent it. Default: `"x-forwarded-for"`.
   */
  readonly forwardedHeader?: "x-forwarded-for" | "forwarded";
}

/** Who is at the other end of a transport; a socket is one. */
export interface Peer {
  readonly remoteAddress?: string | undefined;
}

/**
 * The address of a client, in one spelling; undefined where the transport has none. Called when somebody wants it: to ask
 * a socket costs as much as many a message, and it remembers the answer for as long as it lives.
 */
export type ClientAddress = () => string | undefined;

/** Finds out whose handshake it is. */
export type RemoteAddress = (peer: Peer, headers: HeaderFields) => ClientAddress;

/** @throws TypeError for proxies that are none */
export function resolveRemoteAddress(options: ProxyOptions): RemoteAddress {
  const { trustedProxies, forwardedHeader = "x-forwarded-for" } = options;
  if (forwardedHeader !== "x-forwarded-for" && forwardedHeader !== "forwarded") {
    throw new TypeError(
      `Cannot read addresses from the header ${String(forwardedHeader)}: it must be "x-forwarded-for" or "forwarded"`,
    );
  }
  if (trustedProxies === undefined) return addressOf;
  const isTrusted = resolveTrust(trustedProxies);
  const addresses = forwardedHeader === "forwarded" ? forwardedAddresses : xForwardedForAddresses;

  return (peer, headers) => {
    // What proxies say is in the request, which is not kept until somebody asks.
    const client = clientOf(peer, headers);
    return () => client;
  };

  function clientOf(peer: Peer, headers: HeaderFields): string | undefined {
    let nearest = normalizeAddress(peer.remoteAddress);
    if (isTrusted(nearest, 0) !== true) return nearest;
    let hop = 0;
    for (const address of addresses(headers.get(forwardedHeader) ?? "")) {
      if (address === undefined) break;
      nearest = address;
      hop++;
      if (isTrusted(address, hop) !== true) break;
    }
    return nearest;
  }
}

/** The address at the other end of the transport itself. */
export function addressOf(peer: Peer): ClientAddress {
  return () => normalizeAddress(peer.remoteAddress);
}

type Trust = (address: string | undefined, hop: number) => boolean;

function resolveTrust(proxies: TrustedProxies): Trust {
  if (typeof proxies === "function") return proxies;
  if (typeof proxies === "number") {
    if (!Number.isInteger(proxies) || proxies < 0) {
      throw new RangeError(`Cannot trust ${proxies} proxies: it must be a whole number`);
    }
    return (_address, hop) => hop < proxies;
  }
  if (!Array.isArray(proxies)) {
    throw new TypeError("Cannot trust proxies: trustedProxies must be a list, a number or a function");
  }
  const list = new BlockList();
  for (const entry of proxies) addEntry(list, entry);
  return (address) => address !== undefined && list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

function addEntry(list: BlockList, entry: unknown): void {
  const [address = "", prefix, more] = String(entry).split("/");
  const version = isIP(address);
  const family = version === 6 ? "ipv6" : "ipv4";
  if (version === 0 || address.includes("%") || more !== undefined) throw notAProxy(entry);
  if (prefix === undefined) return list.addAddress(address, family);
  const bits = Number(prefix);
  if (prefix === "" || !Number.isInteger(bits) || bits < 0 || bits > (version === 6 ? 128 : 32)) {
    throw notAProxy(entry);
  }
  return list.addSubnet(address, bits, family);
}

function notAProxy(entry: unknown): TypeError {
  return new TypeError(
    `Cannot trust the proxy ${String(entry)}: it is neither an address nor a network like "10.0.0.0/8"`,
  );
}
