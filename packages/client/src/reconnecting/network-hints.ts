// What a browser tells about its network and its page, as hints only: `online` may be wrong either way, so nothing ever
// waits for it. Elsewhere there is nothing to hear.

interface Listenable {
  addEventListener?(type: string, listener: () => void): void;
  removeEventListener?(type: string, listener: () => void): void;
}

/** What there is to be told. */
export interface NetworkListener {
  /** The device has a network again, or the page is looked at again: it may have slept. */
  readonly onBack: () => void;
  /** The network seems to be gone. */
  readonly onLost: () => void;
}

/** @returns what ends it */
export function watchNetwork({ onBack, onLost }: NetworkListener): () => void {
  const page = globalThis as Listenable & { document?: Listenable & { visibilityState?: string } };
  const { document } = page;
  const onVisibility = (): void => {
    if (document?.visibilityState === "visible") onBack();
  };
  page.addEventListener?.("online", onBack);
  page.addEventListener?.("offline", onLost);
  document?.addEventListener?.("visibilitychange", onVisibility);
  return () => {
    page.removeEventListener?.("online", onBack);
    page.removeEventListener?.("offline", onLost);
    document?.removeEventListener?.("visibilitychange", onVisibility);
  };
}
