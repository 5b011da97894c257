// What JavaScript runs on: how each is told to run a file of a project.
import { tool } from "./tools.ts";

export interface Runtime {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /**
   * Whether it runs TypeScript as it is. Node 22 takes the types out and knows no `await using`; there, and on Node 20, code is
   * compiled first, as its users do.
   */
  readonly readsTypeScript: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

const node = (major: number): Runtime => ({
  name: `Node ${major}`,
  command: tool(`node${major}/bin/node`),
  args: [],
  readsTypeScript: major >= 24,
});

/** Whatever runs this. */
export const thisNode: Runtime = {
  name: `Node ${process.versions.node.split(".")[0]}`,
  command: process.execPath,
  args: [],
  readsTypeScript: false,
};

export const runtimes: readonly Runtime[] = [
  node(20),
  node(22),
  node(24),
  node(26),
  { name: "Bun", command: tool("@oven/bun-linux-x64/bin/bun"), args: ["run"], readsTypeScript: true },
  {
    name: "Deno",
    command: tool("@deno/linux-x64-glibc/deno"),
    args: ["run", "--quiet", "--allow-all", "--no-check", "--node-modules-dir=manual"],
    readsTypeScript: true,
    env: { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
  },
];
