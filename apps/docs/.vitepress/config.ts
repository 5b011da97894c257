// The site: which Markdown files are its pages, what they are called, how they link. Knows no page by heart but for the
// navigation, which is in src/navigation.ts.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { copySources } from "../src/copy-sources.ts";
import { inlineFigures } from "../src/inline-figures.ts";
import { navigation, sidebar } from "../src/navigation.ts";
import { pageOf } from "../src/site-paths.ts";
import { sourceLinks } from "../src/source-links.ts";
import { vueOfVitePress } from "../src/vue-of-vitepress.ts";

const linked = new Set<string>();

export default defineConfig({
  title: "@ws",
  description: "A WebSocket stack for Node.js, and how WebSocket works",
  lang: "en-GB",
  // The whole repository, so that the READMEs of packages are pages beside docs/ and none is written twice.
  srcDir: fileURLToPath(new URL("../../../", import.meta.url)),
  srcExclude: [
    "**/dist/**",
    "**/.*/**",
    "README.md",
    "apps/*/test/**",
    "apps/*/src/**",
    "packages/*/test/**",
  ],
  rewrites: pageOf,
  outDir: "dist",
  cleanUrls: false,
  // The time of a commit is not what a page is about, and asking git for each costs seconds.
  lastUpdated: false,
  markdown: {
    // Those that have enough contrast on the ground of our code blocks.
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    languageAlias: { haproxy: "nginx" },
    // The names of places are those that code hosts give them, so that links hold in both.
    anchor: {
      slugify: (heading) =>
        heading
          .trim()
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
          .replaceAll(/\s/g, "-"),
    },
    config(md) {
      md.use(sourceLinks, linked);
      md.use(inlineFigures);
    },
  },
  vite: { plugins: [vueOfVitePress()] },
  themeConfig: {
    nav: navigation,
    sidebar,
    outline: { level: [2, 3], label: "On this page" },
    // Built into the site: it works without a network.
    search: {
      provider: "local",
      options: {
        // Signatures name the same few types everywhere; what one looks for is in the headings and sentences around them.
        _render: (source, env, md) =>
          md.render(source, env).replaceAll(/<pre v-pre class="signature">[\s\S]*?<\/pre>/g, ""),
      },
    },
    docFooter: { prev: "Before", next: "Next" },
  },
  buildEnd: ({ outDir }) => copySources(linked, outDir),
});
