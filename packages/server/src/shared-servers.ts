// WebSocket servers that share an http server, each with a path of its own: who answers for a path that none of them has.
import type { Server as HttpServer } from "node:http";

/** One WebSocket server as the others see it. */
export interface Sharer {
  wants(path: string): boolean;
}

const sharers = new WeakMap<HttpServer, Set<Sharer>>();

/** Joins the sharers of an http server; the result leaves them again. */
export function share(server: HttpServer, sharer: Sharer): () => void {
  const all = sharers.get(server) ?? new Set();
  sharers.set(server, all.add(sharer));
  return () => all.delete(sharer);
}

/**
 * Whether this one must say that nobody is there: the first of the sharers does, where none wants the path and no
 * stranger listens for upgrades who might.
 */
export function mustAnswer(server: HttpServer, sharer: Sharer, path: string): boolean {
  const all = [...(sharers.get(server) ?? [])];
  if (server.listenerCount("upgrade") > all.length) return false;
  return all[0] === sharer && !all.some((other) => other.wants(path));
}
