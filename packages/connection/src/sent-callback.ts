// Whoever wants to hear what became of a message that was sent.
import { reportUncaught } from "./report.ts";

/** Told when the bytes of a message reached the transport, or why they never will. */
export type SentCallback = (error?: Error | null) => void;

/** Tells it; what it throws is its own. */
export function settle(callback: SentCallback | undefined, error?: Error | null): void {
  try {
    callback?.(error);
  } catch (thrown) {
    reportUncaught(thrown);
  }
}
