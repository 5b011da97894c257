// What this browser remembers between visits, and what a tab of it does until it is closed. Storage may be full, or forbidden: then
// nothing is remembered, and nothing breaks.

export interface BrowserMemory {
  get(key: string): string | undefined;
  set(key: string, value: string | undefined): void;
}

export const browserMemory: BrowserMemory = memoryIn(() => localStorage);

/** Outlives a reload; each tab has its own. */
export const tabMemory: BrowserMemory = memoryIn(() => sessionStorage);

/** @param storage which may throw where it is only mentioned */
function memoryIn(storage: () => Storage): BrowserMemory {
  return {
    get(key) {
      try {
        return storage().getItem(`chat.${key}`) ?? undefined;
      } catch {
        return undefined;
      }
    },
    set(key, value) {
      try {
        if (value === undefined) storage().removeItem(`chat.${key}`);
        else storage().setItem(`chat.${key}`, value);
      } catch {
        // See above.
      }
    },
  };
}
