// What this browser remembers between visits. Storage may be full, or forbidden: then nothing is remembered, and
// nothing breaks.

export interface BrowserMemory {
  get(key: string): string | undefined;
  set(key: string, value: string | undefined): void;
}

export const browserMemory: BrowserMemory = {
  get(key) {
    try {
      return localStorage.getItem(`chat.${key}`) ?? undefined;
    } catch {
      return undefined;
    }
  },
  set(key, value) {
    try {
      if (value === undefined) localStorage.removeItem(`chat.${key}`);
      else localStorage.setItem(`chat.${key}`, value);
    } catch {
      // See above.
    }
  },
};
