// Packages that are compared with are no dependencies of the repository: they live in a folder of their own, see
// process/install.ts. Here they are loaded from there.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** From `src` and from `dist` alike. */
export const PEERS_FOLDER: string = fileURLToPath(new URL("../../.artefacts/peers/", import.meta.url));

const require = createRequire(`${PEERS_FOLDER}package.json`);

export function installed(name: string): unknown {
  return require(name);
}
