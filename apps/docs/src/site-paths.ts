// Where a file of the repository is on the site: a page, if it is a README or in docs/; otherwise a copy of its text. Owns the
// shape of addresses; knows nothing of Markdown.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../../../", import.meta.url));

/** The page that a Markdown file becomes, both as paths: of the repository, and of the site. */
export function pageOf(file: string): string {
  return file
    .replace(/^docs\//, "")
    .replace(/^apps\/reference\/pages\//, "reference/")
    .replace(/\/README\.md$/, "/index.md");
}

/** Whether a file of the repository is a page. */
function isPage(file: string): boolean {
  return (
    /^docs\/.*\.md$/.test(file) ||
    /^(?:apps|apps\/examples|packages)\/[^/]+\/(?:README|PROTOCOL|docs\/[^/]+)\.md$/.test(file)
  );
}

/** The address of a file or folder of the repository, and the file that has to be copied for it, if it is no page. */
export function addressOf(path: string): { readonly url: string; readonly copy?: string } | undefined {
  const name = path.replace(/\/$/, "");
  const full = join(root, name);
  if (!existsSync(full)) return undefined;
  const file =
    statSync(full).isDirectory() && existsSync(join(full, "README.md")) ? `${name}/README.md` : name;
  if (isPage(file))
    return {
      url: `/${pageOf(file)
        .replace(/\.md$/, ".html")
        .replace(/(^|\/)index\.html$/, "$1")}`,
    };
  return { url: `/source/${file}.txt`, copy: file };
}
