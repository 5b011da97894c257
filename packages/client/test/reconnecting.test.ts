// The reconnecting client against servers that go away, come back, and fall silent.
import { once } from "node:events";
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from "node:net";
import { Duplex, duplexPair } from "node:stream";
import { setImmediate as nextTask } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  connect,
  Connection,
  type ConnectOptions,
  ReconnectingConnection,
  type ReconnectingOptions,
  type ReconnectingState,
  type SendReceipt,
} from "@ws/client";
import { echo, startPeer } from "./peer.ts";

/** Waits of at most a few milliseconds: these tests are about what happens, not when. */
const HASTE = { baseDelayMs: 1, maxDelayMs: 5, minUptimeMs: 0 };

function open(options: Partial<ReconnectingOptions<ConnectOptions>>): ReconnectingConnection<ConnectOptions> {
  const client = new ReconnectingConnection({ connect, url: "", ...HASTE, ...options });
  onTestFinished(async () => {
    await client.close();
  });
  return client;
}

/** Resolves once the client has that state. */
function reached(client: ReconnectingConnection<ConnectOptions>, state: ReconnectingState): Promise<void> {
  return new Promise((resolve) => {
    if (client.state === state) resolve();
    else client.on("statechange", (change) => change.state === state && resolve());
  });
}

describe("ReconnectingConnection › with a server that restarts", () => {
  it("comes back on the same port, sends what was queued in order, and receives as one stream", async () => {
    const peer = await startPeer({ onConnection: echo });
    const client = open({ url: peer.url });
    const received: unknown[] = [];
    const reading = (async () => {
      for await (const message of client) if (received.push(message) === 4) return;
    })();
    await reached(client, "open");
    expect(await client.send("a")).toMatchObject({ status: "delivered" });
    while (received.length < 1) await nextTask();

    await peer.stop();
    await reached(client, "waiting");
    const b = client.send("b");
    const c = client.send(new Uint8Array([99]));
    expect((await b).status).toBe("queued");
    expect((await c).status).toBe("queued");
    expect(client.queuedMessages).toBe(2);
    expect(client.bufferedAmount).toBe(2);

    await peer.start();
    expect(await (await b).settled).toBe("delivered");
    expect(await (await c).settled).toBe("delivered");
    expect((await client.send("d")).status).toBe("delivered");
    await reading;
    expect(received).toEqual(["a", "b", new Uint8Array([99]), "d"]);
    expect(await client.close()).toMatchObject({ code: 1000, wasClean: true });
    expect(client.state).toBe("closed");
  });

  it("resolves URL and credentials for each attempt", async () => {
    const peer = await startPeer({
      refuse: (request) => (request === 0 ? "HTTP/1.1 503 Later\r\n\r\n" : undefined),
    });
    let token = 0;
    const client = open({
      url: () => Promise.resolve(`${peer.url}chat`),
      options: () => ({ headers: { Authorization: `Bearer ${++token}` } }),
    });
    await reached(client, "open");
    peer.connections[0]!.terminate();
    await peer.connection(1);
    expect(peer.requests.map((head) => /Authorization: (.*)\r\n/.exec(head)![1])).toEqual([
      "Bearer 1",
      "Bearer 2",
      "Bearer 3",
    ]);
    expect(peer.requests.every((head) => head.startsWith("GET /chat "))).toBe(true);
  });

  it.each([
    [
      "a 401",
      { refuse: () => "HTTP/1.1 401 Unauthorized\r\n\r\n" },
      { code: 1006, error: { code: "UNEXPECTED_STATUS" } },
    ],
    [
      "close code 1000",
      { onConnection: (link: Connection) => void link.close() },
      { code: 1000, wasClean: true },
    ],
    [
      "close code 1008",
      { onConnection: (link: Connection) => void link.close(1008, "no") },
      { code: 1008, reason: "no" },
    ],
  ])("ends after %s", async (_what, options, expected) => {
    const peer = await startPeer(options);
    const client = open({ url: peer.url });
    expect(await client.closed).toMatchObject(expected);
    expect(client.state).toBe("closed");
    expect(peer.requests).toHaveLength(1);
    const { status, settled } = await client.send("too late");
    expect([status, await settled]).toEqual(["dropped", "dropped"]);
  });

  it("goes on after 1012, and ends at once where the arguments make no sense", async () => {
    const peer = await startPeer({ onConnection: (link, index) => index === 0 && void link.close(1012) });
    const client = open({ url: peer.url });
    await peer.connection(1);
    await client.close();
    expect(await open({ url: "ftp://localhost/" }).closed).toMatchObject({
      error: expect.any(TypeError) as unknown,
    });
  });

  it("keeps the process alive while it waits", async () => {
    const peer = await startPeer();
    await peer.stop();
    const client = open({ url: peer.url, baseDelayMs: 60_000, maxDelayMs: 60_000, random: () => 0.9 });
    await reached(client, "waiting");
    expect(process.getActiveResourcesInfo()).toContain("Timeout");
    await client.close();
  });

  it("tells listeners in the order of what happened, and close last", async () => {
    const peer = await startPeer({ onConnection: (link) => link.send("hello") });
    const client = open({ url: peer.url });
    const seen: string[] = [];
    client.on("statechange", ({ state }) => seen.push(state));
    client.on("close", () => seen.push("close"));
    client.once("message", (data) => {
      seen.push(String(data));
      void client.close();
    });
    await client.closed;
    expect(seen).toEqual(["connecting", "open", "hello", "closed", "close"]);
  });

  it("refuses an iterator beside a message listener, and shows the connection it has", async () => {
    const peer = await startPeer();
    const client = open({ url: peer.url });
    const onMessage = (): void => {};
    client.on("message", onMessage);
    expect(() => client[Symbol.asyncIterator]()).toThrow("a message listener takes them");
    client.off("message", onMessage);
    expect(() => client[Symbol.asyncIterator]()).not.toThrow();
    await reached(client, "open");
    expect(client.connection).toBeInstanceOf(Connection);
    await client[Symbol.asyncDispose]();
    expect(client.connection).toBeUndefined();
  });
});

