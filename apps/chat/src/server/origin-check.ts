// Which pages may talk to us: our own, and those of the list.

export interface OriginCheck {
  (origin: string, host: string | undefined): boolean;
  /** The same as a WebSocket server asks it. */
  readonly forHandshakes: (
    origin: string,
    head: { readonly headers: { get(name: string): string | undefined } },
  ) => boolean;
}

export function originCheck(allowed: readonly string[]): OriginCheck {
  const check = (origin: string, host: string | undefined): boolean => {
    if (allowed.includes(origin)) return true;
    return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
  };
  return Object.assign(check, {
    forHandshakes: (origin: string, { headers }: Parameters<OriginCheck["forHandshakes"]>[1]) =>
      check(origin, headers.get("host")),
  });
}
