// Ids that nobody can foretell, wherever there is Web Crypto.

/** 128 random bits as 32 hexadecimal digits. */
export function randomId(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