describe("ReconnectingConnection › with a network that swallows everything", () => {
  it("notices a dead link by the connection's pings, in Node", async () => {
    const peer = await startPeer({ onConnection: echo });
    const proxy = await startProxy(peer.port);
    const client = open({ url: proxy.url, options: { pingIntervalMs: 20, pongTimeoutMs: 20 } });
    client.on("message", () => {});
    await reached(client, "open");
    proxy.swallow();
    await reached(client, "waiting");
    await reached(client, "open");
    expect((await client.send("x")).status).toBe("delivered");
    expect(peer.connections).toHaveLength(2);
  });

  it("notices a dead link by the heartbeat", async () => {
    const peer = await startPeer({ onConnection: echo });
    const proxy = await startProxy(peer.port);
    const client = open({
      url: proxy.url,
      options: { pingIntervalMs: 0 },
      heartbeat: { message: "ping", intervalMs: 20, timeoutMs: 50 },
    });
    client.on("message", () => {});
    await reached(client, "open");
    proxy.swallow();
    await reached(client, "waiting");
    await reached(client, "open");
  });
});

describe("ReconnectingConnection › a consumer that is slow", () => {
  function pairs(): { readonly servers: Connection[]; readonly connect: () => Promise<Connection> } {
    const servers: Connection[] = [];
    return {
      servers,
      connect: () => {
        const [near, far] = duplexPair();
        near.on("close", () => far.destroy());
        far.on("close", () => near.destroy());
        servers.push(new Connection(far, { role: "server", maxBufferedBytes: 2 ** 30 }));
        return Promise.resolve(new Connection(near, { role: "client" }));
      },
    };
  }

  it("gets the messages of a link before those of the next one", async () => {
    const { servers, connect: connectPair } = pairs();
    const client = open({ connect: connectPair });
    await reached(client, "open");
    for (const text of ["a", "b", "c"]) servers[0]!.send(text);
    await servers[0]!.close(1012);
    await reached(client, "waiting");
    await reached(client, "open");
    await servers[1]!.sendAsync("d");
    await nextTask();
    const received: unknown[] = [];
    for await (const message of client) if (received.push(message) === 4) break;
    expect(received).toEqual(["a", "b", "c", "d"]);
  });

  it("slows the server down instead of filling the memory", async () => {
    const { servers, connect: connectPair } = pairs();
    const client = open({ connect: connectPair });
    await reached(client, "open");
    for (let i = 0; i < 100; i++) servers[0]!.send("x".repeat(100_000));
    for (let i = 0; i < 100; i++) await nextTask();
    expect(servers[0]!.bufferedAmount).toBeGreaterThan(5_000_000);
    const received: unknown[] = [];
    for await (const message of client) if (received.push(message) === 100) break;
    while (servers[0]!.bufferedAmount > 0) await nextTask();
  });
});

