// How soon both ends notice that nothing comes any more: soon enough for a run of a few minutes.

export const KEEP_ALIVE = { pingIntervalMs: 1500, pongTimeoutMs: 1500, closeTimeoutMs: 1000 } as const;
