// Unlike everywhere else, nothing here sees sources: what others require is what is published.
import { defineConfig, mergeConfig } from "vitest/config";
import shared from "../../vitest.config.ts";

const conditions = ["node", "import", "default"];

const { resolve: _resolve, ssr: _ssr, ...rest } = shared;

export default mergeConfig(rest, defineConfig({ resolve: { conditions }, ssr: { resolve: { conditions } } }));
