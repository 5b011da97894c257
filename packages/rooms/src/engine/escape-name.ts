// Any string as letters, digits, `-` and `_`, with `=` for the rest: what keys, subjects and file names of all engines can hold.
// Two strings are never the same name, not even where they differ in halves of surrogate pairs only, which UTF-8 would lose.

/** @returns at most five characters for each UTF-16 code unit */
export function escapeName(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]/g, (unit) => `=${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** @returns `undefined` for what `escapeName` never makes */
export function unescapeName(name: string): string | undefined {
  if (!/^(?:[A-Za-z0-9_-]|=[0-9a-f]{4})*$/.test(name)) return undefined;
  const text = name.replaceAll(/=(.{4})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
  return escapeName(text) === name ? text : undefined;
}
