// Links as they are right in the repository, made right on the site. A link to what is not there ends the build.
import { dirname, join, relative, sep } from "node:path";
import type { MarkdownRenderer } from "vitepress";
import { addressOf, root } from "./site-paths.ts";

/** @param copies gets each file that is linked and is no page */
export function sourceLinks(md: MarkdownRenderer, copies: Set<string>): void {
  md.core.ruler.push("source-links", ({ tokens, env }) => {
    const page = (env as { readonly realPath?: string; readonly path: string }).realPath ?? env.path;
    const inner = tokens.flatMap(({ children }) => children ?? []);
    // An image in HTML is looked for among packages unless it begins with a dot.
    for (const token of [...tokens, ...inner].filter(({ type }) => type.startsWith("html_"))) {
      token.content = token.content.replaceAll(/(<img\s[^>]*?src=")(?![a-z]+:|[./])/g, "$1./");
    }
    for (const token of inner) {
      const href = token.type === "link_open" ? token.attrGet("href") : undefined;
      // Only what is relative: addresses of the web stay, and so do places on the same page.
      if (!href || /^(?:[a-z]+:|#|\/)/.test(href)) continue;
      const [path = "", fragment] = href.split("#");
      const file = relative(root, join(dirname(page), path))
        .split(sep)
        .join("/");
      const address = addressOf(file);
      if (address === undefined) throw new Error(`Cannot build ${relative(root, page)}: there is no ${file}`);
      if (address.copy !== undefined) copies.add(address.copy);
      token.attrSet("href", fragment === undefined ? address.url : `${address.url}#${fragment}`);
    }
  });
}
