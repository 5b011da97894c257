// npm test: installs, builds, and runs every check of the monorepo through turbo; ends with one line that counts.
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { install, root, run } from "./pnpm.mjs";

await install();

const reports = ["packages", "apps", "apps/examples"].flatMap((kind) =>
  readdirSync(join(root, kind)).flatMap((member) =>
    [".", "test"].map((folder) => join(root, kind, member, folder, ".vitest", "report.json")),
  ),
);
for (const report of reports.filter((path) => existsSync(path))) rmSync(report);

const code = await run("turbo", [
  "run",
  "build",
  "types",
  "lint",
  "test",
  "--continue",
  "--concurrency=2",
  ...process.argv.slice(2),
]);

let passed = 0;
let failed = 0;
for (const report of reports.filter((path) => existsSync(path))) {
  const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, "utf8"));
  passed += numPassedTests;
  // A file that does not even load has no failed test, only a failed suite.
  failed += Math.max(numFailedTests, Math.min(numFailedTestSuites, 1));
}
// Types, lint and builds have no tests to count, yet must not end in "0 failed".
if (code !== 0 && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exit(code);
