// A URL to a socket: TCP for ws:, TLS for wss:. Knows nothing of HTTP.
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions as TlsOptions } from "node:tls";

/** The socket, and the event that says it is ready to be written to. */
export interface Dialled {
  readonly socket: Socket;
  readonly readyEvent: "connect" | "secureConnect";
}

export function dial(url: URL, tls: TlsOptions = {}): Dialled {
  // The brackets of an IPv6 address belong to the URL, not to the address.
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isSecure = url.protocol === "wss:" || url.protocol === "https:";
  const port = url.port === "" ? (isSecure ? 443 : 80) : Number(url.port);
  if (!isSecure) return { socket: connectTcp({ host, port, noDelay: true }), readyEvent: "connect" };
  const socket = connectTls({
    // RFC 6066 §3: server names are host names, never addresses.
    ...(isIP(host) === 0 && { servername: host }),
    ALPNProtocols: ["http/1.1"],
    ...tls,
    host,
    port,
  });
  socket.setNoDelay(true);
  return { socket, readyEvent: "secureConnect" };
}