describe("ReconnectingConnection › its queue", () => {
  it.each([
    ["maxQueuedMessages", { maxQueuedMessages: 2 }, ["queued", "queued", "dropped", "dropped"]],
    ["maxQueuedBytes", { maxQueuedBytes: 5 }, ["queued", "dropped", "queued", "dropped"]],
    ["none at all", { maxQueuedMessages: 0 }, ["dropped", "dropped", "dropped", "dropped"]],
  ])("is bounded: %s", async (_what, limits, expected) => {
    const client = open({ connect: () => new Promise(() => {}), ...limits });
    const receipts = await Promise.all(
      ["aaa", "€€", new Uint8Array(2), "d"].map((data) => client.send(data)),
    );
    expect(receipts.map(({ status }) => status)).toEqual(expected);
    await client.close();
    for (const { settled } of receipts) expect(await settled).toBe("dropped");
  });

  it("refuses what is no message at the call", () => {
    const client = open({ connect: () => new Promise(() => {}) });
    for (const data of [1, null, undefined, {}, []]) {
      expect(() => client.send(data as string)).toThrow(TypeError);
    }
  });

  it("keeps bytes as they were at the call", async () => {
    const peer = await startPeer({ onConnection: echo });
    const client = open({ url: peer.url });
    const messages = client[Symbol.asyncIterator]();
    const bytes = new Uint8Array([1, 2, 3]);
    void client.send(bytes.subarray(1));
    bytes.fill(9);
    expect(await messages.next()).toEqual({ done: false, value: new Uint8Array([2, 3]) });
    // Those of a large message went out as they had become while it waited for the transport of an open connection.
    const many = new Uint8Array(900_000).fill(1);
    void client.send(many);
    many.fill(9);
    const { value } = (await messages.next()) as { value: Uint8Array };
    expect(value.every((byte) => byte === 1)).toBe(true);
  });

  it("does not pour more into a connection than it takes", async () => {
    const peer = await startPeer();
    await peer.stop();
    const client = open({
      url: peer.url,
      options: { highWaterMarkBytes: 1024, maxBufferedBytes: 4096 },
      maxQueuedBytes: 10 * 1024 * 1024,
    });
    const receipts = await Promise.all(Array.from({ length: 500 }, () => client.send("x".repeat(1000))));
    await peer.start();
    const link = await peer.connection(0);
    const received: unknown[] = [];
    link.on("message", (data) => received.push(data));
    for (const { settled } of receipts) expect(await settled).toBe("delivered");
    while (received.length < 500) await nextTask();
    expect(client.state).toBe("open");
  });

  it.each([
    ["drop", ["dropped", "dropped", "queued"], ["z", "after"]],
    ["requeue", ["queued", "queued", "queued"], ["x", "y", "z", "after"]],
  ] as const)(
    "whenInterrupted %s: what a broken link did not confirm",
    async (whenInterrupted, statuses, texts) => {
      const received: unknown[] = [];
      let links = 0;
      const client = open({
        whenInterrupted,
        connect: () => {
          // The first one takes everything and confirms nothing.
          const deaf = new Duplex({ read() {}, write() {} });
          const [near, far] = duplexPair();
          const server = new Connection(far, { role: "server" });
          server.on("message", (data) => received.push(data));
          return Promise.resolve(
            new Connection(links++ === 0 ? deaf : near, { role: "client", highWaterMarkBytes: 10 }),
          );
        },
      });
      await reached(client, "open");
      const bytes = new Uint8Array([120]);
      // Two frames of 7 bytes: the link is backed up, and the last one waits behind it.
      const sent = [client.send(bytes), client.send("y"), client.send("z")];
      expect(client.queuedMessages).toBe(1);
      bytes[0] = 0;
      await nextTask();
      client.connection!.terminate();
      const receipts = await Promise.all(sent);
      expect(receipts.map(({ status }) => status)).toEqual(statuses);
      await reached(client, "open");
      await client.send("after");
      const finals = await Promise.all(receipts.map(({ settled }) => settled));
      expect(finals).toEqual(statuses.map((status) => (status === "queued" ? "delivered" : status)));
      while (received.length < texts.length) await nextTask();
      expect(received.map((data) => (typeof data === "string" ? data : "x"))).toEqual(texts);
      if (whenInterrupted === "requeue") expect(received[0]).toEqual(new Uint8Array([120]));
    },
  );
});

