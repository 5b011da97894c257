// The first page of the reference: every entry point, and every name from A to Z with where it is at home.
import { type DeclarationReflection, ReferenceReflection } from "typedoc";
import type { EntryPoint } from "./entry-points.ts";
import { type PageRouter, pathOf } from "./page-router.ts";

export function indexPage(
  modules: ReadonlyMap<EntryPoint, DeclarationReflection>,
  router: PageRouter,
): string {
  const entries = [...modules.keys()].map(
    ({ name, description }) => `- [\`${name}\`](/reference/${pathOf(name)}.html): ${description}`,
  );
  return [
    "---\noutline: 2\n---",
    "# Reference",
    "Whatever the packages export, as the docstrings of the sources tell it; made with [TypeDoc](https://typedoc.org).",
    "## What can be imported",
    entries.join("\n"),
    "## All names",
    names(modules, router).join("\n"),
  ].join("\n\n");
}

/** A line for each letter. */
function names(modules: ReadonlyMap<EntryPoint, DeclarationReflection>, router: PageRouter): string[] {
  const links = new Map<string, Set<string>>();
  const own = [...modules].flatMap(([entry, { children = [] }]) =>
    children
      .filter((child) => !(child instanceof ReferenceReflection))
      .map((child) => ({ name: child.name, url: router.getFullUrl(child), from: pathOf(entry.name) })),
  );
  for (const { name, url, from } of own.toSorted((a, b) => a.name.localeCompare(b.name))) {
    const letter = name[0]!.toUpperCase();
    const others = own.some((other) => other.name === name && other.from !== from);
    const ofLetter = links.get(letter) ?? new Set();
    links.set(letter, ofLetter.add(`[\`${name}\`](${url})${others ? ` (${from})` : ""}`));
  }
  return [...links].map(([letter, ofLetter]) => `- **${letter}** ${[...ofLetter].join(" ")}`);
}
