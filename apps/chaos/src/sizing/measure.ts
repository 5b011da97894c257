// Measures what the calculation needs: the node in one process, its clients in another, the engine in its own.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Child } from "load/process/child";
import { ENGINES } from "../engine/engine.ts";
import type { Costs, PublishCost } from "./costs.ts";
import type { SizingClients } from "./clients.ts";
import type { SizedEngine, SizingNode } from "./node.ts";

export interface MeasureOptions {
  /** Idle connections that are weighed. */
  readonly connections: number;
  /** Rooms that each of them joins. */
  readonly rooms: number;
  /** Members of the room whose deliveries are timed. */
  readonly members: number;
  /** Who publishes at the same time, each waiting for its answer. */
  readonly publishers: number;
  /** How long each is timed, after as much again for warming up. */
  readonly publishMs: number;
  readonly engines: readonly SizedEngine[];
}

const [NODE, CLIENTS] = ["node", "clients"].map(
  (name) => new URL(`../../dist/sizing/${name}.js`, import.meta.url),
) as [URL, URL];

export async function measure(options: MeasureOptions, onProgress: (line: string) => void): Promise<Costs> {
  onProgress(`${options.connections} connections, ${options.rooms} rooms`);
  const memory = await weigh(options);
  onProgress(`${options.members} members of one room`);
  const deliveryUs = await timeDeliveries(options);
  const publish: Record<string, PublishCost> = {};
  for (const engine of options.engines) {
    onProgress(`publishing on ${engine}`);
    publish[engine] = await timePublishing(engine, deliveryUs, options);
  }
  return { ...memory, deliveryUs, publish };
}

type Memory = Pick<Costs, "nodeBytes" | "connectionBytes" | "roomBytes" | "membershipBytes">;

/** What is held: heap, what is outside of it, and of the rest what the system says. */
async function weigh({ connections, rooms }: MeasureOptions): Promise<Memory> {
  await using node = new Child<SizingNode>(NODE);
  await using clients = new Child<SizingClients>(CLIENTS);
  const port = await node.ask("start", "memory", 0);
  await clients.ask("open", port, WARM_UP);
  await clients.ask("join", 0, WARM_UP, ["full/warm"]);
  const bytes = async (): Promise<number> => (await node.ask("sample")).rssBytes;
  const before = await bytes();
  await clients.ask("open", port, connections);
  const connected = await bytes();
  const names = Array.from({ length: rooms }, (_, i) => `full/${i}`);
  await clients.ask(
    "join",
    WARM_UP,
    WARM_UP + 1,
    Array.from({ length: connections }, (_, i) => `full/alone${i}`),
  );
  const alone = await bytes();
  await clients.ask("join", WARM_UP, WARM_UP + connections, names);
  const joined = await bytes();
  const membershipBytes = (joined - alone) / (connections * rooms);
  return {
    nodeBytes: before,
    connectionBytes: (connected - before) / connections,
    membershipBytes,
    roomBytes: (alone - connected) / connections - membershipBytes,
  };
}

const WARM_UP = 50;

/** One more that listens is not to be seen beside the rest. */
const OTHER_NODES = 8;

async function timeDeliveries({ members, publishMs }: MeasureOptions): Promise<number> {
  await using node = new Child<SizingNode>(NODE);
  await using clients = new Child<SizingClients>(CLIENTS);
  const port = await node.ask("start", "memory", 0);
  await clients.ask("open", port, members);
  const costOf = async (): Promise<{ us: number; heard: number; published: number }> => {
    await clients.ask("publish", 1, publishMs, "full/0");
    await clients.ask("heard");
    const before = await node.ask("cpuUs");
    const published = await clients.ask("publish", 1, publishMs, "full/0");
    return { us: (await node.ask("cpuUs")) - before, heard: await clients.ask("heard"), published };
  };
  const alone = await costOf();
  await clients.ask("join", 0, members, ["full/0"]);
  const all = await costOf();
  return (all.us - all.published * (alone.us / alone.published)) / all.heard;
}

async function timePublishing(
  engine: SizedEngine,
  deliveryUs: number,
  { publishers, publishMs }: MeasureOptions,
): Promise<PublishCost> {
  await using server = isOfItsOwn(engine) ? await ENGINES[engine].startServer() : undefined;
  await using node = new Child<SizingNode>(NODE);
  await using clients = new Child<SizingClients>(CLIENTS);
  const port = await node.ask("start", engine, server?.port ?? 0);
  await clients.ask("open", port, publishers);
  const costOf = async (): Promise<{ node: number; engine: number }> => {
    await clients.ask("publish", publishers, publishMs);
    const [nodeBefore, engineBefore] = [await node.ask("cpuUs"), cpuUsOf(server?.pid)];
    const published = await clients.ask("publish", publishers, publishMs);
    return {
      node: ((await node.ask("cpuUs")) - nodeBefore) / published,
      engine: (cpuUsOf(server?.pid) - engineBefore) / published,
    };
  };
  const unheard = await costOf();
  await clients.ask("joinOwn", publishers);
  const heard = await costOf();
  let passUs = 0;
  if (server !== undefined) {
    await using others = new Child<SizingNode>(NODE);
    const names = Array.from({ length: publishers }, (_, i) => `full/own${i}`);
    await others.ask("listen", engine, server.port, OTHER_NODES, names);
    passUs = Math.max(0, (await costOf()).engine - heard.engine) / OTHER_NODES;
  }
  await node.ask("close");
  return {
    nodeUs: unheard.node,
    engineUs: unheard.engine,
    hearUs: Math.max(0, heard.node - unheard.node - deliveryUs),
    passUs,
  };
}

function isOfItsOwn(engine: SizedEngine): engine is keyof typeof ENGINES {
  return Object.hasOwn(ENGINES, engine);
}

let ticksPerSecond: number | undefined;

/** CPU time of another process, as Linux tells it. */
function cpuUsOf(pid: number | undefined): number {
  if (pid === undefined) return 0;
  ticksPerSecond ??= Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  // The name of the program, in parentheses, may hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6;
}
