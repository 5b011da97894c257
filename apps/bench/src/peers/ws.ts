// npm ws, server and client, as its documentation uses them; whether with bufferutil is said by its environment variable.
// The same program on @ws/compat in its place, where another one says so.
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type * as WS from "ws";
import type { Load } from "../loads/load.ts";
import { payloadOf } from "../loads/payload.ts";
import { installed } from "./installed.ts";
import { ACKNOWLEDGEMENT, type OnMessage, type Send, type Service } from "./peer.ts";

const PING_INTERVAL_MS = 30_000;
const { WebSocket, WebSocketServer } = (
  process.env["COMPAT"] === "1" ? await import("@ws/compat") : installed("ws")
) as typeof WS;

export async function serve({ load, tls }: Service): Promise<number> {
  const options: WS.ServerOptions = {
    clientTracking: load.drive === "broadcast" || load.keepAlive === true,
    maxPayload: 2 ** 24,
    perMessageDeflate: deflateOf(load),
    // A limit that its types do not know yet: 16,384 by default.
    ...(load.fragments !== undefined && { maxFragments: load.fragments }),
  };
  if (tls !== undefined) {
    const https = createServer(tls);
    attach(new WebSocketServer({ ...options, server: https }), load);
    https.listen(0, "127.0.0.1");
    await once(https, "listening");
    return (https.address() as AddressInfo).port;
  }
  const server = new WebSocketServer({ ...options, host: "127.0.0.1", port: 0 });
  attach(server, load);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function attach(server: WS.WebSocketServer, load: Load): void {
  if (load.keepAlive) keepAlive(server);
  // It has no rooms: everybody is in one that it keeps itself.
  const payload = load.text ? payloadOf(load, 0).toString() : payloadOf(load, 0);
  server.on("connection", (socket) => {
    // Without a listener a peer that goes would end the process.
    socket.on("error", () => {});
    socket.on("message", (data: Buffer, isBinary) => {
      if (load.drive === "broadcast") {
        for (let i = 0; i < load.perTick!; i++) for (const each of server.clients) each.send(payload);
      } else if (load.acknowledged) socket.send(ACKNOWLEDGEMENT);
      else if (load.text) socket.send(data.toString());
      else socket.send(data, { binary: isBinary });
    });
  });
}

/** What its README says to do. */
function keepAlive(server: WS.WebSocketServer): void {
  const alive = new WeakSet<WS.WebSocket>();
  server.on("connection", (socket) => {
    alive.add(socket);
    socket.on("pong", () => alive.add(socket));
  });
  setInterval(() => {
    for (const socket of server.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, PING_INTERVAL_MS);
}

function deflateOf({ compression }: Load): boolean | WS.PerMessageDeflateOptions {
  if (compression === undefined) return false;
  if (compression === "default") return true;
  const forgets = compression === "none";
  return {
    serverNoContextTakeover: forgets,
    clientNoContextTakeover: forgets,
    threshold: 0,
    zlibDeflateOptions: { level: 4, memLevel: 8 },
  };
}

export async function connect(url: string, onMessage: OnMessage): Promise<Send> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const send: Send = (message) => socket.send(message);
  socket.on("message", (message: Buffer) => onMessage(message, send));
  await once(socket, "open");
  return send;
}
