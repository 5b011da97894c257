// A network of our own, loopback and nothing else, where packets can be dropped without anybody else losing any.
// Linux, as root.
import { spawnSync } from "node:child_process";

/** Set within; the processes that are started there inherit it. */
const MARK = "LOAD_OWN_NETWORK";

export function isInOwnNetwork(): boolean {
  return process.env[MARK] !== undefined;
}

/** Runs this very command again, in a network of its own. Returns its exit code. */
export function runInOwnNetwork(): number {
  const command = [process.execPath, ...process.argv.slice(1)];
  const { status, error } = spawnSync(
    "unshare",
    ["--net", "--", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", ...command],
    { stdio: "inherit", env: { ...process.env, [MARK]: "1" } },
  );
  if (error !== undefined) console.error(`Cannot make a network: ${error.message}`);
  return status ?? 1;
}
