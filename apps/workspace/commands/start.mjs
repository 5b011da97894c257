// npm start: installs, builds and serves the chat.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { environment, install, must, root } from "./pnpm.mjs";

await install();
await must("turbo", ["run", "build", "--filter=chat", "--output-logs=errors-only"]);

// Shows what there is; whoever deploys the chat switches on what they want. Errors are told, and nothing else.
const demonstration = { INSPECTOR: "own", LAB: "on", LOG_LEVEL: "warn" };

// The server is a direct child: pnpm and turbo in between would swallow SIGTERM and leave it running.
const server = spawn(process.execPath, [join(root, "apps/chat/dist/server/main.js")], {
  env: { ...demonstration, ...environment },
  stdio: "inherit",
});
server.once("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => server.kill(signal));

// npm may be killed without a word to us (kill -9): whoever adopts us, or the shell between us and npm, did not start us.
const starters = ancestors();
setInterval(() => {
  if (ancestors() !== starters) server.kill("SIGTERM");
}, 500).unref();

/** The process that started us and, where that can be told, the one that started it. */
function ancestors() {
  try {
    // The fields of stat: pid, (name), state, parent. Only the name may hold spaces.
    const stat = readFileSync(`/proc/${process.ppid}/stat`, "utf8");
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]}`;
  } catch {
    return String(process.ppid);
  }
}
