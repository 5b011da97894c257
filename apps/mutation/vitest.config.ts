// How tests run against a mutant: only those that give the same verdict every time, the cheap ones first.
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig, mergeConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import root from "../../vitest.config.ts";
import { subjects } from "./subjects.mjs";

/** Files that are worth asking only when the others found nothing: thousands of cases, megabytes. */
const EXPENSIVE = /advisories|disclosure|bombs|utf8-validator|web-platform|mask|streams|round-trip/;

/** A mutant is dead at its first failing test, so the order decides how long that takes. */
class CheapFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const price = ({ moduleId }: TestSpecification): number => (EXPENSIVE.test(moduleId) ? 1 : 0);
    return Promise.resolve(files.toSorted((a, b) => price(a) - price(b)));
  }
}

const { leaveOut } = subjects[basename(process.cwd()) as keyof typeof subjects];

export default mergeConfig(
  root,
  defineConfig({
    test: {
      setupFiles: [fileURLToPath(new URL("setup.ts", import.meta.url))],
      sequence: { sequencer: CheapFirst },
      exclude: [
        ...configDefaults.exclude,
        ...leaveOut.map((name) => `test/${name}.test.ts`),
        // Random input: what it kills today may survive tomorrow. An example must kill it.
        "test/*properties.test.ts",
        // The code of the documentation.
        "test/readme.test.ts",
      ],
    },
  }),
);
