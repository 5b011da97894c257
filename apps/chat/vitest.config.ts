// vite.config.ts builds the page; the tests have the configuration of the whole repository.
import { mergeConfig } from "vitest/config";
import root from "../../vitest.config.ts";

// Two, on a machine with two cores as well: tests in a browser mostly wait. What is asked for again and again is given time too.
export default mergeConfig(root, { test: { maxWorkers: 2, expect: { poll: { timeout: 10_000 } } } });
