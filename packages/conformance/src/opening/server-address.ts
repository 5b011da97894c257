// Where a server under test listens, and how to get a raw stream to it.
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { Transport } from "../peer/transport.ts";

export interface ServerAddress {
  /** `ws:` or `wss:` */
  readonly url: URL;
  /** Certificates to trust, as PEM. */
  readonly ca?: string | undefined;
  /** Take any certificate. */
  readonly insecure?: boolean | undefined;
  /** Open every connection with an extended CONNECT (RFC 8441). */
  readonly http2?: boolean | undefined;
  /** Fields of every opening request besides those that it must have: credentials, an `Origin`. */
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined;
}

/** A new TCP or TLS connection; rejects where there is none in time. */
export async function dial(
  { url, ca, insecure = false }: ServerAddress,
  withinMs: number,
): Promise<Transport> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const secure = url.protocol === "wss:";
  const port = Number(url.port) || (secure ? 443 : 80);
  // Half-open, so that the end of their direction can be seen while ours is still writing.
  const target = { host, port, noDelay: true, allowHalfOpen: true };
  const servername = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
  const stream: Duplex = secure
    ? connectTls({
        ...target,
        ...servername,
        ...(ca !== undefined && { ca }),
        rejectUnauthorized: !insecure,
      })
    : connect(target);
  const timer = setTimeout(
    () => stream.destroy(new Error(`there is no connection after ${Math.round(withinMs)} ms`)),
    withinMs,
  );
  try {
    await once(stream, secure ? "secureConnect" : "connect");
  } finally {
    clearTimeout(timer);
  }
  return new Transport(stream);
}
