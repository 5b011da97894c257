// vite.config.ts builds the page; the tests have the configuration of the whole repository.
import { readFileSync } from "node:fs";
import { mergeConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import root from "../../vitest.config.ts";

/** Files that open a browser take longest. They begin, so that none of them is left when everything else is done. */
class BrowsersFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- it is no array's
    const sorted = await super.sort(files);
    const opens = new Set(sorted.filter(opensBrowser));
    return [...opens, ...sorted.filter((file) => !opens.has(file))];
  }
}

function opensBrowser({ moduleId }: TestSpecification): boolean {
  return readFileSync(moduleId, "utf8").includes("hasChromium()");
}

// Three, on a machine with two cores as well: tests in a browser, and of processes, mostly wait. What is asked for again and again is
// given time too.
export default mergeConfig(root, {
  test: { maxWorkers: 3, sequence: { sequencer: BrowsersFirst }, expect: { poll: { timeout: 10_000 } } },
});
