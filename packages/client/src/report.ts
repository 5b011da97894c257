// What becomes of an exception that application code threw at us, in Node and in browsers alike.

/** Reports it as uncaught, in a microtask of its own: it must not unwind through our state. */
export function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
