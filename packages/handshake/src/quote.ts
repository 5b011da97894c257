// Shows a value inside a message. Owns the rule that a peer's text enters messages, logs and response bodies
// only escaped and cut to a bounded length.

const MAX_QUOTED_LENGTH = 64;

export function quote(value: string): string {
  if (value.length <= MAX_QUOTED_LENGTH) return JSON.stringify(value);
  return `${JSON.stringify(value.slice(0, MAX_QUOTED_LENGTH))}… (${value.length} characters)`;
}
