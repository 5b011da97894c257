// What the mutation tool is told; the same for every package.
import { join } from "node:path";

/**
 * @param mutate the files to mutate, as seen from the package
 * @param artefacts where the reports of the package go
 */
export function configuration(mutate, artefacts) {
  return {
    mutate,
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    // Seen from packages/<name> in the copy.
    vitest: { configFile: "../../apps/mutation/vitest.config.ts", related: false },
    // The folder it runs in is a copy already.
    inPlace: true,
    // It would rewrite the tsconfig through an API that this compiler no longer has.
    tsconfigFile: "none.json",
    coverageAnalysis: "perTest",
    incremental: true,
    incrementalFile: join(artefacts, "incremental.json"),
    concurrency: 1,
    timeoutMS: 10_000,
    timeoutFactor: 2,
    dryRunTimeoutMinutes: 10,
    reporters: ["progress-append-only", "clear-text", "json", "html"],
    clearTextReporter: { allowColor: false, logTests: false },
    jsonReporter: { fileName: join(artefacts, "report.json") },
    htmlReporter: { fileName: join(artefacts, "report.html") },
    thresholds: { high: 95, low: 90, break: 85 },
    checkers: [],
    allowConsoleColors: false,
  };
}
