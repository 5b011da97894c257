// Text of others on a terminal. A terminal obeys what it is shown, so a peer could move the cursor, rewrite what stands
// above, or set the title: whatever is no plain character is shown as an escape. Pipes get what was sent.

// C0 without tab and line feed, DEL and C1; marks of direction, which reorder what is seen; line separators.
// oxlint-disable-next-line no-control-regex
const UNSHOWABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The text as it can be shown without being obeyed. */
export function printable(text: string): string {
  return text.replace(UNSHOWABLE, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
  });
}

/** The same on one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}

/** A value as one line of JSON that a terminal does not obey either. */
export function jsonLine(value: unknown): string {
  return `${inertJson(JSON.stringify(value))}\n`;
}

/** The same JSON with escapes for what a terminal would obey: JSON itself has them only for what is below U+0020. */
export function inertJson(json: string): string {
  return json.replace(UNSHOWABLE, (character) => `\\u${hex(character.charCodeAt(0), 4)}`);
}

/** The first bytes in hexadecimal, and how many there are beyond. */
export function hexPreview(bytes: Uint8Array, maxBytes: number): string {
  const shown = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, maxBytes)).toString("hex");
  const spaced = shown.replace(/(..)(?=.)/g, "$1 ");
  return bytes.length > maxBytes ? `${spaced} … (${bytes.length} bytes)` : spaced;
}

/** Bytes from hexadecimal digits, which may stand apart; `undefined` for what are none. */
export function fromHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s+/g, "");
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(digits)) return undefined;
  return Buffer.from(digits, "hex");
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
