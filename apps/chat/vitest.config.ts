// vite.config.ts builds the page; the tests have the configuration of the whole repository.
import { readFileSync } from "node:fs";
import { mergeConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import root from "../../vitest.config.ts";

/** Files that open a browser take longest. They begin, so that none of them is left when everything else is done. */
class BrowsersFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const opensBrowser = sorted.map(({ moduleId }) =>
      readFileSync(moduleId, "utf8").includes("hasChromium()"),
    );
    return [...sorted.filter((_, i) => opensBrowser[i]), ...sorted.filter((_, i) => !opensBrowser[i])];
  }
}

// Three, on a machine with two cores as well: tests in a browser, and of processes, mostly wait. What is asked for again and again is
// given time too.
export default mergeConfig(root, {
  test: { maxWorkers: 3, sequence: { sequencer: BrowsersFirst }, expect: { poll: { timeout: 10_000 } } },
});
