// Pages lie outside of this package, where Node would find no Vue; what VitePress makes of them imports it.
import { createRequire } from "node:module";
import type { UserConfig } from "vitepress";

type Plugin = Extract<NonNullable<NonNullable<UserConfig["vite"]>["plugins"]>[number], { name: string }>;

const insideVitePress = createRequire(import.meta.url).resolve("vitepress/package.json");

export function vueOfVitePress(): Plugin {
  return {
    name: "vue-of-vitepress",
    enforce: "pre",
    resolveId(source, importer, options) {
      const isForPage = /^vue(?:\/|$)/.test(source) && /\.md(?:$|\?)/.test(importer ?? "");
      return isForPage ? this.resolve(source, insideVitePress, { ...options, skipSelf: true }) : undefined;
    },
  };
}
