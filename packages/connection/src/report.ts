// What becomes of an exception that application code threw at us.

/**
 * Reports it as uncaught in a tick of its own, as Node does for the listeners of an EventTarget: it must not unwind
 * through our state, a stream's, or what else happens in this tick to other connections.
 */
export function reportUncaught(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}
