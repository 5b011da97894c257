// The characters of a request target, which every HTTP version has in common. Its form is for the rules of each.

/** Visible ASCII and at least one character. */
export function isTarget(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code >= 0x7f) return false;
  }
  return text.length > 0;
}
