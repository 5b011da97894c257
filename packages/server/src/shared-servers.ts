// WebSocket servers that share a port, each with a path of its own: who answers for a path that none of them has.
import type { RequestHead } from "@ws/handshake";
import type { IncomingHandshake } from "./incoming-handshake.ts";

/** One WebSocket server as the others see it. */
export interface Sharer {
  /** Whether it is for every path, and so for those that nobody else wants. */
  readonly isForEveryPath: boolean;
  wants(head: RequestHead): boolean;
  take(incoming: IncomingHandshake): void;
  /** Ends its connections, without a word. */
  terminate(): void;
}

/** By what they share: a server of Node's, or the WebSocket server whose port it is. */
const sharers = new WeakMap<object, Set<Sharer>>();

/** Joins the sharers of a server; the result leaves them again. */
export function share(server: object, sharer: Sharer): () => void {
  const all = sharersOf(server);
  sharers.set(server, all.add(sharer));
  return () => all.delete(sharer);
}

export function sharersOf(server: object): Set<Sharer> {
  return sharers.get(server) ?? new Set();
}

/** Who answers: the first that wants the path, or else the first, who says that nobody is there. */
export function takerOf(server: object, head: RequestHead): Sharer | undefined {
  let first: Sharer | undefined;
  let forEveryPath: Sharer | undefined;
  for (const sharer of sharersOf(server)) {
    first ??= sharer;
    if (!sharer.wants(head)) continue;
    if (!sharer.isForEveryPath) return sharer;
    forEveryPath ??= sharer;
  }
  return forEveryPath ?? first;
}
