// The node that is weighed: rooms on one engine, with as many connections and rooms as it is asked to take.
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answer } from "load/process/answer";
import { type Sample, takeSample } from "load/process/sample";
import { MemoryLog, type RoomLog, RoomServer } from "@ws/rooms";
import { SqliteLog } from "@ws/rooms-sqlite";
import { WebSocketServer } from "@ws/server";
import { ENGINES, type EngineName } from "../engine/engine.ts";
import { protocol } from "../protocol.ts";

export type SizedEngine = "memory" | "sqlite" | EngineName;

let rooms: RoomServer<(typeof protocol)["definition"]>;
let log: RoomLog;
let folder: string | undefined;

async function openLog(engine: SizedEngine, port: number): Promise<RoomLog> {
  if (engine === "memory") return new MemoryLog();
  if (engine !== "sqlite") return ENGINES[engine].openLog(port, {});
  folder = mkdtempSync(join(tmpdir(), "sizing-"));
  return new SqliteLog({ path: join(folder, "rooms.db") });
}

const answers = {
  /** @returns the port that it listens on */
  start: async (engine: SizedEngine, enginePort: number): Promise<number> => {
    log = await openLog(engine, enginePort);
    rooms = new RoomServer(protocol, { authorize: () => true, log, maxRoomsPerConnection: 100_000 });
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", pingIntervalMs: 0 });
    server.on("connection", (connection) => void rooms.attach(connection));
    await once(server, "listening");
    return server.address()!.port;
  },
  /** Listens to rooms as so many nodes would, without members. */
  listen: async (
    engine: SizedEngine,
    enginePort: number,
    nodes: number,
    names: readonly string[],
  ): Promise<void> => {
    for (let i = 0; i < nodes; i++) {
      const other = await openLog(engine, enginePort);
      for (const name of names) await other.listen(name, { onEntry: () => {}, onAnnouncement: () => {} });
    }
  },
  sample: (): Promise<Sample> => takeSample(),
  /** Without a collection before it: CPU time of this process so far, in µs. */
  cpuUs: (): number => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  count: (): number => rooms.peers.size,
  close: async (): Promise<void> => {
    await rooms.close();
    await log.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  },
};
export type SizingNode = typeof answers;

answer(answers);
