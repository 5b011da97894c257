// Labels for what a peer chooses: each value is a time series of its own, kept for long, so that a peer must not be able to
// make up new ones.
import { STATUS_CODES } from "node:http";

/** A close code: one of the protocol's own by itself, those of applications as a range. */
export function codeLabel(code: number): string {
  if (code >= 1000 && code < 1016) return String(code);
  if (code >= 3000 && code < 4000) return "3000-3999";
  return code >= 4000 && code < 5000 ? "4000-4999" : "other";
}

/** An HTTP status: one that is known by itself, others by their class. */
export function statusLabel(status: number | undefined): string {
  if (status === undefined) return "none";
  if (Object.hasOwn(STATUS_CODES, status)) return String(status);
  return status >= 100 && status < 600 ? `${Math.floor(status / 100)}xx` : "other";
}
