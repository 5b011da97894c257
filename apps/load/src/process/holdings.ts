// What a process holds on to: what must be the same before the subject starts and after it has ended.
// Objects alive after a full collection show what active resources cannot: a timer that does not keep the process alive, a
// connection that some list still has.
import { Socket } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { queryObjects } from "node:v8";
import { Connection } from "@ws/connection";
import { exactly, type Check } from "../outcome.ts";
import { waitUntil } from "../wait-until.ts";
import { activeResources, collect } from "./sample.ts";

export interface Holdings {
  /** What keeps the event loop alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  readonly connections: number;
  readonly sockets: number;
  readonly timers: number;
}

function countOf(kind: new (...args: never[]) => unknown): number {
  return queryObjects(kind, { format: "count" });
}

const timer = setTimeout(() => {}, 0);
clearTimeout(timer);
const Timeout = timer.constructor as new () => unknown;

// Loaded later these would bring prototypes along that count as sockets.
process.getBuiltinModule("node:http2");
process.getBuiltinModule("node:tls");

// Node opens it when the first socket is destroyed, to see whether it is this one; where it is a pipe, that is a handle.
void process.stderr;

export async function takeHoldings(): Promise<Holdings> {
  await collect();
  return {
    resources: activeResources(),
    connections: countOf(Connection),
    sockets: countOf(Socket),
    timers: countOf(Timeout),
  };
}

const SETTLE_MS = 5000;

/**
 * What a process holds once it has ended what it did: as much as before, or what is left of it some seconds later. A deadline that
 * was called off a moment ago, or a socket that waits for its peer to close, is not held for ever.
 */
export async function settledHoldings(ask: () => Promise<Holdings>, before: Holdings): Promise<Holdings> {
  let after = await ask();
  await waitUntil(async () => isDeepStrictEqual(after, before) || ((after = await ask()), false), SETTLE_MS);
  return after;
}

export function judgeHoldings(when: string, before: Holdings, after: Holdings): Check {
  return exactly(`${when}: resources and objects left`, JSON.stringify(after), JSON.stringify(before));
}
