// A registry of our own, on the loopback interface: it has our packages, and passes on everybody else's.
import { rm } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { artefacts } from "./packages.ts";
import { mustRun } from "./run-command.ts";
import { tool } from "./tools.ts";

export interface Registry {
  readonly url: string;
  close(): Promise<void>;
}

export async function startRegistry(): Promise<Registry> {
  const storage = join(artefacts, "registry");
  // Ours are published anew each time; others' are kept.
  for (const scope of ["@ws", "@ws-consumers"])
    await rm(join(storage, scope), { recursive: true, force: true });
  await rm(join(storage, ".verdaccio-db.json"), { force: true });
  const behind = (await mustRun("npm", ["config", "get", "registry"], { cwd: artefacts })).trim();
  const { runServer } = (await import(pathToFileURL(tool("verdaccio/build/index.js")).href)) as {
    runServer: (config: object) => Promise<Server>;
  };
  const server = await runServer({
    storage,
    self_path: join(storage, "config.yaml"),
    configPath: join(storage, "config.yaml"),
    uplinks: { behind: { url: behind, cache: true, maxage: "1d", timeout: "60s" } },
    packages: {
      "@ws/*": { access: "$all", publish: "$all", unpublish: "$all" },
      // What is tried with them, see in-place-of-ws.ts.
      "@ws-consumers/*": { access: "$all", publish: "$all", unpublish: "$all" },
      "**": { access: "$all", proxy: "behind" },
    },
    auth: { htpasswd: { file: join(storage, "htpasswd"), max_users: -1 } },
    web: { enable: false },
    log: { type: "stdout", format: "pretty", level: "fatal" },
    max_body_size: "50mb",
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}

/** Publishes a tarball. Provenance is what only a CI can vouch for, so here there is none. */
export async function publish(tarball: string, registry: Registry): Promise<void> {
  // npm wants a token, if only to send it; this registry lets everybody publish.
  const token = `--${registry.url.slice("http:".length)}:_authToken=anybody`;
  const args = ["publish", tarball, "--registry", registry.url, token, "--provenance=false"];
  await mustRun("npm", args, { cwd: artefacts });
}
