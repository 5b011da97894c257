// The primary: takes no connections itself, but hands them out among workers, one for each core. Replaces workers that die, and
// all of them on SIGHUP; passes on what one worker has to tell the others.
import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Said } from "./worker.ts";

cluster.setupPrimary({ exec: fileURLToPath(new URL("worker.js", import.meta.url)) });
const workers = (): Worker[] => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);

cluster.on("message", (from, said: Said) => {
  for (const worker of workers()) if (worker !== from && worker.isConnected()) worker.send(said);
});

const hasListened = new WeakSet<Worker>();
cluster.on("listening", (worker) => hasListened.add(worker));
cluster.on("exit", (worker) => {
  if (worker.exitedAfterDisconnect) return;
  // One that died before it listened would die again and again: the port is taken.
  if (!hasListened.has(worker)) process.exit(1);
  cluster.fork();
});

async function stop(worker: Worker): Promise<void> {
  worker.send("stop");
  await once(worker, "exit");
}

/** New ones first, so that there is always somebody to come back to. */
async function replaceAll(): Promise<void> {
  for (const old of workers()) {
    await once(cluster.fork(), "listening");
    await stop(old);
  }
  console.log("All workers are new");
}
process.on("SIGHUP", () => void replaceAll());

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void Promise.all(workers().map(stop)));
}

const count = Number(process.env["WORKERS"] ?? availableParallelism());
const [[address]] = (await Promise.all(
  Array.from({ length: count }, () => once(cluster.fork(), "listening")),
)) as [[{ port: number }]];
console.log(`${count} workers at ws://localhost:${address.port}/ROOM`);
