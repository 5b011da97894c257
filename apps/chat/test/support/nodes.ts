// Nodes of the chat in this process, on an engine that they share; stopped when the test is over.
import { MemoryLog, type RoomLog } from "@ws/rooms";
import { pino } from "pino";
import { afterEach } from "vitest";
import { type ChatServer, type ChatServerOptions, startChatServer } from "../../src/server/chat-server.ts";
import { retentionOf } from "../../src/server/engine.ts";

const servers: ChatServer[] = [];
const logs: RoomLog[] = [];

export const SECRET = "not a secret at all, only for tests";

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await Promise.all(logs.splice(0).map((log) => log.close()));
});

/** Engines as the chat makes them, in memory: each is one node on the same history. */
export function createLogs(count: number, options: { readonly leaseMs?: number } = {}): readonly RoomLog[] {
  const retention = (room: string): ReturnType<typeof retentionOf> =>
    retentionOf(room, { historyMessages: 10_000, historyMs: 60_000, maxFileBytes: 1024 * 1024 });
  const first = new MemoryLog({ retention, ...options });
  const made = [first, ...Array.from({ length: count - 1 }, () => new MemoryLog({ sharedWith: first }))];
  logs.push(...made);
  return made;
}

/** Starts a node; without an `engine` or a `log` it has one in memory. */
export async function startNode(options: ChatServerOptions = {}): Promise<ChatServer> {
  const server = await startChatServer({
    port: 0,
    host: "127.0.0.1",
    sessionSecret: SECRET,
    graceMs: 50,
    ...(options.engine === undefined && { log: options.log ?? createLogs(1)[0]! }),
    logger: pino({ level: "silent" }),
    ...options,
  });
  servers.push(server);
  return server;
}

/** Several nodes on one engine. */
export function startNodes(count: number, options: ChatServerOptions = {}): Promise<readonly ChatServer[]> {
  return Promise.all(createLogs(count).map((log) => startNode({ ...options, log })));
}
