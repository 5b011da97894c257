// What `/api/session` says: GET who one is, POST enters with a name, DELETE leaves for good. The cookie itself is out of reach of
// the page.
import * as v from "valibot";
import type { Person } from "./person.ts";

/**
 * The answers: 200 with `you`, null for nobody; otherwise an error with a sentence for people.
 *
 * `name-invalid` 422 · `name-taken` 409: somebody with that name is present, on whatever node · `too-many` 429, to be tried again after
 * `retryAfterMs` · `unavailable` 503, of GET too: who is who cannot be known at the moment, because the engine is down.
 */
export type SessionAnswer =
  | { readonly you: Person | null }
  | {
      readonly error: SessionErrorCode;
      readonly reason: string;
      readonly retryAfterMs?: number | undefined;
    };

export type SessionErrorCode = "name-taken" | "name-invalid" | "too-many" | "unavailable";

const sessionAnswer: v.GenericSchema<SessionAnswer> = v.union([
  v.object({ you: v.nullable(v.object({ key: v.string(), name: v.string() })) }),
  v.object({
    error: v.picklist(["name-taken", "name-invalid", "too-many", "unavailable"]),
    reason: v.string(),
    retryAfterMs: v.exactOptional(v.number()),
  }),
]);

/** Reads an answer; undefined for anything else. */
export function readSessionAnswer(json: unknown): SessionAnswer | undefined {
  const result = v.safeParse(sessionAnswer, json);
  return result.success ? result.output : undefined;
}

const enterRequest: v.GenericSchema<{ readonly name: string }> = v.strictObject({ name: v.string() });

/** Reads the body of a request to enter; undefined for anything else. */
export function readEnterRequest(json: unknown): { readonly name: string } | undefined {
  const result = v.safeParse(enterRequest, json);
  return result.success ? result.output : undefined;
}
