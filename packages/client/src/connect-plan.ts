// The options of connect, checked and with every default filled in, once; nothing behind it validates again.
import {
  MAX_TIMER_MS,
  numberOption,
  resolveConnectionOptions,
  type ResolvedConnectionOptions,
} from "@ws/connection";
import { createOffer, resolveDeflateOptions, type ResolvedDeflateOptions } from "@ws/deflate";
import { createRequest, type OfferOptions } from "@ws/handshake";
import type { ConnectOptions } from "./connect-options.ts";
import type { Network } from "./dial.ts";
import { parseProxy } from "./proxy.ts";
import { type Target, toWebSocketUrl } from "./redirect.ts";

/** The most that `maxRedirects` may allow, as browsers do. */
const MAX_REDIRECTS = 20;

/** Every option but those of a connection; the type sees to it that none is missing. */
const NAMES: Readonly<Record<Exclude<keyof ConnectOptions, keyof ResolvedConnectionOptions>, true>> = {
  handshakeTimeoutMs: true,
  headers: true,
  http2: true,
  maxRedirects: true,
  onResponse: true,
  origin: true,
  perMessageDeflate: true,
  protocols: true,
  proxy: true,
  proxyTls: true,
  signal: true,
  socketPath: true,
  tls: true,
};

export interface ConnectPlan {
  readonly target: Target;
  /** What is asked for, but for URL and headers, which redirects change. */
  readonly offer: Pick<OfferOptions, "protocols" | "extensions" | "origin">;
  readonly connection: ResolvedConnectionOptions;
  readonly deflate: ResolvedDeflateOptions | undefined;
  readonly network: Network;
  readonly http2: "auto" | "only" | false;
  readonly maxRedirects: number;
  readonly onResponse: ConnectOptions["onResponse"];
}

/** @throws TypeError or RangeError for a URL or options that make no sense */
export function resolvePlan(address: string | URL, options: ConnectOptions): ConnectPlan {
  const { protocols, origin, headers = [], tls, perMessageDeflate = false, http2 = false } = options;
  const connection = resolveConnectionOptions("client", options);
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(NAMES, name) || Object.hasOwn(connection, name)) continue;
    throw new TypeError(`Cannot connect with the option "${name}": it is unknown`);
  }
  if (http2 !== false && http2 !== "auto" && http2 !== "only") {
    throw new TypeError(`Cannot set http2 to ${String(http2)}: it must be "auto", "only" or false`);
  }
  const deflate =
    perMessageDeflate === false
      ? undefined
      : resolveDeflateOptions("client", perMessageDeflate === true ? {} : perMessageDeflate);
  const offer = {
    ...(protocols !== undefined && { protocols: typeof protocols === "string" ? [protocols] : protocols }),
    ...(deflate !== undefined && { extensions: [createOffer(deflate)] }),
    ...(origin !== undefined && { origin }),
  };
  // Node's own error would show the URL, and with it a password.
  if (!URL.canParse(String(address))) throw new TypeError("Cannot connect: the URL cannot be parsed");
  const target = {
    url: toWebSocketUrl(new URL(address)),
    headers: Symbol.iterator in headers ? [...headers] : Object.entries(headers),
    tls,
  };
  // What is wrong with the request is said now, before anything is dialled.
  createRequest({ ...offer, ...target });
  return {
    target,
    offer,
    connection,
    deflate,
    network: resolveNetwork(options),
    http2,
    maxRedirects: numberOption(options, "maxRedirects", 0, MAX_REDIRECTS),
    onResponse: options.onResponse,
  };
}

function resolveNetwork(options: ConnectOptions): Network {
  const { proxy = "environment", proxyTls, socketPath } = options;
  if (socketPath !== undefined && (typeof socketPath !== "string" || socketPath === "")) {
    throw new TypeError("Cannot connect to socketPath: it must be the path of a socket");
  }
  const isGiven = proxy !== false && proxy !== "environment";
  if (socketPath !== undefined && isGiven) {
    throw new TypeError("Cannot connect to socketPath through a proxy: there is either of them");
  }
  return {
    proxy: isGiven ? parseProxy(proxy, "the option proxy") : proxy,
    proxyTls,
    socketPath,
    handshakeTimeoutMs: numberOption(options, "handshakeTimeoutMs", 10_000, MAX_TIMER_MS, 1),
  };
}
