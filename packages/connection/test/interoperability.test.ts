// Against the `ws` package, a peer known to be good. It brings its own handshake; ours is other packages' business.
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo, Server } from "node:net";
import type { Duplex } from "node:stream";
import { createHash, randomBytes } from "node:crypto";
import { Connection, type Message } from "@ws/connection";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { record } from "@ws/testing";

interface Ends {
  readonly ours: Connection;
  readonly theirs: WebSocket;
}

let server: Server;
beforeEach(async () => {
  server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => void server.close());

const port = (): number => (server.address() as AddressInfo).port;

/** We are the server. */
async function accept(): Promise<Ends> {
  const upgraded = once(server, "upgrade");
  const theirs = new WebSocket(`ws://127.0.0.1:${port()}`, { perMessageDeflate: false });
  const [{ headers }, socket, head] = (await upgraded) as [
    { headers: Record<string, string> },
    Duplex,
    Buffer,
  ];
  const accepted = createHash("sha1")
    .update(`${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accepted}\r\n\r\n`,
  );
  const ours = new Connection(socket, { role: "server", head });
  await once(theirs, "open");
  return { ours, theirs };
}

/** We are the client. */
async function dial(): Promise<Ends> {
  const webSocketServer = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const connected = new Promise<WebSocket>((resolve) => {
    server.once("upgrade", (message, socket, head) =>
      webSocketServer.handleUpgrade(message, socket, head, resolve),
    );
  });
  const key = randomBytes(16).toString("base64");
  const headers = {
    connection: "upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": key,
  };
  const upgrade = request({ port: port(), host: "127.0.0.1", headers });
  upgrade.end();
  const [, socket, head] = (await once(upgrade, "upgrade")) as [unknown, Duplex, Buffer];
  return { ours: new Connection(socket, { role: "client", head }), theirs: await connected };
}

describe.each([
  ["server", accept],
  ["client", dial],
] as const)("interoperability (%s) with ws", (_role, connect) => {
  it("messages of all sizes go there and back unchanged", async () => {
    const { ours, theirs } = await connect();
    theirs.on("message", (data, isBinary) => theirs.send(data, { binary: isBinary }));
    const sent: Message[] = [
      "",
      "Grüße, 🌍",
      "x".repeat(70_000),
      new Uint8Array(0),
      Uint8Array.from(randomBytes(70_000)),
    ];
    for (const message of sent) ours.send(message);
    const received: Message[] = [];
    for await (const message of ours) if (received.push(message) === sent.length) break;
    expect(received).toEqual(sent);
    theirs.close(4000, "done");
    expect(await ours.closed).toEqual({ code: 4000, reason: "done", wasClean: true });
  });

  it("fragments, pings and pongs", async () => {
    const { ours, theirs } = await connect();
    const { events } = record(ours);
    const pong = once(theirs, "pong");
    theirs.send("a", { fin: false });
    theirs.ping("p");
    theirs.send("b", { fin: true });
    expect(String((await pong)[0])).toBe("p");
    ours.ping("q");
    await once(ours, "pong");
    expect(events).toEqual(["ping <70>", "message ab", "pong <71>"]);
    ours.terminate();
  });

  it("we close, and both know", async () => {
    const { ours, theirs } = await connect();
    const closed = once(theirs, "close");
    expect(await ours.close(4001, "bye")).toEqual({ code: 4001, reason: "bye", wasClean: true });
    const [code, reason] = (await closed) as [number, Buffer];
    expect([code, String(reason)]).toEqual([4001, "bye"]);
  });

  it("they are cut off, and we know", async () => {
    const { ours, theirs } = await connect();
    theirs.terminate();
    expect(await ours.closed).toMatchObject({ code: 1006, wasClean: false });
  });
});
