// The engines that are put to the test: a real server of each in a process of its own, and the log that a node opens on it.
import type { RoomLog } from "@ws/rooms";
import { RedisLog } from "@ws/rooms-redis";
import { retentionOf } from "../protocol.ts";
import { hasRedis, startRedis } from "./redis.ts";

export interface EngineServer extends AsyncDisposable {
  readonly port: number;
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
  readonly openLog: (port: number) => RoomLog;
}

export type EngineName = "redis";

export const ENGINES: Readonly<Record<EngineName, Engine>> = {
  redis: {
    isThere: hasRedis,
    startServer: startRedis,
    openLog: (port) => new RedisLog({ url: `redis://127.0.0.1:${port}`, retention: retentionOf }),
  },
};
