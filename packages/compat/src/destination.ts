// Where a handshake goes: what a URL says of host, port, path and credentials, and what of a request may go along to
// another place when a server redirects it there.
import type { OutgoingHttpHeaders } from "node:http";

export class Destination {
  readonly url: URL;
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: string | number;
  /** The path of a Unix socket, for `ws+unix:`. */
  readonly socketPath: string | undefined;
  readonly path: string;
  /** User and password, joined by a colon. */
  readonly auth: string | undefined;

  constructor(url: URL) {
    this.url = url;
    this.isSecure = url.protocol === "wss:";
    this.host = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
    this.port = url.port || (this.isSecure ? 443 : 80);
    const target = url.pathname + url.search;
    const colon = target.indexOf(":");
    const isLocal = url.protocol === "ws+unix:";
    this.socketPath = isLocal ? (colon === -1 ? target : target.slice(0, colon)) : undefined;
    // A path that is empty is "/" to Node.
    this.path = isLocal ? (colon === -1 ? "" : target.slice(colon + 1)) : target;
    const { username, password } = url;
    this.auth = username || password ? `${unescape(username)}:${unescape(password)}` : undefined;
  }

  /** Itself. @throws SyntaxError where there can be no WebSocket */
  checked(): this {
    const { protocol, pathname, hash } = this.url;
    if (protocol !== "ws:" && protocol !== "wss:" && protocol !== "ws+unix:") {
      throw new SyntaxError(
        'The URL\'s protocol must be one of "ws:", "wss:", "http:", "https:", or "ws+unix:"',
      );
    }
    if (protocol === "ws+unix:" && pathname === "") throw new SyntaxError("The URL's pathname is empty");
    if (hash !== "") throw new SyntaxError("The URL contains a fragment identifier");
    return this;
  }

  /** Whether it is the same server, whatever the path. */
  isAt(other: Destination): boolean {
    if (this.socketPath !== undefined) return this.socketPath === other.socketPath;
    return other.socketPath === undefined && this.url.host === other.url.host;
  }
}

/** @throws SyntaxError for what is no URL */
export function resolveDestination(address: string | URL, base?: string): Destination {
  if (!URL.canParse(String(address), base)) throw new SyntaxError(`Invalid URL: ${String(address)}`);
  const url = new URL(address, base);
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  return new Destination(url);
}

interface RequestParts {
  readonly headers: OutgoingHttpHeaders;
  readonly auth: string | null | undefined;
}

/** Another server, or one that is asked without TLS now, is not told who the client is. */
export function withoutSecrets<Parts extends RequestParts>(
  parts: Parts,
  first: Destination,
  next: Destination,
): Parts {
  const isSame = next.isAt(first);
  if (isSame && !(first.isSecure && !next.isSecure)) return parts;
  const secrets = isSame ? ["authorization", "cookie"] : ["authorization", "cookie", "host"];
  const headers = Object.entries(parts.headers).filter(([name]) => !secrets.includes(name.toLowerCase()));
  return { ...parts, headers: Object.fromEntries(headers), auth: undefined };
}

/** Credentials of a URL, where they are escaped. */
function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
