// Header fields that speak of one HTTP/1.1 connection and have no place in HTTP/2, in requests and responses alike. Owns
// which they are; what becomes of a message that has one is for the rules.

import { trimSpaces } from "./field-text.ts";
import type { HeaderFields } from "./header-fields.ts";

// RFC 9113 §8.2.2: "This includes the Connection header field and those listed as having connection-specific semantics"
const CONNECTION_FIELDS = ["connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade"];

/** The name of the first such field; undefined when there is none. */
export function connectionField(headers: HeaderFields): string | undefined {
  const found = CONNECTION_FIELDS.find((name) => headers.has(name));
  if (found !== undefined) return found;
  // RFC 9113 §8.2.2: "when it is, it MUST NOT contain any value other than "trailers""
  const isHarmless = headers.values("te").every((value) => trimSpaces(value).toLowerCase() === "trailers");
  return isHarmless ? undefined : "te";
}

export function isConnectionField(name: string): boolean {
  return CONNECTION_FIELDS.includes(name.toLowerCase());
}
