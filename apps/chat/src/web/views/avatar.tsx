// A person's first letters on a colour of their own, the same on every screen.
import type { JSX } from "preact";

const HUES = 8;

export function Avatar({ name }: { readonly name: string }): JSX.Element {
  return (
    <span class="avatar" data-hue={hue(name)} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

export function hue(name: string): number {
  let hash = 0;
  for (const character of name.toLowerCase()) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return hash % HUES;
}

export function initials(name: string): string {
  const [first = "", second = ""] = name.split(/[\s._-]+/u).filter((word) => word !== "");
  return (firstCharacter(first) + firstCharacter(second)).toUpperCase();
}

function firstCharacter(word: string): string {
  const codePoint = word.codePointAt(0);
  return codePoint === undefined ? "" : String.fromCodePoint(codePoint);
}