describe("ReconnectingConnection › whatever breaks when", () => {
  const actions = fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant("send" as const) },
      { weight: 2, arbitrary: fc.constant("wait" as const) },
      { weight: 1, arbitrary: fc.constantFrom("break", "serverClose", "fail") },
    ),
    { maxLength: 60 },
  );

  it.each(["drop", "requeue"] as const)(
    "settles each message once, keeps the order and the bounds (whenInterrupted %s)",
    async (whenInterrupted) => {
      await fc.assert(
        fc.asyncProperty(actions, async (sequence) => {
          const servers: Connection[] = [];
          const received: number[] = [];
          let failures = 0;
          const client = new ReconnectingConnection({
            ...HASTE,
            url: "",
            whenInterrupted,
            maxQueuedMessages: 8,
            random: () => 0,
            connect: () => {
              if (failures > 0 && failures--) return Promise.reject(new Error("no network"));
              const [left, right] = duplexPair({ highWaterMark: 40 });
              left.on("close", () => right.destroy());
              right.on("close", () => left.destroy());
              const server = new Connection(left, { role: "server", pingIntervalMs: 0 });
              server.on("message", (data) => received.push(Number(data)));
              servers.push(server);
              return Promise.resolve(
                new Connection(right, { role: "client", pingIntervalMs: 0, highWaterMarkBytes: 30 }),
              );
            },
          });
          const sent: Promise<SendReceipt>[] = [];
          for (const action of sequence) {
            if (action === "send") sent.push(client.send(String(sent.length)));
            else if (action === "wait") await nextTask();
            else if (action === "break") servers.at(-1)?.terminate();
            else if (action === "serverClose") void servers.at(-1)?.close(1012);
            else failures++;
            expect(client.queuedMessages).toBeLessThanOrEqual(8);
          }
          while (client.state !== "open" || client.bufferedAmount > 0) await nextTask();
          const last = servers.at(-1)!;
          await client.close();
          await last.closed;

          const fates: string[] = [];
          for (const receipt of await Promise.all(sent)) {
            const fate = await receipt.settled;
            fates.push(fate);
            if (receipt.status !== "queued") expect(receipt.status).toBe(fate);
          }
          const first = [...new Set(received)];
          expect(first).toEqual(first.toSorted((a, b) => a - b));
          if (whenInterrupted === "drop") expect(received).toEqual(first);
          // Memory loses nothing that it took, unless the link breaks: what was delivered last is there.
          if (!sequence.some((action) => action === "break" || action === "serverClose")) {
            expect(first).toEqual(fates.flatMap((fate, i) => (fate === "delivered" ? [i] : [])));
          }
        }),
        { numRuns: 60 },
      );
    },
  );
});

interface Proxy {
  readonly url: string;
  /** From now on existing links carry nothing any more, without a word to either end; new ones do. */
  swallow(): void;
}

async function startProxy(port: number): Promise<Proxy> {
  let generation = 0;
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const born = generation;
    const far = connectTcp(port, "localhost");
    sockets.push(near, far);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on("error", () => {});
      from.on("data", (chunk) => born === generation && to.write(chunk));
      from.on("close", () => born === generation && to.destroy());
    }
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const url = `ws://localhost:${(server.address() as AddressInfo).port}/`;
  return { url, swallow: () => void generation++ };
}
