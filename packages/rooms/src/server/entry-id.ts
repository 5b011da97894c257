// The ids of entries: scoped by who publishes, so that nobody can take the id of somebody else's message before it comes.
import { createHash } from "node:crypto";

const MAX_SCOPE_LENGTH = 120;

/** Who publishes: a person, somebody without a name, or the application itself. */
export type Publisher =
  | { readonly kind: "person"; readonly person: string }
  | { readonly kind: "nobody" }
  | { readonly kind: "application" };

export function entryId(publisher: Publisher, messageId: string): string {
  return `${scopeOf(publisher)}:${messageId}`;
}

/** The id that the publisher gave, which is what members are told. */
export function messageIdOf(id: string): string {
  return id.slice(id.lastIndexOf(":") + 1);
}

function scopeOf(publisher: Publisher): string {
  if (publisher.kind === "nobody") return "n";
  if (publisher.kind === "application") return "a";
  // Printable ASCII without a colon; whatever is too long then is known by its hash.
  const escaped = encodeURIComponent(publisher.person);
  if (escaped.length <= MAX_SCOPE_LENGTH) return `p:${escaped}`;
  return `h:${createHash("sha256").update(publisher.person).digest("base64url")}`;
}
