// How a server proves that it understood the handshake (RFC 6455 §4.2.2), step by step, computed here and now.

/** RFC 6455 §1.3: "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" */
export const HANDSHAKE_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export interface AcceptKeySteps {
  readonly key: string;
  readonly joined: string;
  /** SHA-1 of it, in hexadecimal. */
  readonly digest: string;
  readonly accept: string;
}

/** @returns undefined where the browser has no SHA-1: it offers cryptography to secure pages only */
export async function acceptKeySteps(key: string): Promise<AcceptKeySteps | undefined> {
  const { subtle } = crypto as { readonly subtle?: SubtleCrypto };
  if (subtle === undefined) return undefined;
  const joined = key + HANDSHAKE_GUID;
  const digest = new Uint8Array(await subtle.digest("SHA-1", new TextEncoder().encode(joined)));
  const hex = [...digest].map((octet) => octet.toString(16).padStart(2, "0"));
  return { key, joined, digest: hex.join(" "), accept: btoa(String.fromCharCode(...digest)) };
}
