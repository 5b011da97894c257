// Our declarations, as a compiler reads them that looks into declarations too, with the types of Node that a user may have:
// the ones we compile with are the oldest.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { members, root } from "../members.ts";

const run = promisify(execFile);
const require = createRequire(import.meta.url);

// It once was: "Property 'on' in type 'Connection' is not assignable to the same property in base type", from 26 on.
it.each(["@types/node", "@types/node26"])(
  "declarations compile with %s, and know what is heard",
  async (types) => {
    const project = await mkdtemp(join(tmpdir(), "types-of-node-"));
    onTestFinished(() => rm(project, { recursive: true }));
    const installed = join(project, "node_modules");
    await mkdir(join(installed, "@types"), { recursive: true });
    await mkdir(join(installed, "@ws"));
    await symlink(dirname(require.resolve(`${types}/package.json`)), join(installed, "@types/node"));
    // What others have written may ask for types of Node by itself, and get the ones installed here.
    const packages = members("packages").filter(({ manifest: { dependencies = {} } }) =>
      Object.keys(dependencies).every((name) => name.startsWith("@ws/")),
    );
    for (const { folder, manifest } of packages) await symlink(folder, join(installed, manifest.name));
    const imports = packages.map(
      ({ manifest: { name } }, i) => `import * as m${i} from "${name}";\nexport { m${i} };`,
    );
    await writeFile(
      join(project, "main.mts"),
      `${imports.join("\n")}
import type { Connection } from "@ws/connection";
export function hear(connection: Connection): void {
  connection.on("message", (data) => data.length).once("close", ({ code }) => code.toFixed());
  // @ts-expect-error a result has no such thing
  connection.prependListener("close", ({ nothing }) => nothing);
}
`,
    );
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const flags = ["--noEmit", "--strict", "--target", "es2023", "--module", "nodenext", "--types", "node"];
    const lib = ["--lib", "es2023,esnext.disposable,dom,dom.asynciterable"];
    const said = await run(process.execPath, [tsc, ...flags, ...lib, "main.mts"], { cwd: project }).then(
      ({ stdout }) => stdout,
      (error: { stdout?: string }) => error.stdout ?? String(error),
    );
    expect(said).toBe("");
  },
);
