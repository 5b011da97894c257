// The implementations this suite can start by itself. To add one: a file beside this that makes a `Target`
// (see target.ts; `childTarget` where it runs as a program), and a line here.
import { childTarget } from "./child-target.ts";
import type { Target } from "./target.ts";

/** The stack of this repository: server and client. */
const own = childTarget({
  name: "own",
  command: process.execPath,
  server: "own-server.mjs",
  client: "own-client.mjs",
  http2: ["server", "client"],
});

/** npm `ws`: server and client. */
const npmWs = childTarget({
  name: "npm-ws",
  command: process.execPath,
  server: "npm-ws-server.mjs",
  client: "npm-ws-client.mjs",
});

/** Node's own WebSocket client, from npm `undici`. */
const undici = childTarget({ name: "undici", command: process.execPath, client: "undici-client.mjs" });

/** Python's `websockets` as Debian packages it (python3-websockets): server and client. */
const pythonWebsockets = childTarget({
  name: "python-websockets",
  // Not the first python3 of the path, which may be one without the package.
  command: "/usr/bin/python3",
  server: "python-websockets-server.py",
  client: "python-websockets-client.py",
});

export const targets: readonly Target[] = [own, npmWs, undici, pythonWebsockets];

/** Run when the command line names nothing. */
export const defaultTargets: readonly string[] = ["own"];

export function targetNamed(name: string): Target {
  const target = targets.find((one) => one.name === name);
  if (target === undefined) {
    throw new RangeError(
      `Cannot run "${name}": the targets are ${targets.map((one) => one.name).join(", ")}`,
    );
  }
  return target;
}
