// The public API as TypeDoc finds it in the sources: every export, its signature and its docstring. What is wrong with links in
// docstrings comes along, for whoever wants to refuse it.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  Application,
  type DeclarationReflection,
  Logger,
  LogLevel,
  type ProjectReflection,
  type Reflection,
} from "typedoc";
import { type EntryPoint, entryPoints, root } from "./entry-points.ts";

export interface PublicApi {
  readonly application: Application;
  readonly project: ProjectReflection;
  readonly modules: ReadonlyMap<EntryPoint, DeclarationReflection>;
  /** A sentence for each link that leads nowhere, and for each type that a signature names and nobody exports. */
  readonly warnings: readonly string[];
}

class Warnings extends Logger {
  readonly texts: string[] = [];

  override log(text: string, level: LogLevel): void {
    if (level >= LogLevel.Warn) this.texts.push(text);
  }
}

/** @throws Error where the sources cannot be read as TypeScript */
export async function readPublicApi(): Promise<PublicApi> {
  const entries = entryPoints();
  const application = await Application.bootstrap({
    entryPoints: entries.map(({ source }) => join(root, source)),
    tsconfig: fileURLToPath(new URL("../tsconfig.packages.json", import.meta.url)),
    displayBasePath: root,
    // The order in which they are given decides where a name that several export is at home.
    sortEntryPoints: false,
    sort: ["source-order"],
    excludePrivate: true,
    excludeProtected: true,
    // What Node's EventEmitter has is told by Node.
    excludeExternals: true,
    // The compiler of this repository has checked them; this one is here for its API only.
    skipErrorChecking: true,
    packagesRequiringDocumentation: [...new Set(entries.map(({ name }) => name.split("/", 2).join("/")))],
    disableGit: true,
    sourceLinkTemplate: "{path}",
    readme: "none",
    typePrintWidth: 72,
  });
  const warnings = new Warnings();
  application.logger = warnings;
  const project = await application.convert();
  if (project === undefined) throw new Error(`Cannot read the public API: ${warnings.texts.join("; ")}`);
  application.validate(project);

  const modules = new Map<EntryPoint, DeclarationReflection>();
  for (const entry of entries) {
    const module = project.children?.find(({ sources }) => sources?.[0]?.fileName === entry.source);
    if (module === undefined) throw new Error(`Cannot find the exports of ${entry.name}`);
    module.name = entry.name;
    nameParameters(module);
    modules.set(entry, module);
  }
  return { application, project, modules, warnings: warnings.texts };
}

/** A parameter that is taken apart at once has no name in the sources: what is taken apart is always options. */
function nameParameters(reflection: Reflection): void {
  reflection.traverse((child) => {
    if (child.name === "__namedParameters") child.name = "options";
    nameParameters(child);
    return true;
  });
}
