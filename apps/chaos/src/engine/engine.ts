// The engines that are put to the test: a real server of each in a process of its own, and the log that a node opens on it.
import type { RoomLog, RoomLogOptions } from "@ws/rooms";
import { NatsLog } from "@ws/rooms-nats";
import { RedisLog } from "@ws/rooms-redis";
import { hasNats, startNats } from "./nats.ts";
import { hasRedis, startRedis } from "./redis.ts";

export interface EngineServer extends AsyncDisposable {
  readonly port: number;
  /** Of the process of the moment. */
  readonly pid: number;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again, on the same port, with what it has on disk. */
  start(): Promise<void>;
}

export interface Engine {
  /** Whether its server is installed on this machine. */
  readonly isThere: boolean;
  readonly startServer: () => Promise<EngineServer>;
  /** What a node speaks to it with; the port may be that of a link in between. */
  readonly openLog: (port: number, options: RoomLogOptions) => Promise<RoomLog>;
}

export type EngineName = "redis" | "nats";

export const ENGINES: Readonly<Record<EngineName, Engine>> = {
  redis: {
    isThere: hasRedis,
    startServer: startRedis,
    openLog: async (port, options) => new RedisLog({ url: `redis://127.0.0.1:${port}`, ...options }),
  },
  nats: {
    isThere: hasNats,
    startServer: startNats,
    openLog: (port, options) => NatsLog.connect({ connection: { servers: `127.0.0.1:${port}` }, ...options }),
  },
};
