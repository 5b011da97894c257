// What becomes of an exception that application code threw at us.

/** Reports it as uncaught in a turn of its own: it must not unwind through our state, or keep others from hearing. */
export function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
