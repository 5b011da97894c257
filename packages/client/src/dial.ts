// A URL to a socket that speaks with its server: over TCP or a Unix socket, through a proxy where there is one, and then
// TLS for wss:. Knows nothing of WebSockets.
import { connect as connectTcp, isIP, type NetConnectOpts, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { dialShared } from "@ws/connection";
import { type Address, addressOf, isSecure } from "./address.ts";
import type { TlsOptions } from "./connect-options.ts";
import { openTunnel } from "./http-tunnel.ts";
import { environmentProxy, type Proxy } from "./proxy.ts";
import { prepareSocks } from "./socks-tunnel.ts";
import { eventOf, ignoreErrors, type Peer, PROXY, SERVER } from "./wait-on.ts";

/** How the network is reached, whatever the URL. */
export interface Network {
  readonly proxy: Proxy | "environment" | false;
  readonly proxyTls: TlsOptions | undefined;
  readonly socketPath: string | undefined;
  readonly handshakeTimeoutMs: number;
}

/** The proxy that this URL is reached through. */
export function proxyOf(url: URL, { proxy, socketPath }: Network): Proxy | undefined {
  if (socketPath !== undefined || proxy === false) return undefined;
  return proxy === "environment" ? environmentProxy(url) : proxy;
}

/**
 * @param alpn the application protocols to offer where TLS is spoken (RFC 7301)
 * @returns a socket that nobody has read from yet; errors that nobody waits for are ignored
 */
export async function dial(
  url: URL,
  tls: TlsOptions | undefined,
  alpn: readonly string[],
  network: Network,
  signal: AbortSignal,
): Promise<Socket> {
  const proxy = proxyOf(url, network);
  const address = addressOf(url);
  const socket =
    proxy === undefined
      ? await open(
          network.socketPath === undefined ? address : { path: network.socketPath },
          SERVER,
          signal,
          !isSecure(url),
        )
      : await openThrough(proxy, address, network, signal);
  return isSecure(url) ? secure(socket, address.host, tls, alpn, SERVER, signal) : socket;
}

async function openThrough(
  proxy: Proxy,
  to: Address,
  { proxyTls, handshakeTimeoutMs }: Network,
  signal: AbortSignal,
): Promise<Socket> {
  const { scheme, host, port } = proxy;
  const socks = scheme.startsWith("socks")
    ? await prepareSocks(proxy, to, handshakeTimeoutMs, signal)
    : undefined;
  const socket = await open({ host, port }, PROXY, signal, false);
  if (socks !== undefined) {
    await socks(socket);
    return socket;
  }
  const secured =
    scheme === "https:" ? await secure(socket, host, proxyTls, ["http/1.1"], PROXY, signal) : socket;
  await openTunnel(secured, proxy, to, signal);
  return secured;
}

/** @param isPlain whether it is the socket itself that is read, and not TLS over it */
async function open(to: NetConnectOpts, peer: Peer, signal: AbortSignal, isPlain: boolean): Promise<Socket> {
  const connect = (reading: object): Socket => connectTcp({ ...to, noDelay: true, ...reading });
  const socket = isPlain ? dialShared(connect) : connect({});
  ignoreErrors(socket);
  await eventOf(socket, "connect", peer, signal);
  return socket;
}

async function secure(
  socket: Socket,
  host: string,
  tls: TlsOptions | undefined,
  alpn: readonly string[],
  peer: Peer,
  signal: AbortSignal,
): Promise<Socket> {
  let secured;
  try {
    secured = connectTls({
      // RFC 6066 §3: "Literal IPv4 and IPv6 addresses are not permitted in "HostName"." Nor is a trailing dot.
      ...(isIP(host) === 0 && { servername: host.replace(/\.$/, "") }),
      ...tls,
      host,
      socket,
      ALPNProtocols: [...alpn],
    });
  } catch (error) {
    // A certificate or key that is none.
    socket.destroy();
    throw error;
  }
  ignoreErrors(secured);
  await eventOf(secured, "secureConnect", peer, signal);
  return secured;
}
