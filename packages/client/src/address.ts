// What a URL says about where to dial. Knows no sockets.

/** A host, and a port of it. */
export interface Address {
  /** A name or an address; that of IPv6 without its brackets. */
  readonly host: string;
  readonly port: number;
}

/** Whether what goes to this URL goes over TLS. */
export function isSecure({ protocol }: URL): boolean {
  return protocol === "wss:" || protocol === "https:";
}

export function addressOf(url: URL, defaultPort: number = isSecure(url) ? 443 : 80): Address {
  return {
    // The brackets of an IPv6 address belong to the URL, not to the address.
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? defaultPort : Number(url.port),
  };
}

/** `host:port`, as HTTP writes it. */
export function authorityOf({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A URL that may be logged. */
export function withoutCredentials(url: URL): string {
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  return shown.href;
}
