// The engines that are put to the test: a real server of each in a process of its own, and the log that a node opens on it.
import { setTimeout as sleep } from "node:timers/promises";
import { EngineError, type RoomLog, type RoomLogOptions } from "@ws/rooms";
import { NatsLog, type NatsLogOptions } from "@ws/rooms-nats";
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
  /**
   * How much a room has to remember at least so that what is published twice in spite of a restart is known: all that is said in the
   * time in which somebody may try again, where the engine forgets the ids of what it has removed.
   */
  readonly minEntries: number;
  readonly startServer: () => Promise<EngineServer>;
  /** What a node speaks to it with; the port may be that of a link in between. */
  readonly openLog: (port: number, options: RoomLogOptions) => Promise<RoomLog>;
}

export type EngineName = "redis" | "nats";

export const ENGINES: Readonly<Record<EngineName, Engine>> = {
  redis: {
    isThere: hasRedis,
    minEntries: 1,
    startServer: startRedis,
    openLog: async (port, options) => new RedisLog({ url: `redis://127.0.0.1:${port}`, ...options }),
  },
  nats: {
    isThere: hasNats,
    minEntries: 1000,
    startServer: startNats,
    openLog: (port, options) => openNatsLog({ connection: { servers: `127.0.0.1:${port}` }, ...options }),
  },
};

/** Its first connection has to succeed: a node that starts while the engine is away tries until it is there. */
async function openNatsLog(options: NatsLogOptions): Promise<RoomLog> {
  for (;;) {
    try {
      return await NatsLog.connect(options);
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== "ENGINE_DOWN") throw error;
      await sleep(100);
    }
  }
}
