// The process that is measured: a server, or clients, of one peer. Run by Node, Bun and Deno alike.
import type { Load } from "../loads/load.ts";
import { answer } from "../process/answer.ts";
import { type Memory, takeMemory } from "../process/memory.ts";
import { ClientDrive } from "./client-drive.ts";
import type { PeerModule, Service } from "./peer.ts";

export interface Usage {
  /** Time of all threads on processors so far, in microseconds. */
  readonly cpuUs: number;
  readonly atMs: number;
}

export interface ClientUsage extends Usage {
  readonly count: number;
}

const [, , name] = process.argv;
const peer = (await import(new URL(`${name}.js`, import.meta.url).href)) as PeerModule;
let drive: ClientDrive;

const answers = {
  serve: (service: Service): Promise<number> => peer.serve!(service),
  drive: async (load: Load, port: number): Promise<void> => {
    drive = new ClientDrive(load, peer.connect!);
    await drive.start(`ws://127.0.0.1:${port}/`);
  },
  usage: (): Usage => usage(),
  /** From here on latencies count. */
  markClients: (): ClientUsage => {
    drive.assertSound();
    drive.latencies.clear();
    return { count: drive.count, ...usage() };
  },
  clients: (): ClientUsage & { p50Us: number; p99Us: number } => {
    drive.assertSound();
    const { latencies, count } = drive;
    return { count, ...usage(), p50Us: latencies.percentileUs(50), p99Us: latencies.percentileUs(99) };
  },
  memory: (): Promise<Memory> => takeMemory(),
};
export type Measured = typeof answers;

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system, atMs: performance.now() };
}

answer(answers);
