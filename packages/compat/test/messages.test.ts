// Messages, pings and closings between the two, in all four pairings.
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { closed, connect, trace } from "./endpoints.ts";
import { pairings } from "./implementations.ts";

const ends = ["server", "client"] as const;

describe.each(pairings)("$title", (pairing) => {
  it("opens: request, protocol, extensions, url, states", async () => {
    const { wss, server, client, request } = await connect(pairing, {}, { origin: "http://example.org" }, [
      "b",
      "a",
    ]);
    expect([server.readyState, client.readyState]).toEqual([1, 1]);
    expect([server.protocol, client.protocol]).toEqual(["b", "b"]);
    expect([server.extensions, client.extensions]).toEqual(["", ""]);
    expect([server.url, client.url]).toEqual([undefined, client.url]);
    expect(client.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/$/);
    expect(request.headers.origin).toBe("http://example.org");
    expect(request.headers["sec-websocket-protocol"]).toBe("b,a");
    expect(request.headers["sec-websocket-extensions"]).toBe("permessage-deflate; client_max_window_bits");
    expect([...wss.clients]).toEqual([server]);
    expect([server.bufferedAmount, client.bufferedAmount]).toEqual([0, 0]);
    expect([server.binaryType, client.isPaused]).toEqual(["nodebuffer", false]);
  });

  it.each(ends)("the %s hears text and binary messages as Buffers, in order", async (reader) => {
    const pair = await connect(pairing);
    const events = trace(pair[reader]);
    const writer = pair[reader === "server" ? "client" : "server"];
    writer.send("text");
    writer.send(Buffer.from("bytes"));
    writer.send(Buffer.from("bytes as text"), { binary: false });
    writer.send("text as bytes", { binary: true });
    writer.send(new Uint8Array([65, 66]).buffer);
    writer.send(new Uint16Array([0x4141]));
    writer.send(new DataView(new Uint8Array([67, 68, 69]).buffer, 1, 1));
    writer.send(12.5);
    writer.send("");
    writer.send(undefined as never);
    writer.send(null as never);
    writer.send([70, 71] as never);
    writer.send(new String("object") as never);
    writer.send("x".repeat(70_000));
    writer.close();
    await closed(pair.server, pair.client);
    expect(events).toEqual([
      'message "text" false',
      'message "bytes" true',
      'message "bytes as text" false',
      'message "text as bytes" true',
      'message "AB" true',
      'message "AA" true',
      'message "D" true',
      'message "12.5" false',
      'message "" false',
      'message "" true',
      'message "" true',
      'message "FG" true',
      'message "object" true',
      `message "${"x".repeat(70_000)}" false`,
      'close 1005 ""',
    ]);
  });

  it.each(ends)("the %s hears fragments as one message", async (reader) => {
    const pair = await connect(pairing);
    const events = trace(pair[reader]);
    const writer = pair[reader === "server" ? "client" : "server"];
    writer.send("eins ", { fin: false });
    writer.ping("between");
    writer.send("zwei ", { fin: false });
    writer.send("drei", { fin: true });
    writer.send(Buffer.from([1]), { fin: false });
    writer.send(Buffer.from([2]));
    writer.close(4000);
    await closed(pair.server, pair.client);
    expect(events).toEqual([
      'ping "between"',
      'message "eins zwei drei" false',
      'message "\\u0001\\u0002" true',
      'close 4000 ""',
    ]);
  });

  it.each(ends)("the %s sends blobs, and what is behind them waits", async (writer) => {
    const pair = await connect(pairing);
    const events = trace(pair[writer === "server" ? "client" : "server"]);
    const done: unknown[] = [];
    pair[writer].send(new Blob(["blob"]) as never, () => done.push("blob"));
    pair[writer].send("behind", () => done.push("behind"));
    expect(pair[writer].bufferedAmount).toBeGreaterThanOrEqual(10);
    pair[writer].close(1000);
    await closed(pair.server, pair.client);
    expect(events).toEqual(['message "blob" true', 'message "behind" false', 'close 1000 ""']);
    expect(done).toEqual(["blob", "behind"]);
  });

  it.each(ends)("the %s pings, and is answered", async (asker) => {
    const pair = await connect(pairing);
    const answerer = pair[asker === "server" ? "client" : "server"];
    const told: string[] = [];
    const onlyCallback = (): void => void told.push("three");
    pair[asker].ping("one", undefined, () => told.push("one"));
    pair[asker].ping(2, undefined, () => told.push("two"));
    pair[asker].ping(onlyCallback);
    pair[asker].pong("unasked", undefined, () => told.push("pong"));
    const heard = trace(answerer);
    const answers = trace(pair[asker]);
    await once(answerer, "pong");
    pair[asker].close();
    await closed(pair.server, pair.client);
    expect(heard).toEqual(['ping "one"', 'ping "2"', 'ping ""', 'pong "unasked"', 'close 1005 ""']);
    expect(answers).toEqual(['pong "one"', 'pong "2"', 'pong ""', 'close 1005 ""']);
    expect(told).toEqual(["one", "two", "three", "pong"]);
  });

  it.each(ends)("with autoPong false the %s answers as it likes", async (answerer) => {
    const pair = await connect(pairing, { autoPong: false }, { autoPong: false });
    const asker = pair[answerer === "server" ? "client" : "server"];
    pair[answerer].on("ping", (data: Buffer) => pair[answerer].pong(`not ${data.toString()}`));
    asker.ping("this");
    const [data] = (await once(asker, "pong")) as [Buffer];
    expect(data.toString()).toBe("not this");
  });

  it.each([
    [[], 1005, ""],
    [[1000], 1000, ""],
    [[1000, ""], 1000, ""],
    [[3000, "bye"], 3000, "bye"],
    [[4999, Buffer.from("büye")], 4999, "büye"],
  ] as [Parameters<WebSocket["close"]>, number, string][])(
    "close(%j) is the same at both ends, whoever begins",
    async (args, code, reason) => {
      for (const begins of ends) {
        const pair = await connect(pairing);
        const [server, client] = [trace(pair.server), trace(pair.client)];
        pair[begins].close(...args);
        pair[begins].close(1001);
        expect(pair[begins].readyState).toBe(2);
        await closed(pair.server, pair.client);
        const expected = [`close ${code} ${JSON.stringify(reason)}`];
        expect([server, client]).toEqual([expected, expected]);
        expect([pair.server.readyState, pair.client.readyState, pair.wss.clients.size]).toEqual([3, 3, 0]);
      }
    },
  );

  it.each(ends)("terminate() of the %s is 1006 at both ends", async (begins) => {
    const pair = await connect(pairing);
    const [server, client] = [trace(pair.server), trace(pair.client)];
    pair[begins].terminate();
    expect(pair[begins].readyState).toBe(2);
    await closed(pair.server, pair.client);
    expect([server, client]).toEqual([['close 1006 ""'], ['close 1006 ""']]);
  });

  it.each(ends)("messages that were sent before the closing still arrive at the %s", async (reader) => {
    const pair = await connect(pairing);
    const writer = pair[reader === "server" ? "client" : "server"];
    const events = trace(pair[reader]);
    writer.send("before");
    pair[reader].close(1001, "away");
    writer.send("meanwhile");
    await closed(pair.server, pair.client);
    expect(events).toEqual(['message "before" false', 'message "meanwhile" false', 'close 1001 "away"']);
  });

  it("compresses where both want to, and hears what it says without", async () => {
    const pair = await connect(
      pairing,
      { perMessageDeflate: { threshold: 0 } },
      { perMessageDeflate: { threshold: 0 } },
    );
    const events = trace(pair.server);
    expect([pair.server.extensions, pair.client.extensions]).toEqual([
      "permessage-deflate",
      "permessage-deflate",
    ]);
    pair.client.send("compressed ".repeat(3));
    pair.client.send("not", { compress: false });
    pair.client.send("in ", { fin: false });
    pair.client.send("pieces");
    pair.client.send(Buffer.alloc(3));
    pair.client.close();
    await closed(pair.server, pair.client);
    expect(events).toEqual([
      'message "compressed compressed compressed " false',
      'message "not" false',
      'message "in pieces" false',
      'message "\\u0000\\u0000\\u0000" true',
      'close 1005 ""',
    ]);
  });
});
