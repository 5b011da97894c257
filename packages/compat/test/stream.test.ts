// createWebSocketStream: a WebSocket as a Duplex.
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { Readable, Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { closed, connect, dial, listen, serve, socketOf } from "./endpoints.ts";
import { pairings } from "./implementations.ts";

describe.each(pairings)("$title › stream", ({ server, client }) => {
  const pair = () => connect({ server, client });

  it("carries bytes both ways, and ends both ways", async () => {
    const ends = await pair();
    const [theirs, ours] = [
      server.createWebSocketStream(ends.server),
      client.createWebSocketStream(ends.client),
    ];
    const echoing = pipeline(theirs, theirs);
    const chunks: Buffer[] = [];
    ours.on("data", (chunk: Buffer) => chunks.push(chunk));
    for (let i = 0; i < 100; i++) ours.write(Buffer.alloc(10_000, i));
    await new Promise<void>((resolve) => {
      const check = (): void => {
        if (Buffer.concat(chunks).length < 1_000_000) return;
        ours.off("data", check);
        resolve();
      };
      ours.on("data", check);
    });
    ours.end();
    await Promise.all([echoing.catch(() => {}), closed(ends.server, ends.client)]);
    const sent = Buffer.concat(Array.from({ length: 100 }, (_, i) => Buffer.alloc(10_000, i)));
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
  });

  it("may be written to before it is open", async () => {
    const { wss, url } = await listen(server);
    const text = new Promise((resolve) =>
      wss.on("connection", (ws) => ws.on("message", (data) => resolve((data as Buffer).toString()))),
    );
    const ws = dial(client, url);
    const stream = client.createWebSocketStream(ws);
    stream.on("error", () => {});
    stream.write("early");
    expect(await text).toBe("early");
    stream.end();
    await closed(ws);
  });

  it("reads strings where it is asked to", async () => {
    const ends = await pair();
    const stream = client.createWebSocketStream(ends.client, { readableObjectMode: true });
    ends.server.send("text");
    ends.server.send(Buffer.from("bytes"));
    ends.server.close();
    expect(await stream.toArray()).toEqual(["text", Buffer.from("bytes")]);
  });

  it("ends when the other side closes, and closes when it was ended", async () => {
    const ends = await pair();
    const stream = client.createWebSocketStream(ends.client);
    const events: string[] = [];
    for (const name of ["end", "finish", "close"]) stream.on(name, () => events.push(name));
    stream.resume();
    ends.server.close();
    await once(stream, "end");
    stream.end();
    await once(stream, "close");
    expect(events.toSorted()).toEqual(["close", "end", "finish"]);
  });

  it("destroyed, terminates the WebSocket", async () => {
    const ends = await pair();
    const stream = client.createWebSocketStream(ends.client);
    const error = new Error("enough");
    const seen = once(stream, "error");
    stream.destroy(error);
    await closed(ends.server, ends.client);
    expect(await seen).toEqual([error]);
    expect(ends.client.readyState).toBe(3);
  });

  it("fails with the handshake", async () => {
    const { http, url } = await serve();
    http.on("upgrade", (_request, socket) => socket.end("HTTP/1.1 404 Not Found\r\n\r\n"));
    const stream = client.createWebSocketStream(dial(client, url));
    stream.end("never");
    const [error] = (await once(stream, "error")) as [Error];
    expect(error.message).toBe("Unexpected server response: 404");
  });

  it("fails where the peer breaks a rule, after the close frame", async () => {
    const ends = await pair();
    const stream = client.createWebSocketStream(ends.client);
    const codes: number[] = [];
    ends.server.on("close", (code) => codes.push(code));
    socketOf(ends.server).write(Buffer.from([0x85, 0x00]));
    const [error] = (await once(stream, "error")) as [Error];
    await closed(ends.server, ends.client);
    expect([error.message, codes]).toEqual(["Invalid WebSocket frame: invalid opcode 5", [1002]]);
  });

  it("reads no faster than it is read", async () => {
    const ends = await pair();
    const stream = client.createWebSocketStream(ends.client);
    for (let i = 0; i < 200; i++) ends.server.send(Buffer.alloc(100_000));
    ends.server.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(ends.client.isPaused).toBe(true);
    let length = 0;
    const slow = new Writable({
      write(chunk: Buffer, _encoding, callback) {
        length += chunk.length;
        setImmediate(callback);
      },
    });
    await pipeline(Readable.from(stream), slow);
    expect(length).toBe(20_000_000);
  });
});
