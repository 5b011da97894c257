// Where Redis is, out of a URL.
import type { Address } from "./link.ts";

/** What a URL says. */
export interface ParsedUrl {
  readonly address: Address;
  readonly isTls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

/** @throws TypeError for what is no URL of a Redis */
export function parseUrl(text: string): ParsedUrl {
  // What is wrong with it is not repeated: it may hold a password.
  if (!URL.canParse(text)) throw new TypeError("Cannot use url: it is not a URL");
  const url = new URL(text);
  const common = {
    username: url.username === "" ? undefined : decodeURIComponent(url.username),
    password: url.password === "" ? undefined : decodeURIComponent(url.password),
  };
  if (url.protocol === "unix:") {
    return { ...common, address: { path: decodeURIComponent(url.pathname) }, isTls: false, database: 0 };
  }
  if (url.protocol !== "redis:" && url.protocol !== "rediss:") {
    throw new TypeError(
      `Cannot use a url that begins with ${url.protocol}: redis:, rediss: and unix: can be`,
    );
  }
  const database = url.pathname === "" || url.pathname === "/" ? 0 : Number(url.pathname.slice(1));
  if (!Number.isInteger(database) || database < 0) {
    throw new TypeError(`Cannot use url: its path ${url.pathname} is not the number of a database`);
  }
  return {
    ...common,
    // A host in brackets is an IPv6 address.
    address: {
      host: url.hostname.replace(/^\[(.*)\]$/, "$1") || "127.0.0.1",
      port: Number(url.port || 6379),
    },
    isTls: url.protocol === "rediss:",
    database,
  };
}

export function describeAddress(address: Address): string {
  return "path" in address ? address.path : `${address.host}:${address.port}`;
}
