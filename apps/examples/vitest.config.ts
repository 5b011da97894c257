// For all examples. Like their users, they see of packages what was built, and not the sources; Node loads that by itself.
import { defineConfig, mergeConfig } from "vitest/config";
import shared from "../../vitest.config.ts";

const conditions = ["node", "import", "default"];

const { resolve: _resolve, ssr: _ssr, ...rest } = shared;

export default mergeConfig(
  rest,
  defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      server: { deps: { external: [/\/dist\//] } },
      // Processes and browsers begin slowly where much else is going on; no test waits for it.
      testTimeout: 90_000,
    },
  }),
);
