// pnpm release: publishes every package whose version npm has not. Run by a CI that npm trusts; docs/releasing.md says how.
// `--repository URL` says where the source is, `--registry URL` publishes elsewhere, `--no-provenance` without a witness.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { repositoryUrl, stampManifest } from "./manifest-stamp.mjs";
import { must, root, run } from "./pnpm.mjs";

const { values } = parseArgs({
  options: {
    repository: { type: "string" },
    registry: { type: "string" },
    "no-provenance": { type: "boolean", default: false },
  },
});

function git(...args) {
  try {
    return execFileSync("git", args, {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
}

function refuse(why) {
  console.error(`Cannot release: ${why}`);
  process.exit(1);
}

const url = repositoryUrl({
  argument: values.repository,
  environment: process.env,
  remote: git("remote", "get-url", "origin"),
});
if (url === undefined) refuse("nobody says where the source is; give --repository https://host/owner/name");
if (git("status", "--porcelain") !== "") refuse("there are changes that are not committed");
const waiting = readdirSync(join(root, ".changeset")).filter((name) => /^(?!README).*\.md$/.test(name));
if (waiting.length > 0)
  refuse(`${waiting.length} changesets have no version yet; run pnpm run version, and commit`);

await must("turbo", ["run", "build", "--filter=./packages/*", "--output-logs=errors-only"]);

const manifests = readdirSync(join(root, "packages")).map((name) => {
  const path = join(root, "packages", name, "package.json");
  return { path, directory: `packages/${name}`, before: readFileSync(path, "utf8") };
});
// In the manifest, for the environment is not asked by everything that publishes: a rehearsal must not reach npm.
const { registry, "no-provenance": isBare } = values;
const provenance = !isBare;
let code = 1;
try {
  for (const { path, directory, before } of manifests) {
    writeFileSync(path, stampManifest(before, { url, directory, registry, provenance }));
  }
  code = await run("changeset", ["publish"]);
} finally {
  // What was released is in the tags; the working tree is as it was.
  for (const { path, before } of manifests) writeFileSync(path, before);
}
process.exit(code);
