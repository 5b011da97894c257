// The site as it was built: its pages, and where in them one can go.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const dist: string = fileURLToPath(new URL("../dist/", import.meta.url));

/** The addresses of all pages, such as `/guides/rooms.html`. */
export function pages(): string[] {
  return readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".html") && path !== "404.html")
    .map((path) => `/${path}`);
}

export function html(page: string): string {
  return readFileSync(join(dist, page), "utf8");
}

/** What a browser would be given for an address, or nothing. */
export function fileAt(pathname: string): string | undefined {
  const path = join(dist, decodeURIComponent(pathname.endsWith("/") ? `${pathname}index.html` : pathname));
  return path.startsWith(dist) && existsSync(path) ? path : undefined;
}

export function idsOf(file: string): Set<string> {
  return new Set([...readFileSync(file, "utf8").matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id!));
}
