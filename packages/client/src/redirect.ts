// Where a redirect leads, and what may go along. Pure; how often it is followed is for the caller.
import type { HeaderFields, HeaderLine } from "@ws/handshake";
import { ConnectError } from "./connect-error.ts";
import { isSecure } from "./address.ts";
import type { TlsOptions } from "./connect-options.ts";

/** What is asked, of whom, and with which proofs of who asks. */
export interface Target {
  /** `ws:` or `wss:`. */
  readonly url: URL;
  readonly headers: readonly HeaderLine[];
  readonly tls: TlsOptions | undefined;
}

const STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const CREDENTIALS: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization"]);

/** The TLS options that prove who we are, or name the server. */
const IDENTITY: ReadonlySet<string> = new Set<keyof TlsOptions>([
  "cert",
  "clientCertEngine",
  "key",
  "passphrase",
  "pfx",
  "privateKeyEngine",
  "privateKeyIdentifier",
  "pskCallback",
  "secureContext",
  "servername",
  "session",
]);

export function isRedirect(status: number): boolean {
  return STATUSES.has(status);
}

/** `http:` and `https:` as what they mean here. */
export function toWebSocketUrl(url: URL): URL {
  const result = new URL(url);
  if (url.protocol === "http:") result.protocol = "ws:";
  if (url.protocol === "https:") result.protocol = "wss:";
  return result;
}

/** @throws ConnectError where the redirect leads nowhere, or out of TLS */
export function redirect(from: Target, response: { status: number; headers: HeaderFields }): Target {
  const location = response.headers.get("location");
  if (location === undefined || !URL.canParse(location, from.url.href)) {
    throw new ConnectError("BAD_REDIRECT", "Cannot follow the redirect: its Location is no URL", {
      response,
    });
  }
  const url = toWebSocketUrl(new URL(location, from.url));
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    throw new ConnectError("BAD_REDIRECT", `Cannot follow the redirect: it leads to ${url.protocol}`, {
      response,
    });
  }
  // Whoever asked for wss: was promised that nobody else reads along.
  if (isSecure(from.url) && !isSecure(url)) {
    const message = "Cannot follow the redirect: it leads from wss: to ws:, out of TLS";
    throw new ConnectError("BAD_REDIRECT", message, { response });
  }
  // A fragment is for who reads a page (RFC 9110 §10.2.2), and a server does not choose whom we log in as.
  url.hash = "";
  const isSameOrigin = url.origin === from.url.origin;
  url.username = isSameOrigin ? from.url.username : "";
  url.password = isSameOrigin ? from.url.password : "";
  if (isSameOrigin) return { ...from, url };
  return {
    url,
    headers: from.headers.filter(([name]) => !CREDENTIALS.has(name.toLowerCase())),
    tls: withoutIdentity(from.tls),
  };
}

/** Without what proves who we are, and without the name of the server that the redirect leaves. */
function withoutIdentity(tls: TlsOptions | undefined): TlsOptions | undefined {
  return tls && Object.fromEntries(Object.entries(tls).filter(([name]) => !IDENTITY.has(name)));
}
