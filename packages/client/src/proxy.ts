// Which proxy, if any, leads to a URL: what the caller says, or else the environment. Owns the parsing of proxy URLs and
// of their credentials; must not know how a proxy is spoken to.
import { addressOf, isSecure } from "./address.ts";
import { isExempt, isLoopback } from "./no-proxy.ts";

/** Schemes of proxies, with their default ports. */
const PORTS: ReadonlyMap<string, number> = new Map([
  ["http:", 80],
  ["https:", 443],
  ["socks:", 1080],
  ["socks4:", 1080],
  ["socks4a:", 1080],
  ["socks5:", 1080],
  ["socks5h:", 1080],
]);

/** A proxy, taken apart. */
export interface Proxy {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** Decoded; undefined where the URL has none. */
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  /** The URL it was made of, credentials included: tells one proxy from another. */
  readonly href: string;
}

/**
 * @param source what the URL came from, for the message: the URL itself may hold a password
 * @throws TypeError for what is no URL of a proxy
 */
export function parseProxy(value: string | URL, source: string): Proxy {
  // The variables have always been allowed to hold no more than host:port.
  const text = typeof value === "string" && !value.includes("://") ? `http://${value}` : String(value);
  if (!URL.canParse(text)) throw new TypeError(`Cannot use the proxy of ${source}: it is no URL`);
  const url = new URL(text);
  const port = PORTS.get(url.protocol);
  if (port === undefined || url.hostname === "") {
    throw new TypeError(
      `Cannot use the proxy of ${source}: ${url.protocol} with host "${url.hostname}" is none of ${[...PORTS.keys()].join(" ")}`,
    );
  }
  return {
    scheme: url.protocol,
    ...addressOf(url, port),
    credentials: credentialsOf(url, source),
    href: url.href,
  };
}

/** The proxy that the environment wants for a URL. */
export function environmentProxy(url: URL, env: NodeJS.ProcessEnv = process.env): Proxy | undefined {
  const address = addressOf(url);
  if (isLoopback(address) || isExempt(env["no_proxy"] || env["NO_PROXY"] || "", address)) return undefined;
  const names = isSecure(url) ? ["https_proxy", "HTTPS_PROXY"] : httpNames(env);
  const name = [...names, "all_proxy", "ALL_PROXY"].find((each) => env[each]);
  return name === undefined ? undefined : parseProxy(env[name] as string, name);
}

function httpNames(env: NodeJS.ProcessEnv): string[] {
  if (env["REQUEST_METHOD"] === undefined) return ["http_proxy", "HTTP_PROXY"];
  // Under CGI the variable is what a client sent as the header `Proxy` (CVE-2016-5385, "httpoxy"). Windows does not tell
  // lower case from upper case.
  return process.platform === "win32" ? [] : ["http_proxy"];
}

function credentialsOf({ username, password }: URL, source: string): Proxy["credentials"] {
  if (username === "" && password === "") return undefined;
  let credentials;
  try {
    credentials = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    throw new TypeError(`Cannot use the proxy of ${source}: its credentials are not percent-encoded UTF-8`);
  }
  // RFC 7617 §2: "a user-id containing a colon character is invalid"
  if (credentials.username.includes(":")) {
    throw new TypeError(`Cannot use the proxy of ${source}: its user name has a colon`);
  }
  return credentials;
}
