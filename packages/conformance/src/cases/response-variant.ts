// How the many responses of the client's cases are written down.
import type { ClientCall } from "../opening/client-call.ts";
import type { Form } from "../suite/case.ts";
import type { HeadDraft } from "../wire/http-head.ts";

/** A response, spoiled or only unusual, and what the client must make of it. */
export interface ResponseVariant {
  readonly id: string;
  readonly rule: string;
  readonly responds: string;
  /** `should fail`: opening is non-strict. */
  readonly outcome: "open" | "fail" | "should fail" | "either";
  readonly form?: Form;
  readonly section?: string;
  readonly chop?: number;
  readonly protocols?: readonly string[];
  change(response: HeadDraft, call: ClientCall): void;
}

/** The accept value that a correct response carries. */
export function acceptIn(response: HeadDraft, call: ClientCall): string {
  return response.fields.find(([name]) => name === "Sec-WebSocket-Accept")?.[1] ?? call.key;
}
