// A script: one step a line, read as a whole before anything is sent, so that a mistake in its last line costs nothing.
// Pure: knows no connection.
import { usageError } from "../command-error.ts";
import { parseDuration } from "../flags/quantity.ts";
import { fromHex } from "../terminal-text.ts";

/** What a message is compared with. */
export type Pattern =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "regex"; readonly regex: RegExp }
  | { readonly kind: "binary"; readonly bytes: Uint8Array }
  | { readonly kind: "any" };

export type Step = { readonly line: number; readonly source: string } & (
  | { readonly action: "send"; readonly data: string | Uint8Array }
  | { readonly action: "expect" | "await"; readonly pattern: Pattern }
  | { readonly action: "expect-close"; readonly code: number | undefined }
  | { readonly action: "close"; readonly code: number; readonly reason: string }
  | { readonly action: "silence"; readonly ms: number }
  | { readonly action: "timeout"; readonly ms: number }
);

type Body = Step extends infer Each ? (Each extends Step ? Omit<Each, "line" | "source"> : never) : never;

/** @throws CommandError that names the file and the line of what makes no sense */
export function parseScript(text: string, name: string): Step[] {
  const steps: Step[] = [];
  for (const [i, raw] of text.split("\n").entries()) {
    const source = raw.trim();
    if (source === "" || source.startsWith("#")) continue;
    const line = i + 1;
    try {
      steps.push({ line, source, ...parseStep(source) });
    } catch (error) {
      throw usageError(`${name}:${line}: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  }
  if (steps.length === 0) throw usageError(`${name} has no step`);
  return steps;
}

function parseStep(source: string): Body {
  const [verb, rest] = firstWord(source);
  switch (verb) {
    case "send":
      return parseSend(rest);
    case "expect":
      return parseExpect(rest);
    case "await":
      return { action: "await", pattern: parsePattern(rest) };
    case "close": {
      const [code, reason] = firstWord(rest);
      return { action: "close", code: code === "" ? 1000 : parseCode(code), reason };
    }
    case "silence":
      return { action: "silence", ms: parseDuration(rest) };
    case "timeout":
      return { action: "timeout", ms: parseDuration(rest) };
    default:
      throw new Error(`There is no step ${verb}: they are send, expect, await, close, silence and timeout`);
  }
}

function parseSend(rest: string): Body {
  const [kind, value] = firstWord(rest);
  if (kind === "text") return { action: "send", data: unquote(value) };
  if (kind === "json") return { action: "send", data: JSON.stringify(parseJson(value)) };
  if (kind === "binary") return { action: "send", data: parseBytes(value) };
  throw new Error(`Cannot send ${kind}: it is text, json or binary`);
}

function parseExpect(rest: string): Body {
  const [kind, value] = firstWord(rest);
  if (kind !== "close") return { action: "expect", pattern: parsePattern(rest) };
  return { action: "expect-close", code: value === "" ? undefined : parseCode(value) };
}

function parsePattern(rest: string): Pattern {
  const [kind, value] = firstWord(rest);
  if (kind === "text") return { kind, text: unquote(value) };
  if (kind === "json") return { kind, value: parseJson(value) };
  if (kind === "regex") return { kind, regex: new RegExp(value, "u") };
  if (kind === "binary") return { kind, bytes: parseBytes(value) };
  if (kind === "any") return { kind };
  throw new Error(`Cannot expect ${kind}: it is text, json, regex, binary, any or close`);
}

/** In quotes it is a string of JSON, for line feeds and spaces at its ends; otherwise it is what stands there. */
function unquote(value: string): string {
  return value.startsWith('"') ? String(parseJson(value)) : value;
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch (error) {
    throw new Error(`Cannot read ${value}: it is no JSON`, { cause: error });
  }
}

function parseBytes(value: string): Uint8Array {
  const bytes = fromHex(value);
  if (bytes === undefined) throw new Error(`Cannot read ${value}: bytes are pairs of hexadecimal digits`);
  return bytes;
}

function parseCode(value: string): number {
  if (!/^[1-4]\d{3}$/.test(value)) throw new Error(`Cannot use close code ${value}: it is from 1000 to 4999`);
  return Number(value);
}

function firstWord(text: string): [word: string, rest: string] {
  const end = text.search(/\s/);
  return end === -1 ? [text, ""] : [text.slice(0, end), text.slice(end).trim()];
}
