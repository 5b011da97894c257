// A real Redis Cluster for tests: masters on free ports, each with its share of the slots.
import { type RedisServer, startRedis } from "./redis-server.ts";

export interface RedisCluster extends AsyncDisposable {
  readonly servers: readonly RedisServer[];
  readonly urls: readonly string[];
  /** Which of the servers has the slot of a key, as it was when the cluster was made. */
  serverOf(key: string): Promise<RedisServer>;
  call(key: string, command: string, ...args: readonly (string | Buffer)[]): Promise<unknown>;
  /** Ends all of them as a power failure would. */
  kill(): Promise<void>;
  /** Starts all of them again, and waits until they are a cluster. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const SLOTS = 16_384;

/** @param settings arguments for each server */
export async function startCluster(settings: readonly string[], size = 3): Promise<RedisCluster> {
  const clustered = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000", ...settings];
  const servers = await Promise.all(Array.from({ length: size }, () => startRedis(clustered)));
  const bound = (i: number): number => Math.floor((i * SLOTS) / size);
  await Promise.all(
    servers.map(async ({ client }, i) => {
      await client.call("CLUSTER", "ADDSLOTSRANGE", String(bound(i)), String(bound(i + 1) - 1));
      await client.call("CLUSTER", "SET-CONFIG-EPOCH", String(i + 1));
      await client.call("CLUSTER", "MEET", "127.0.0.1", String(servers[0]!.port));
    }),
  );
  const serverOf = async (key: string): Promise<RedisServer> => {
    const slot = await servers[0]!.client.cluster("KEYSLOT", key);
    return servers.find((_, i) => slot < bound(i + 1))!;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  await untilWhole(servers);
  return {
    servers,
    urls: servers.map(({ url }) => url),
    serverOf,
    call: async (key, command, ...args) => (await serverOf(key)).client.call(command, ...args),
    async kill() {
      await Promise.all(servers.map((server) => server.kill()));
    },
    async start() {
      await Promise.all(servers.map((server) => server.start()));
      await untilWhole(servers);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Until every server knows every slot's server and counts the cluster as usable; none of them tells when. */
async function untilWhole(servers: readonly RedisServer[]): Promise<void> {
  for (const { client } of servers) {
    for (;;) {
      const info = String(await client.cluster("INFO"));
      if (info.includes("cluster_state:ok") && info.includes(`cluster_known_nodes:${servers.length}`)) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
