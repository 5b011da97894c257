// This repository's server and client, as they are by default; an environment variable turns on what is experimental.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Rooms } from "@ws/rooms";
import { type Connection, type DeflateOptions, PreparedMessage, WebSocketServer } from "@ws/server";
import type { Compression } from "../loads/load.ts";
import { payloadOf } from "../loads/payload.ts";
import { ACKNOWLEDGEMENT, type OnMessage, type Send, type Service } from "./peer.ts";

export async function serve({ load, tls }: Service): Promise<number> {
  // Not loaded where there are none: no server needs it.
  const rooms = load.room === true ? new (await import("@ws/rooms")).Rooms<Connection>() : undefined;
  const server = new WebSocketServer({
    host: "127.0.0.1",
    port: 0,
    http2: load.http2 ?? false,
    experimentalSharedReadBuffer: process.env["SHARED_READ_BUFFER"] === "1",
    // The other servers have no keep-alive unless it is built on top of them.
    ...(load.drive === "idle" && load.keepAlive === undefined && { pingIntervalMs: 0 }),
    ...(load.compression !== undefined && { perMessageDeflate: deflateOf(load.compression) }),
    ...(tls !== undefined && { tls }),
  });
  const listenTo = listenerOf({ load }, server, rooms);
  server.on("connection", (connection) => {
    connection.on("message", listenTo(connection));
  });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function listenerOf(
  { load }: Service,
  server: WebSocketServer,
  rooms: Rooms<Connection> | undefined,
): (connection: Connection) => (data: string | Uint8Array) => void {
  if (load.drive === "broadcast") {
    const payload = payloadOf(load, 0);
    if (rooms !== undefined) return roomOf(rooms, payload.toString(), load.perTick!);
    return () => () => {
      for (let i = 0; i < load.perTick!; i++) {
        const prepared = new PreparedMessage(payload);
        for (const connection of server.clients) connection.send(prepared);
      }
    };
  }
  if (load.acknowledged) return (connection) => () => connection.send(ACKNOWLEDGEMENT);
  return (connection) => (data) => connection.send(data);
}

function roomOf(
  rooms: Rooms<Connection>,
  message: string,
  perTick: number,
): (connection: Connection) => () => void {
  return (connection) => {
    rooms.join("room", connection);
    return () => {
      for (let i = 0; i < perTick; i++) rooms.broadcast("room", message);
    };
  };
}

function deflateOf(compression: Compression): boolean | DeflateOptions {
  if (compression === "default") return true;
  const forgets = compression === "none";
  return { serverNoContextTakeover: forgets, clientNoContextTakeover: forgets, thresholdBytes: 0, level: 4 };
}

export async function connect(url: string, onMessage: OnMessage): Promise<Send> {
  // Not loaded where a server is measured: no server of this repository needs it.
  const { connect: connectTo } = await import("@ws/client");
  const connection = await connectTo(url);
  const send: Send = (message) => void connection.send(message);
  connection.on("message", (message) => onMessage(message as Uint8Array, send));
  return send;
}
