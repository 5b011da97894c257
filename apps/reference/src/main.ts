// Writes the reference: a page for each entry point, and one with all names. Ends with an error where a docstring links to
// nothing.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ApiPage, fileOf, PAGES } from "./api-page.ts";
import { root } from "./entry-points.ts";
import { indexPage } from "./index-page.ts";
import { PageRouter } from "./page-router.ts";
import { readPublicApi } from "./public-api.ts";

const { application, project, modules, warnings } = await readPublicApi();
if (warnings.length > 0) throw new Error(`Cannot write the reference:\n${warnings.join("\n")}`);

await rm(join(root, PAGES), { recursive: true, force: true });
const router = new PageRouter(application);
router.buildPages(project);
await mkdir(join(root, PAGES), { recursive: true });
await writeFile(join(root, PAGES, "index.md"), indexPage(modules, router));
for (const [entry, module] of modules) {
  const file = join(root, fileOf(entry.name));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, new ApiPage(application, router, entry, module).markdown());
}
