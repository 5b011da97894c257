// How the contract makes engines on Redis, and what it does to them.
import type { RoomLog, RoomLogOptions } from "@ws/rooms";
import type { EngineTraits, EngineUnderTest } from "@ws/rooms/contract";
import { RedisLog } from "@ws/rooms-redis";
import type { RedisServer } from "./redis-server.ts";
import { EngineWitness } from "./witness.ts";

export const TRAITS: EngineTraits = {
  isDurable: true,
  canBeDown: true,
  survivesRestart: true,
  canForget: true,
  canBePoisoned: true,
  nodesDieAlone: true,
};

/** What is done to Redis, however many servers it has. */
export interface Redis {
  readonly urls: readonly string[];
  /** All servers at once. */
  kill(): Promise<void>;
  start(): Promise<void>;
  call(key: string, command: string, ...args: readonly (string | Buffer)[]): Promise<unknown>;
}

/** One server. */
export function oneServer(server: RedisServer): Redis {
  return {
    urls: [server.url],
    kill: () => server.kill(),
    start: () => server.start(),
    call: (_, command, ...args) => server.client.call(command, ...args),
  };
}

let prefixes = 0;

export async function createEngine(redis: Redis, options: RoomLogOptions): Promise<EngineUnderTest> {
  // Rooms of their own instead of a Redis of its own: it is faster.
  const prefix = `test${prefixes++}:`;
  const nodes = new Set<RoomLog>();
  const open = async ({ mayBeDown = false } = {}): Promise<RoomLog> => {
    const log = new RedisLog({ ...options, url: redis.urls, prefix, maxReconnectDelayMs: 100 });
    nodes.add(log);
    if (!mayBeDown) await new EngineWitness(log).is("up");
    return log;
  };
  const closeAll = async (): Promise<void> => {
    for (const node of nodes) await node.close();
    nodes.clear();
  };
  let isRunning = true;
  const start = async (): Promise<void> => {
    await redis.start();
    isRunning = true;
  };
  const kill = async (): Promise<void> => {
    isRunning = false;
    await redis.kill();
  };
  const key = (room: string, part: string): string => `${prefix}{${room}}:${part}`;
  return {
    log: await open(),
    second: open,
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    breakLink: kill,
    healLink: start,
    restart: async () => {
      await closeAll();
      await kill();
      await start();
      return open();
    },
    forget: async (room) => {
      for (const part of ["state", "log", "ids"]) await redis.call(key(room, part), "DEL", key(room, part));
    },
    poison: async (room) => {
      const [log, state, channel] = [key(room, "log"), key(room, "state"), key(room, "channel")];
      const last = String(await redis.call(state, "HGET", state, "seq"));
      await redis.call(log, "XADD", log, `${last}-*`, "i", "x", "t", "0", "d", "not in our place");
      const publish = redis.urls.length > 1 ? "SPUBLISH" : "PUBLISH";
      await redis.call(channel, publish, channel, Buffer.from("E\u0001e only a beginning"));
    },
    kill: async (log) => {
      // Said goodbye or not: all that Redis can see of it is the lease, which stays.
      const lease = key(log.node, "lease");
      const value = String(await redis.call(lease, "GET", lease));
      nodes.delete(log);
      await log.close();
      await redis.call(lease, "SET", lease, value, "PX", String(options.leaseMs ?? 15_000));
    },
    close: async () => {
      await closeAll();
      if (!isRunning) await start();
    },
  };
}
