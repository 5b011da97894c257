// What carries rooms between nodes and remembers them: a file, Redis or NATS, as the configuration says. All that the chat keeps is
// in rooms of this engine, those that nobody can join included.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Retention, RoomLog } from "@ws/rooms";
import { LIMITS } from "../shared/limits.ts";
import type { ChatConfig } from "./config.ts";
import { SESSION_MS } from "./session.ts";

/** Rooms that are no kind of the protocol, so that no client has to do with them. */
export const ENDED_SESSIONS = "ended-sessions";
export const NAME_ROOMS = "name/";

const MAX_ROOM_BYTES = 64 * 1024 * 1024;
/** What comes with each chunk of a file. */
const CHUNK_OVERHEAD_BYTES = 512;

/**
 * Loads the one that is configured, and no other: all of them together are nearly half of what a start costs.
 *
 * @throws Error where the file is in use, or NATS cannot be reached; Redis may come later
 */
export async function openEngine(config: ChatConfig): Promise<RoomLog> {
  const options = { retention: (room: string): Retention => retentionOf(room, config) };
  const { engine, dataFolder } = config;
  if (engine.kind === "redis") {
    const { RedisLog } = await import("@ws/rooms-redis");
    return new RedisLog({ ...options, url: engine.url, prefix: "chat:" });
  }
  if (engine.kind === "nats") {
    const { NatsLog } = await import("@ws/rooms-nats");
    return await NatsLog.connect({ ...options, connection: { servers: engine.url }, prefix: "chat" });
  }
  const { SqliteLog } = await import("@ws/rooms-sqlite");
  await mkdir(dataFolder, { recursive: true });
  return new SqliteLog({ ...options, path: join(dataFolder, "chat.db") });
}

/** How much of a room is kept. */
export function retentionOf(
  room: string,
  {
    historyMessages,
    historyMs,
    maxFileBytes,
  }: Pick<ChatConfig, "historyMessages" | "historyMs" | "maxFileBytes">,
): Retention {
  if (room.startsWith("file/")) {
    // One file, sent in pieces of half the size even; whatever is more is none, and loses its beginning.
    const maxEntries = 2 * Math.ceil(maxFileBytes / LIMITS.chunkBytes) + 1;
    return { maxEntries, maxBytes: maxFileBytes + maxEntries * CHUNK_OVERHEAD_BYTES, maxAgeMs: historyMs };
  }
  if (room === ENDED_SESSIONS) return { maxEntries: 100_000, maxAgeMs: SESSION_MS };
  if (room === "directory") return { maxEntries: LIMITS.listedRooms, maxAgeMs: historyMs };
  return { maxEntries: historyMessages, maxBytes: MAX_ROOM_BYTES, maxAgeMs: historyMs };
}
