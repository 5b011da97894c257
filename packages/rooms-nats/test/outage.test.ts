// What NATS and the way to it can do to a node, beyond what the contract of all engines has.
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { jetstreamManager } from "@nats-io/jetstream";
import type { EngineError, RoomLog } from "@ws/rooms";
import { Hearing, Watching, entries, ids, idsOf, readAll, utf8 } from "@ws/rooms/contract";
import { NatsLog, type NatsLogOptions } from "@ws/rooms-nats";
import { describe, expect, it, onTestFinished } from "vitest";
import { node, prefix } from "./engine.ts";
import { NatsServer } from "./nats-server.ts";
import type { TcpLink } from "./tcp-link.ts";

const DOWN = { name: "EngineError", code: "ENGINE_DOWN" };

async function startServer(options?: { jetStream?: boolean; token?: string }): Promise<NatsServer> {
  const server = await NatsServer.start(options);
  onTestFinished(() => server.close());
  return server;
}

async function startNode(
  server: NatsServer,
  options: NatsLogOptions = {},
): Promise<{ readonly log: NatsLog; readonly link: TcpLink }> {
  const made = await node(server, options);
  onTestFinished(async () => {
    await made.log.close();
    await made.link.close();
  });
  return made;
}

async function stranger(server: NatsServer): Promise<NatsConnection> {
  const connection = await connect({ servers: `127.0.0.1:${server.port}` });
  onTestFinished(() => connection.close());
  return connection;
}

/** Appends until it is acknowledged, as any client does. */
async function appendStubbornly(log: RoomLog, id: string): Promise<void> {
  const watching = new Watching(log);
  for (;;) {
    try {
      await log.append("room", entries(id));
      watching.stop();
      return;
    } catch (error) {
      expect(error).toMatchObject(DOWN);
      await watching.is("up");
    }
  }
}

describe("a stalled link", () => {
  it.each([true, false])("is noticed, and what waits is told (JetStream: %s)", async (jetStream) => {
    const server = await startServer({ jetStream });
    const { log, link } = await startNode(server, {
      jetStream,
      pingIntervalMs: 50,
      requestTimeoutMs: 60_000,
    });
    const watching = new Watching(log);
    link.stall();
    const waiting = [log.append("room", entries("a")), log.read("room", { after: 0, limit: 1 })];
    for (const promise of waiting) await expect(promise).rejects.toMatchObject(DOWN);
    expect(log.status).toBe("down");
    link.mend();
    await watching.is("up");
    await log.append("room", entries("b"));
  });

  it("is a promise that takes too long, where only that is slow", async () => {
    const server = await startServer();
    const { log, link } = await startNode(server, { pingIntervalMs: 60_000, requestTimeoutMs: 100 });
    link.stall();
    await expect(log.append("room", entries("a"))).rejects.toMatchObject(DOWN);
  });
});

describe("a server that dies", () => {
  it("comes back with all that it acknowledged, where storage is a file, and nobody repeats or reorders anything", async () => {
    const server = await startServer();
    const options = { prefix: prefix() };
    const nodes = [await startNode(server, options), await startNode(server, options)];
    const list = [ids("a", 150), ids("b", 150)];
    let done = 0;
    const milestones = new Map<number, () => void>();
    const reached = (count: number): Promise<void> =>
      new Promise((resolve) => void milestones.set(count, resolve));
    const restarts = [reached(60), reached(160)];
    const publishing = nodes.map(async ({ log }, i) => {
      for (const id of list[i]!) {
        await appendStubbornly(log, id);
        milestones.get(++done)?.();
      }
    });
    for (const restart of restarts) {
      await restart;
      await server.restart();
    }
    await Promise.all(publishing);
    const kept = idsOf(await readAll(nodes[0]!.log, "room"));
    expect(kept).toHaveLength(300);
    for (const [i, own] of list.entries()) {
      expect(kept.filter((id) => id.startsWith("ab"[i]!))).toEqual(own);
    }
  });

  it("comes back with another epoch, where storage is memory, also for a node that knew the old one", async () => {
    const server = await startServer();
    const { log } = await startNode(server, { storage: "memory" });
    const hearing = new Hearing();
    await log.listen("room", hearing);
    const [before] = await log.append("room", entries("a"));
    const watching = new Watching(log);
    await server.restart();
    await watching.is("down");
    await watching.is("up");
    const page = await log.read("room", { after: before!.seq, limit: 10 });
    expect(page.epoch).not.toBe(before!.epoch);
    const [after] = await log.append("room", entries("b"));
    expect(after!.epoch).toBe(page.epoch);
    expect((await hearing.heardId("b")).at(-1)).toMatchObject({ epoch: page.epoch, seq: after!.seq });
  });
});

