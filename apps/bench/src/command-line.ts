// The command line: what was asked for, checked, and made into a plan.
import { parseArgs } from "node:util";
import { numberOption } from "@ws/connection";
import { selectLoads } from "./loads/loads.ts";
import { DEFAULT_PEERS, selectPeers, SHORT_PEERS } from "./peers/peers.ts";
import { findCores } from "./process/cores.ts";
import { nodeFile } from "./process/install.ts";
import type { Plan } from "./run/rounds.ts";

export const USAGE: string = `pnpm bench [options]    measures all peers under all loads
pnpm bench micro        measures the parts of our stack by themselves
pnpm bench report <json files>  joins runs of different loads into one report; takes --markdown and --svg
pnpm bench peers        only installs whom we compare with

  --short          under five minutes: fewer peers, loads and rounds
  --peers <names>  of ${DEFAULT_PEERS.join(", ")}. Default: all
  --loads <names>  or beginnings of names, such as 20B,deflate. Default: all
  --node <majors>  which Node runs those that need one: the one you have, 20, 22, 24. Default: the one you have
  --rounds <n>     Default: 5
  --ms <n>         how long each measurement counts. Default: 1000
  --profile <folder>  has Node leave a profile of each process that is measured; its figures are worth nothing then
  --json <file>    everything that was measured. Default: apps/bench/.artefacts/bench.json
  --markdown <file>  the tables
  --svg <folder>   charts
`;

export interface Command {
  readonly plan: Plan;
  readonly json: string | undefined;
  readonly markdown: string | undefined;
  readonly svg: string | undefined;
}

const SHORT_LOADS: readonly string[] = [
  ...["20B-x1", "20B-x16", "1KiB-x16", "64KiB", "1MiB", "ingest-1MiB", "text-x16"],
  ...["broadcast-x1", "broadcast-x16", "broadcast-deflate", "handshake", "deflate-1KiB"],
  ...["client-20B-x1", "client-20B-x16", "idle"],
];

/** Needs the peers installed. @throws TypeError or RangeError for what makes no sense */
export function parseCommand(args: readonly string[]): Command {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: "boolean", default: false },
      peers: { type: "string" },
      loads: { type: "string" },
      node: { type: "string" },
      rounds: { type: "string" },
      ms: { type: "string" },
      profile: { type: "string" },
      json: { type: "string" },
      markdown: { type: "string" },
      svg: { type: "string" },
    },
  });
  const { short, json, markdown, svg, profile } = values;
  const number = (name: "rounds" | "ms", fallback: number): number => {
    const given = values[name];
    return numberOption<"rounds" | "ms">(
      given === undefined ? {} : { [name]: Number(given) },
      name,
      fallback,
      1_000_000,
      1,
    );
  };
  const measureMs = number("ms", short ? 600 : 1000);
  return {
    json,
    markdown,
    svg,
    plan: {
      loads: selectLoads(listOf(values.loads) ?? (short ? SHORT_LOADS : [])),
      subjects: subjectsOf(
        listOf(values.peers) ?? (short ? SHORT_PEERS : DEFAULT_PEERS),
        listOf(values.node)?.map(Number) ?? [Number.parseInt(process.versions.node, 10)],
      ).map((subject) => {
        return { ...subject, ...(profile !== undefined && { profile }) };
      }),
      rounds: number("rounds", short ? 2 : 5),
      times: { warmUpMs: Math.max(short ? 400 : 700, measureMs / 2), measureMs },
      cores: findCores(),
    },
  };
}

export interface ReportCommand {
  readonly files: readonly string[];
  readonly markdown: string | undefined;
  readonly svg: string | undefined;
}

/** @throws TypeError for what makes no sense */
export function parseReport(args: readonly string[]): ReportCommand {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { markdown: { type: "string" }, svg: { type: "string" } },
  });
  return { files: positionals, markdown: values.markdown, svg: values.svg };
}

function listOf(value: string | undefined): string[] | undefined {
  return value?.split(",").filter((part) => part !== "");
}

/** Those that need a Node once for each, named after it where there are several; the others once. */
function subjectsOf(names: readonly string[], majors: readonly number[]): Plan["subjects"] {
  const nodes = majors.map((major) => {
    return { node: nodeFile(major), suffix: majors.length > 1 ? `@${major}` : "" };
  });
  return selectPeers(names).flatMap((peer) => {
    const runs = peer.runtime === "node" ? nodes : [{ node: process.execPath, suffix: "" }];
    return runs.map(({ node, suffix }) => {
      return { name: peer.name + suffix, peer, node };
    });
  });
}
