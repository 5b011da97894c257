// What can be seen of a connection at the stream that carries it, and what leaves or arrives when that is cut off.
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { closed, connect, dial, socketOf, trace } from "./endpoints.ts";
import { implementations, pairings } from "./implementations.ts";
import { frame, rawServer, switching } from "./raw-peer.ts";

describe.each(implementations)("$name › socket", (implementation) => {
  const pair = () => connect({ server: implementation, client: implementation });

  it("is paused and resumed with the WebSocket, and at once", async () => {
    const { client } = await pair();
    const socket = socketOf(client);
    expect([client.isPaused, socket.isPaused()]).toEqual([false, false]);
    client.pause();
    expect([client.isPaused, socket.isPaused()]).toEqual([true, true]);
    client.resume();
    expect([client.isPaused, socket.isPaused()]).toEqual([false, false]);
  });

  it("is read again for a close frame that came with the message at which it was paused", async () => {
    const { client, server } = await pair();
    const events = trace(server);
    server.on("message", () => server.pause());
    const binary = frame(0x82, "x");
    socketOf(server).push(Buffer.concat([binary, frame(0x88)]));
    await closed(server, client);
    expect(events).toEqual(['message "x" true', 'close 1005 ""']);
  });

  it("shows what came along with the answer to the handshake, too", async () => {
    const text = frame(0x81, "at once", false);
    const { url } = await rawServer((accept) => switching(accept) + text.toString("latin1"));
    const ws = dial(implementation, url);
    const message = once(ws, "message");
    const chunk = new Promise((resolve) => ws.on("open", () => socketOf(ws).once("data", resolve)));
    expect([await chunk, String((await message)[0])]).toEqual([text, "at once"]);
  });

  it("has what bufferedAmount counts, and a peer that reads leaves nothing of it", async () => {
    const { client, server } = await pair();
    client.send("little");
    client.ping();
    expect(client.bufferedAmount).toBe(0);
    while (server.bufferedAmount === 0) server.send(Buffer.alloc(1024));
    expect(socketOf(server).writableLength).toBe(server.bufferedAmount);
    await expect.poll(() => server.bufferedAmount).toBe(0);
    client.close();
    expect(client.bufferedAmount).toBe(0);
  });
});

describe.each(pairings)("$title › socket", (pairing) => {
  it("gives what it had read, however it ends, paused or not", async () => {
    const { client, server } = await connect(pairing);
    const events = trace(client);
    client.on("error", () => {});
    client.pause();
    server.send("last");
    await expect.poll(() => socketOf(client).readableLength).toBeGreaterThan(0);
    socketOf(server).resetAndDestroy();
    await closed(server, client);
    expect(events).toEqual(['message "last" false', 'close 1006 ""']);
  });

  it("takes what was sent before terminate, in the same tick", async () => {
    const { client, server } = await connect(pairing);
    const events = trace(client);
    const told = new Promise((resolve) => server.send("last", (error) => resolve(error ?? "sent")));
    server.terminate();
    expect(await told).toBe("sent");
    await closed(server, client);
    expect(events).toEqual(['message "last" false', 'close 1006 ""']);
  });
});

describe.each(implementations)(
  "$name › what is not documented, and looked at nevertheless",
  (implementation) => {
    const connecting = async (): Promise<WebSocket & { _req: { getHeader(name: string): unknown } | null }> =>
      dial(implementation, (await rawServer((accept) => switching(accept))).url) as never;

    it("_req is the request as long as it is not answered", async () => {
      const ws = await connecting();
      expect(ws._req?.getHeader("host")).toBe(new URL(ws.url).host);
      await once(ws, "open");
      expect(ws._req).toBeNull();
    });

    it("_receiver._maxPayload is the limit of this one connection", async () => {
      const { client, server } = await connect({ server: implementation, client: implementation });
      const limits = (server as unknown as { _receiver: { _maxPayload: number } })._receiver;
      expect(limits._maxPayload).toBe(100 * 1024 * 1024);
      limits._maxPayload = 4;
      const events = trace(server);
      client.send("four");
      client.send("fiver");
      await closed(server, client);
      expect(events).toEqual([
        'message "four" false',
        "error RangeError WS_ERR_UNSUPPORTED_MESSAGE_LENGTH Max payload size exceeded",
        'close 1006 ""',
      ]);
    });
  },
);
