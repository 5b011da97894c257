// The process that makes the load. Everything it sends and expects is its own, so that it is the same for every peer.
import type { Load } from "../loads/load.ts";
import { answer } from "../process/answer.ts";
import { targetOf } from "../wire/open.ts";
import type { Target } from "../wire/target.ts";
import { BroadcastDriver } from "./broadcast.ts";
import { ClientServer } from "./client-server.ts";
import type { Driver } from "./driver.ts";
import { EchoDriver } from "./echo.ts";
import { HandshakeDriver } from "./handshakes.ts";
import { IdleDriver } from "./idle.ts";

export interface Count {
  readonly count: number;
  readonly atMs: number;
}

export interface Latency {
  readonly p50Us: number;
  readonly p99Us: number;
}

let driver: Driver | undefined;
let server: ClientServer | undefined;

const DRIVERS = {
  echo: EchoDriver,
  broadcast: BroadcastDriver,
  handshake: HandshakeDriver,
  idle: IdleDriver,
};

const answers = {
  /** Opens a server's connections and sets them going. */
  begin: async (load: Load, port: number, wire: Target["wire"]): Promise<void> => {
    if (load.drive === "client") throw new TypeError("Cannot drive a client from here");
    driver = new DRIVERS[load.drive](load, targetOf(load, port, wire));
    await driver.start();
    assertSound();
  },
  /** For the connections that stay. */
  open: async (count: number): Promise<void> => (driver as IdleDriver).open(count),
  /** For clients: where they are answered. */
  listen: (load: Load): Promise<number> => {
    server = new ClientServer(load);
    return server.listen();
  },
  /** Latencies count from here on. */
  mark: (): Count => {
    assertSound();
    driver?.latencies.clear();
    return { count: driver?.count ?? 0, atMs: performance.now() };
  },
  count: (): Count => {
    assertSound();
    return { count: driver?.count ?? 0, atMs: performance.now() };
  },
  finish: (): Latency => {
    assertSound();
    driver?.stop();
    server?.stop();
    return {
      p50Us: driver?.latencies.percentileUs(50) ?? Number.NaN,
      p99Us: driver?.latencies.percentileUs(99) ?? Number.NaN,
    };
  },
};
export type Generator = typeof answers;

function assertSound(): void {
  const failure = driver?.failure ?? server?.failure;
  if (failure !== undefined) throw failure;
}

answer(answers);