describe("JetStream out of order, behind a link that stands", () => {
  it("is noticed by the lease, and healed", async () => {
    const server = await startServer();
    const options = { prefix: prefix(), leaseMs: 300 };
    const { log } = await startNode(server, options);
    await log.enter("room", "ann", utf8("1"));
    const watching = new Watching(log);
    const { streams } = await jetstreamManager(await stranger(server));
    await streams.delete(`${options.prefix}-alive`);
    await watching.is("down");
    await watching.is("up");
    expect(watching.statuses).toEqual(["down", "up"]);
    await log.enter("room", "ann", utf8("2"));
    expect(await log.present("room")).toMatchObject([{ node: log.node, person: "ann" }]);
  });

  it("refuses a node from the first, where it is not switched on", async () => {
    const server = await startServer({ jetStream: false });
    await expect(startNode(server, { requestTimeoutMs: 500 })).rejects.toMatchObject({ name: "EngineError" });
  });

  it("is not mistaken for ours, where a stream of somebody else takes in our subjects", async () => {
    const server = await startServer();
    const options = { prefix: prefix() };
    const { streams } = await jetstreamManager(await stranger(server));
    await streams.add({ name: "theirs", subjects: [`${options.prefix}.>`] });
    await expect(startNode(server, options)).rejects.toMatchObject({ code: "ENGINE_FAULT" });
  });
});

describe("a server that is not there yet", () => {
  it.each([true, false])("is waited for (JetStream: %s)", async (jetStream) => {
    const server = await startServer({ jetStream });
    await server.stop();
    const { log } = await startNode(server, { jetStream });
    expect(log.status).toBe("down");
    const watching = new Watching(log);
    await server.restart();
    await watching.is("up");
    await log.append("room", entries("a"));
  });

  it("is not waited for where one is there that does not let us in", async () => {
    const server = await startServer({ token: "secret" });
    const connection = { servers: `127.0.0.1:${server.port}`, token: "guessed" };
    await expect(NatsLog.connect({ connection })).rejects.toMatchObject({ name: "EngineError" });
  });
});

describe("what others write", () => {
  it("is skipped and reported where it pretends to come from the stream", async () => {
    const server = await startServer();
    const options = { prefix: prefix() };
    const { log } = await startNode(server, options);
    const hearing = new Hearing();
    const watching = new Watching(log);
    await log.listen("room", hearing);
    const connection = await stranger(server);
    connection.publish(`${options.prefix}.room.room.live`, "no headers");
    connection.publish(`${options.prefix}.room.room.else`, "no subject of ours");
    await watching.faulted(2);
    await log.append("room", entries("a"));
    await hearing.heardId("a");
    expect(idsOf(hearing.entries)).toEqual(["a"]);
    for (const fault of watching.faults) expect((fault as EngineError).code).toBe("ENGINE_FAULT");
  });

  it.each([true, false])("is left out of who is present (JetStream: %s)", async (jetStream) => {
    const server = await startServer({ jetStream });
    const options = { prefix: prefix(), jetStream };
    const { log } = await startNode(server, options);
    const connection = await stranger(server);
    await log.enter("room", "ann", utf8("1"));
    connection.publish(`${options.prefix}.here.room.nobody.nobody`, "poison");
    connection.subscribe(`${options.prefix}.who`, {
      callback: (_, message) => void message.respond("poison"),
    });
    await connection.flush();
    const watching = new Watching(log);
    expect((await log.present("room")).map(({ person }) => person)).toEqual(["ann"]);
    expect(watching.faults).toHaveLength(jetStream ? 1 : 0);
  });
});

it("an entry that is larger than the server takes › is refused before anything is sent", async () => {
  const server = await startServer();
  const { log } = await startNode(server);
  const large = { id: "large", data: new Uint8Array(2 * 1024 * 1024) };
  await expect(log.append("room", [...entries("a"), large])).rejects.toThrow(
    /Cannot append an entry of 2097152 bytes/,
  );
  expect(await readAll(log, "room")).toEqual([]);
});
