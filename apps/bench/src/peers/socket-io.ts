// Socket.IO and its rooms, over WebSocket only and as it is by default otherwise.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { payloadOf } from "../loads/payload.ts";
import { installed } from "./installed.ts";
import type { Service } from "./peer.ts";

interface RoomSocket {
  join(room: string): void;
  on(name: "more", listener: () => void): void;
}

interface RoomsServer {
  to(room: string): { emit(name: string, data: string): void };
  on(name: "connection", listener: (socket: RoomSocket) => void): void;
}

const { Server } = installed("socket.io") as {
  readonly Server: new (http: object, options: object) => RoomsServer;
};

export async function serve({ load }: Service): Promise<number> {
  const http = createServer();
  // Its pings are part of its protocol; no measurement is long enough to see one.
  const io = new Server(http, { transports: ["websocket"], pingInterval: 600_000 });
  const message = payloadOf(load, 0).toString();
  io.on("connection", (socket) => {
    socket.join("room");
    socket.on("more", () => {
      for (let i = 0; i < load.perTick!; i++) io.to("room").emit("message", message);
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return (http.address() as AddressInfo).port;
}
