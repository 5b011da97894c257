// NATS engines as the contract wants them: a server for each test file, a prefix and a cable for each test.
import { createHash } from "node:crypto";
import { type NatsConnection, connect } from "@nats-io/transport-node";
import { jetstreamManager } from "@nats-io/jetstream";
import type { RoomLog, RoomLogOptions } from "@ws/rooms";
import type { EngineFactory, EngineUnderTest } from "@ws/rooms/contract";
import { escapeName } from "@ws/rooms/engine";
import { NatsLog, type NatsLogOptions } from "@ws/rooms-nats";
import { afterAll, beforeAll } from "vitest";
import { NatsServer } from "./nats-server.ts";
import { TcpLink } from "./tcp-link.ts";

let count = 0;

/** A server that lives as long as the test file. */
export function natsServer(jetStream = true): () => NatsServer {
  let server: NatsServer | undefined;
  beforeAll(async () => {
    server = await NatsServer.start({ jetStream });
  });
  afterAll(() => server?.close());
  return () => server!;
}

export function prefix(): string {
  return `t${++count}`;
}

/** One node, over a cable of its own: so that a node can die while the server lives. */
export async function node(
  server: NatsServer,
  options: NatsLogOptions,
  isCut = false,
): Promise<{ readonly log: NatsLog; readonly link: TcpLink }> {
  const link = await TcpLink.open(() => server.port);
  if (isCut) link.cut();
  const connection = { servers: `127.0.0.1:${link.port}` };
  // Three times that without an answer is an outage; less is a machine that makes thirty streams and does other things too.
  const log = await NatsLog.connect({ pingIntervalMs: 1000, requestTimeoutMs: 2000, ...options, connection });
  return { log, link };
}

/** @param shared what all nodes of this kind of engine are made with */
export function natsFactory(server: () => NatsServer, shared: NatsLogOptions): EngineFactory {
  const isDurable = shared.jetStream !== false;
  return {
    traits: {
      isDurable,
      canBeDown: true,
      survivesRestart: isDurable,
      canForget: isDurable,
      canBePoisoned: true,
      nodesDieAlone: true,
    },
    create: (options) => createEngine(server(), { ...shared, ...options, prefix: prefix() }, isDurable),
  };
}

async function createEngine(
  server: NatsServer,
  options: NatsLogOptions & RoomLogOptions & { prefix: string },
  isDurable: boolean,
): Promise<EngineUnderTest> {
  const nodes = new Map<RoomLog, TcpLink>();
  let isBroken = false;
  const add = async (): Promise<RoomLog> => {
    const { log, link } = await node(server, options, isBroken);
    nodes.set(log, link);
    return log;
  };
  const log = await add();
  const logOf = (room: string): string => logSubject(options.prefix, options.shards ?? 1, room);
  const stranger = await connect({
    servers: `127.0.0.1:${server.port}`,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
  });
  return {
    log,
    second: add,
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    breakLink: async () => {
      isBroken = true;
      for (const link of nodes.values()) link.cut();
    },
    healLink: async () => {
      isBroken = false;
      for (const link of nodes.values()) link.mend();
    },
    poison: async (room) => {
      stranger.publish(isDurable ? logOf(room) : `${options.prefix}.room.${escapeName(room)}.live`, "poison");
      await stranger.flush();
    },
    kill: async (dead) => nodes.get(dead)!.close(),
    ...(isDurable
      ? {
          restart: async () => {
            await Promise.all([...nodes.keys()].map((each) => each.close()));
            await server.restart();
            return add();
          },
          forget: (room: string) => deleteStream(stranger, logOf(room)),
        }
      : {}),
    close: async () => {
      await Promise.all([...nodes.keys()].map((each) => each.close()));
      await Promise.all([...nodes.values()].map((link) => link.close().catch(() => {})));
      await stranger.close();
    },
  };
}

/** Where a room's entries are published to: what it always was, or rooms would move to other streams and begin anew. */
export function logSubject(begin: string, shards: number, room: string): string {
  const digest = createHash("sha256").update(room, "utf16le").digest();
  return `${begin}.log.${digest.readUInt32BE(0) % shards}.${escapeName(room)}`;
}

async function deleteStream(connection: NatsConnection, subject: string): Promise<void> {
  const manager = await jetstreamManager(connection, { checkAPI: false });
  await manager.streams.delete(await manager.streams.find(subject));
}
