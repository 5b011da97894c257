// A tunnel through a SOCKS proxy (RFC 1928, RFC 1929, SOCKS 4 and 4a), on a socket that is connected to it.
// The protocol is the library's: `socks` is what npm itself dials with, has two small dependencies, and runs nothing at
// install. It is loaded only by those who need it.
import { lookup } from "node:dns/promises";
import type { Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { abortable } from "./abortable.ts";
import type { Address } from "./address.ts";
import { ConnectError } from "./connect-error.ts";
import type { Proxy } from "./proxy.ts";
import { PROXY, waitOn } from "./wait-on.ts";

/** Names and credentials have one byte for their length. */
const MAX_BYTES = 255;

/** Goes on with the tunnel once there is a socket. */
export type SocksTunnel = (socket: Socket) => Promise<void>;

/**
 * All that can be done before the proxy is dialled: loading the library, and looking up the name where the scheme says
 * that we do so (`socks4:`, `socks5:`); with `socks4a:`, `socks5h:` and `socks:` the proxy does.
 */
export async function prepareSocks(
  proxy: Proxy,
  to: Address,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<SocksTunnel> {
  const { scheme, host, port, credentials } = proxy;
  const type = scheme === "socks4:" || scheme === "socks4a:" ? 4 : 5;
  const { username = "", password = "" } = credentials ?? {};
  // The library would throw where nobody can catch it; and a redirect may bring any name.
  for (const text of [to.host, username, password]) {
    if (Buffer.byteLength(text) > MAX_BYTES) {
      throw new ConnectError(
        "PROXY",
        `Cannot connect: SOCKS carries no more than ${MAX_BYTES} bytes of a name`,
      );
    }
  }
  const isResolvedHere = scheme === "socks4:" || scheme === "socks5:";
  const destination = {
    host: isResolvedHere ? await lookUp(to.host, type, signal) : to.host,
    port: to.port,
  };
  const { SocksClient } = await abortable(import("socks"), signal);

  return async (socket) => {
    await waitOn<void>(socket, PROXY, signal, (resolve, fail) => {
      SocksClient.createConnection({
        command: "connect",
        existing_socket: socket,
        destination,
        proxy: { host, port, type, ...(username !== "" && { userId: username }), password },
        // The library keeps an unreferenced timer for as long as this, whatever comes of it.
        timeout: timeoutMs,
      }).then(
        () => resolve(),
        // Its errors carry the credentials, so no more than their sentence is passed on.
        ({ message }: Error) => fail(new ConnectError("PROXY", `Cannot connect: ${message}`)),
      );
      return () => {};
    });
    await collectRest(socket);
  };
}

async function lookUp(host: string, type: 4 | 5, signal: AbortSignal): Promise<string> {
  try {
    return (await abortable(lookup(host, { family: type === 4 ? 4 : 0 }), signal)).address;
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ConnectError("NETWORK", `Cannot connect: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Bytes behind the proxy's answer belong to the tunnel. The library emits them as an event, in a `setImmediate` that it
 * has asked for before us, and sets the socket going; we put them back where whoever comes next finds them.
 */
async function collectRest(socket: Socket): Promise<void> {
  const chunks: Uint8Array[] = [];
  const keep = (chunk: Uint8Array): void => void chunks.push(chunk);
  socket.on("data", keep);
  await setImmediate();
  socket.pause();
  socket.off("data", keep);
  if (chunks.length > 0 && !socket.readableEnded) socket.unshift(Buffer.concat(chunks));
}
