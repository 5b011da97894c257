// Our own figures stand in the page itself, where they take its colours and a screen reader finds their words. Elsewhere, as
// on a code host, the same files are images with colours of their own.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { MarkdownRenderer } from "vitepress";

export function inlineFigures(md: MarkdownRenderer): void {
  const image = md.renderer.rules.image!;
  md.renderer.rules.image = (tokens, index, options, env, self) => {
    const source = tokens[index]?.attrGet("src") ?? "";
    if (!source.includes("figures/")) return image(tokens, index, options, env, self);
    const svg = readFileSync(join(dirname(env.realPath ?? env.path), source), "utf8");
    // The style is for the image; here it would reach the whole page, and Vue takes no style in a template.
    return svg
      .replace(/<style>[\s\S]*?<\/style>/, "")
      .replace("<svg ", "<svg v-pre ")
      .trim();
  };
}
