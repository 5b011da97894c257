// No WebSocket at all: the same bytes through node:net, or node:tls, as the floor that nothing on top of it can pass.
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Load } from "../loads/load.ts";
import { payloadOf } from "../loads/payload.ts";
import { askFrame, frameOf, Opcode } from "../wire/frame.ts";
import { SWITCHING } from "../wire/handshake.ts";
import { ACKNOWLEDGEMENT, type Service } from "./peer.ts";

export async function serve({ load, tls }: Service): Promise<number> {
  const onSocket = listenerOf(load);
  const server: Server = tls === undefined ? createServer(onSocket) : createTlsServer(tls, onSocket);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function listenerOf(load: Load): (socket: Socket) => void {
  const onSocket = talkerOf(load);
  return (socket) => {
    socket.setNoDelay(true);
    // The generator ends without a word.
    socket.on("error", () => {});
    onSocket(socket);
  };
}

function talkerOf(load: Load): (socket: Socket) => void {
  if (load.drive === "broadcast") return broadcaster(load);
  if (load.acknowledged) return acknowledger(load);
  if (load.drive === "handshake") return greeter();
  return (socket) => {
    socket.on("data", (chunk) => socket.write(chunk));
  };
}

function acknowledger(load: Load): (socket: Socket) => void {
  const messageBytes = frameOf(Opcode.binary, payloadOf(load, 0), { maskKey: 0 }).length;
  const answer = frameOf(Opcode.binary, ACKNOWLEDGEMENT);
  return (socket) => {
    let pending = 0;
    socket.on("data", (chunk) => {
      pending += chunk.length;
      for (; pending >= messageBytes; pending -= messageBytes) socket.write(answer);
    });
  };
}

function broadcaster(load: Load): (socket: Socket) => void {
  const frame = frameOf(Opcode.binary, payloadOf(load, 0));
  const tick = Buffer.concat(Array.from({ length: load.perTick! }, () => frame));
  const sockets = new Set<Socket>();
  return (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    let asked = 0;
    socket.on("data", (chunk) => {
      asked += chunk.length;
      for (; asked >= askFrame.length; asked -= askFrame.length) for (const each of sockets) each.write(tick);
    });
  };
}

/** Answers what the generator asks with what it expects, and looks at neither: each comes in one read on loopback. */
function greeter(): (socket: Socket) => void {
  const farewell = frameOf(Opcode.close, Buffer.of(0x03, 0xe8));
  return (socket) => {
    socket.once("data", () => {
      socket.write(SWITCHING);
      socket.once("data", () => socket.end(farewell));
    });
  };
}
