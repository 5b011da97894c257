// Whether @ws/compat can be put in the place of `ws` as docs/migrating-from-ws.md says: in a project with two packages that
// ask for `ws`, one as its dependency and one as its peer, both must be given ours, and no package manager may complain.
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Manager } from "./managers.ts";
import { root } from "./packages.ts";
import { mustRun, type Outcome, runCommand } from "./run-command.ts";

/** What the two ask for; most that there is asks for something like it. */
const RANGE = "^8.18.0";
const KINDS = ["dependencies", "peerDependencies"] as const;
const FOUND = JSON.stringify(KINDS.map(() => ["@ws/compat", "hello", false]));

/** How package managers say that a peer is not what was asked for. */
const COMPLAINT = /ERESOLVE|(?:unmet|incorrect) peer|incorrectly met|doesn't (?:provide|satisfy)/;

export interface Replacement {
  /** What stands in the manifest for the version of `ws`. */
  readonly alias: string;
  /** The two packages, as they are told to a package manager. */
  readonly consumers: readonly string[];
  /** The same as `alias` for what of ours does not come from the registry. */
  readonly others?: Readonly<Record<string, string>>;
}

/** The names of the two. */
export const CONSUMERS: readonly string[] = KINDS.map((kind) => consumerName(kind));

/** Their tarballs. */
export function packConsumers(folder: string): Promise<string[]> {
  return Promise.all(
    KINDS.map(async (kind) => {
      const project = join(folder, kind);
      await mkdir(project, { recursive: true });
      const manifest = {
        name: consumerName(kind),
        version: "1.0.0",
        main: "echo.cjs",
        [kind]: { ws: RANGE },
      };
      await writeFile(join(project, "package.json"), `${JSON.stringify(manifest)}\n`);
      await copyFile(join(root, "apps/publish/consumers/echo.cjs"), join(project, "echo.cjs"));
      const stdout = await mustRun("npm", ["pack", "--json"], { cwd: project });
      return join(project, (JSON.parse(stdout) as { filename: string }[])[0]!.filename);
    }),
  );
}

/** Installs them with a package manager, and has them talk. */
export async function tryInPlaceOfWs(
  project: string,
  manager: Manager,
  registry: string,
  { alias, consumers, others = {} }: Replacement,
): Promise<Outcome> {
  const replaced = { ws: alias, ...others };
  const manifest = {
    name: "application",
    private: true,
    dependencies: { ws: alias },
    overrides: replaced,
    pnpm: { overrides: replaced },
    resolutions: replaced,
  };
  await mkdir(project, { recursive: true });
  await writeFile(join(project, "package.json"), `${JSON.stringify(manifest)}\n`);
  const installed = await manager.install(project, consumers, registry);
  if (!installed.ok) return installed;
  const complaint = complaintIn(installed.stdout + installed.stderr);
  if (complaint !== undefined) return { ...installed, ok: false, why: complaint };
  await writeFile(join(project, "talk.cjs"), TALK);
  const talk = await runCommand(process.execPath, ["talk.cjs"], { cwd: project });
  if (!talk.ok || talk.stdout.trim() === FOUND) return talk;
  return { ...talk, ok: false, why: `the packages found ${talk.stdout.trim()}` };
}

/** The line in which a package manager says that something is not as a package asks for it. */
export function complaintIn(output: string): string | undefined {
  return output.split("\n").find((line) => COMPLAINT.test(line));
}

function consumerName(kind: (typeof KINDS)[number]): string {
  return `@ws-consumers/${kind.toLowerCase()}`;
}

const TALK = `
const names = ${JSON.stringify(CONSUMERS)};
const talk = async (name) => {
  const { given, converse } = require(name);
  return [given, ...(await converse())];
};
Promise.all(names.map(talk)).then((found) => console.log(JSON.stringify(found)));
`;
