/** Waits for a promise that knows no signals, no longer than the signal lets it. What comes later is dropped. */
export function abortable<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    const release = (): void => signal.removeEventListener("abort", onAbort);
    promise.then(resolve, reject).then(release, release);
  });
}
