// Shows a value inside a message. Owns the rule that a peer's text enters messages, logs and response bodies
// only escaped and cut to a bounded length.

const MAX_QUOTED_LENGTH = 64;

/** Takes anything: what a caller passes by mistake, and what must be shown to them, need not be a string. */
export function quote(value: unknown): string {
  const text = String(value);
  if (text.length <= MAX_QUOTED_LENGTH) return JSON.stringify(text);
  return `${JSON.stringify(text.slice(0, MAX_QUOTED_LENGTH))}… (${text.length} characters)`;
}
