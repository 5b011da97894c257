// Whether a message is what a script expects, and how that is said. Pure.
import type { Message } from "@ws/client";
import { hexPreview, printableLine } from "../terminal-text.ts";
import type { Pattern } from "./script-file.ts";

const SHOWN_BYTES = 64;
const SHOWN_CHARACTERS = 500;

export function matches(pattern: Pattern, message: Message): boolean {
  switch (pattern.kind) {
    case "any":
      return true;
    case "binary":
      return typeof message !== "string" && Buffer.compare(pattern.bytes, message) === 0;
    case "text":
      return message === pattern.text;
    case "regex":
      return typeof message === "string" && pattern.regex.test(message);
    case "json":
      return typeof message === "string" && containsJson(message, pattern.value);
    default:
      return pattern satisfies never;
  }
}

export function describePattern(pattern: Pattern): string {
  switch (pattern.kind) {
    case "any":
      return "any message";
    case "binary":
      return `binary ${hexPreview(pattern.bytes, SHOWN_BYTES)}`;
    case "text":
      return `text ${quoted(pattern.text)}`;
    case "regex":
      return `text that matches ${pattern.regex.source}`;
    case "json":
      return `JSON that contains ${JSON.stringify(pattern.value)}`;
    default:
      return pattern satisfies never;
  }
}

export function describeMessage(message: Message): string {
  return typeof message === "string"
    ? `text ${quoted(message)}`
    : `binary ${hexPreview(message, SHOWN_BYTES)}`;
}

function quoted(text: string): string {
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  return `"${printableLine(shown)}"`;
}

function containsJson(text: string, expected: unknown): boolean {
  try {
    return contains(JSON.parse(text), expected);
  } catch {
    return false;
  }
}

/** Objects may have more than is expected of them; arrays and plain values are what they are. */
function contains(actual: unknown, expected: unknown): boolean {
  if (typeof expected !== "object" || expected === null) return Object.is(actual, expected);
  if (typeof actual !== "object" || actual === null) return false;
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((item, i) => contains(actual[i], item))
    );
  }
  return Object.entries(expected).every(
    ([key, value]) => Object.hasOwn(actual, key) && contains((actual as Record<string, unknown>)[key], value),
  );
}
