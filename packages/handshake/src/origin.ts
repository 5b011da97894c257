// Which web pages may open a connection. Browsers let any page dial any WebSocket server and send cookies along; the
// Origin header is all the server has to tell its own pages from others (RFC 6455 §10.2). Owns reading and comparing
// origins; the status of a refusal is negotiation.ts.

import type { RequestHead } from "./head.ts";
import { hasOnlyHostCharacters, normalizeHost } from "./host.ts";
import { quote } from "./quote.ts";

/**
 * Which origins a server accepts. It is asked only when the request has an `Origin` header: a client without one is not
 * a browser, and not held back by this check.
 *
 * - `"same-origin"` (the default): an http or https origin whose host and port are those the request was sent to. The
 *   scheme is not compared, because TLS often ends at a proxy.
 * - a list of serialized origins: `["https://example.org", "https://example.org:8443"]`. No wildcards, no `"null"`.
 * - a function of the raw header value, which may be `"null"` or nonsense.
 * - `"any"`: every page on the web, with its visitors' cookies. Only for servers that authenticate in another way.
 */
export type OriginPolicy =
  | "same-origin"
  | "any"
  | readonly string[]
  | ((origin: string, request: RequestHead) => boolean);

/** `authority` is the host and port that the request was sent to. */
export type OriginCheck = (origin: string, request: RequestHead, authority: string) => boolean;

/** Throws a TypeError when the policy is none. */
export function resolveOriginPolicy(policy: OriginPolicy): OriginCheck {
  if (policy === "same-origin") return (origin, _request, authority) => isSameOrigin(origin, authority);
  if (policy === "any") return () => true;
  if (typeof policy === "function") {
    return (origin, request) => {
      // Only `true` allows: the promise that an async function returns by mistake is truthy.
      const verdict: unknown = policy(origin, request);
      return verdict === true;
    };
  }
  if (Array.isArray(policy)) return allowList(policy);
  throw new TypeError(`Cannot check origins: ${quote(policy)} is not an origin policy`);
}

function isSameOrigin(text: string, authority: string): boolean {
  const origin = parseOrigin(text);
  // Other schemes name something else by their host: chrome-extension://example.org is not a page of example.org.
  if (origin?.scheme !== "http" && origin?.scheme !== "https") return false;
  return origin.host === normalizeHost(authority, origin.scheme);
}

function allowList(entries: readonly string[]): OriginCheck {
  const allowed = new Set<string>();
  for (const entry of entries) {
    const origin = parseOrigin(entry);
    if (origin === undefined) {
      throw new TypeError(`Cannot allow origin ${quote(entry)}: it is not like "https://example.org"`);
    }
    allowed.add(serialize(origin));
  }
  return (text) => {
    const origin = parseOrigin(text);
    return origin !== undefined && allowed.has(serialize(origin));
  };
}

interface Origin {
  readonly scheme: string;
  readonly host: string;
}

/** RFC 6454 §7.1, one origin; undefined for `null`, for lists, and for whatever has a path or a userinfo. */
function parseOrigin(text: unknown): Origin | undefined {
  if (typeof text !== "string") return undefined;
  const end = text.indexOf("://");
  const scheme = text.slice(0, Math.max(end, 0)).toLowerCase();
  const authority = text.slice(end + 3);
  if (!isScheme(scheme)) return undefined;
  if (scheme !== "http" && scheme !== "https") {
    return hasOnlyHostCharacters(authority) ? { scheme, host: authority.toLowerCase() } : undefined;
  }
  const host = normalizeHost(authority, scheme);
  return host === undefined ? undefined : { scheme, host };
}

/** Takes lower case. */
function isScheme(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const isLetter = code >= 0x61 && code <= 0x7a;
    const isOther = (code >= 0x30 && code <= 0x39) || "+-.".includes(text.charAt(i));
    if (!isLetter && (i === 0 || !isOther)) return false;
  }
  return text.length > 0;
}

function serialize(origin: Origin): string {
  return `${origin.scheme}://${origin.host}`;
}
