// One configuration for every package: vitest looks upward from the folder it is started in and finds this file.
import { defineConfig } from "vitest/config";

export default defineConfig({
  // Workspace packages see each other's sources, so no test needs a build. The rest is what Node goes by: what bundlers do
  // (`module`) may be code that Node cannot load.
  resolve: { conditions: ["@ws/source", "node", "import", "default"] },
  ssr: { resolve: { conditions: ["@ws/source", "node", "import", "default"] } },
  test: {
    // Or where tests are a member of their own.
    include: ["test/**/*.test.ts", "*.test.ts"],
    restoreMocks: true,
    // Long enough for a machine that does much else besides; no test waits for it.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ["default", ["json", { outputFile: ".vitest/report.json" }]],
    coverage: { include: ["src/**"], reporter: ["text", "html", "json-summary"] },
  },
});
