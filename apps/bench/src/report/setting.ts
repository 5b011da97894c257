// Under which circumstances something was measured: without these a number says nothing.
import { spawnSync } from "node:child_process";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import type { Cores } from "../process/cores.ts";
import { versionOf } from "../process/install.ts";
import type { Plan } from "../run/rounds.ts";

export interface Setting {
  readonly date: string;
  readonly command: string;
  readonly machine: string;
  /** Whether other work disturbed it: the load average as it began. */
  readonly loadAverage: number;
  readonly cores: Cores | "not pinned";
  readonly rounds: number;
  readonly measureMs: number;
  /** By subject. */
  readonly versions: Readonly<Record<string, string>>;
}

export function settingOf({ subjects, cores, rounds, times }: Plan, args: readonly string[]): Setting {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    command: ["pnpm bench", ...args].join(" "),
    machine: `${cpu?.model ?? "unknown processor"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release().split("-")[0]}`,
    loadAverage: loadavg()[0]!,
    cores: cores ?? "not pinned",
    rounds,
    measureMs: times.measureMs,
    versions: Object.fromEntries(
      subjects.map(({ name, peer, node }) => {
        const own = peer.package === undefined ? "" : (versionOf(peer.package) ?? "not installed");
        return [
          name,
          [own, peer.runtime === "node" && `Node ${nodeVersion(node)}`].filter(Boolean).join(", "),
        ];
      }),
    ),
  };
}

function nodeVersion(file: string): string {
  return spawnSync(file, ["--version"], { encoding: "utf8" }).stdout.trim().slice(1);
}

export function describe({ date, machine, command, cores, rounds, measureMs, versions }: Setting): string[] {
  return [
    `${date}, ${machine}`,
    typeof cores === "string"
      ? "Processes are not pinned to cores: there is no taskset, or one core only"
      : `Server on core ${cores.server}, generator on core ${cores.generator}`,
    `Medians of ${rounds} interleaved rounds of ${measureMs} ms`,
    `Versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} (${version})`)
      .join(", ")}`,
    `Command: ${command}`,
  ];
}
