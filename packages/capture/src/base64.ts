// Bytes as base64 and back, the same in browsers and in Node.

/** So many bytes become arguments of one call. */
const STEP_BYTES = 8190;

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += STEP_BYTES) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + STEP_BYTES)));
  }
  return text;
}

/** @throws DOMException for what is no base64 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
