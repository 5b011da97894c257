// No link of the site leads nowhere: neither to a page that is not there, nor to a place that is not on it; and the sidebars
// have every page once.
import type { DefaultTheme } from "vitepress";
import { describe, expect, it } from "vitest";
import { sidebar } from "../src/navigation.ts";
import { fileAt, html, idsOf, pages } from "./built-site.ts";

const ids = new Map<string, Set<string>>();
function hasPlace(file: string, id: string): boolean {
  let known = ids.get(file);
  if (known === undefined) ids.set(file, (known = idsOf(file)));
  return known.has(id);
}

function* addresses(items: readonly DefaultTheme.SidebarItem[]): Generator<string> {
  for (const { link, items: below } of items) {
    if (link !== undefined) yield link;
    if (below !== undefined) yield* addresses(below);
  }
}

/** Links and images of a page that stay on the site, as its source has them: with `&amp;` and all. */
function targets(page: string): URL[] {
  return [...html(page).matchAll(/<(?:a|img)\s[^>]*?\b(?:href|src)="([^"]+)"/g)]
    .map(([, target]) => new URL(target!.replaceAll("&amp;", "&"), `http://site${page}`))
    .filter(({ host }) => host === "site");
}

describe("the site", () => {
  it("has pages", () => expect(pages().length).toBeGreaterThan(40));

  it.each(pages())("%s links to what is there", (page) => {
    const broken = targets(page).filter(({ pathname, hash }) => {
      const file = fileAt(pathname);
      return file === undefined || (hash !== "" && !hasPlace(file, decodeURIComponent(hash.slice(1))));
    });
    expect(broken.map(({ pathname, hash }) => pathname + hash)).toEqual([]);
  });

  it("has every page in a sidebar, once, and nothing else there", () => {
    const inSidebar = [...Object.values(sidebar)]
      .flatMap((items) => [...addresses(Array.isArray(items) ? items : items.items)])
      .map((link) => (link.endsWith("/") ? `${link}index.html` : link));
    expect(inSidebar.toSorted()).toEqual(pages().toSorted());
  });
});
