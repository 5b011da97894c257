// Engine.IO, which is what Socket.IO talks through, over WebSocket only and as it is by default otherwise.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { payloadOf } from "../loads/payload.ts";
import { installed } from "./installed.ts";
import { ACKNOWLEDGEMENT, type Service } from "./peer.ts";

interface EngineSocket {
  send(data: string | Uint8Array): void;
  on(name: "message", listener: (data: string | Buffer) => void): void;
}

interface Engine {
  readonly clients: Readonly<Record<string, EngineSocket>>;
  attach(server: object): void;
  on(name: "connection", listener: (socket: EngineSocket) => void): void;
}

const { Server } = installed("engine.io") as { readonly Server: new (options: object) => Engine };

export async function serve({ load }: Service): Promise<number> {
  // Its pings are part of its protocol; no measurement is long enough to see one.
  const engine = new Server({ transports: ["websocket"], pingInterval: 600_000, maxHttpBufferSize: 2 ** 24 });
  const payload = payloadOf(load, 0);
  engine.on("connection", (socket) => {
    socket.on("message", (data) => {
      if (load.drive === "broadcast") {
        const everybody = Object.values(engine.clients);
        for (let i = 0; i < load.perTick!; i++) for (const each of everybody) each.send(payload);
      } else socket.send(load.acknowledged ? ACKNOWLEDGEMENT : data);
    });
  });
  const http = createServer();
  engine.attach(http);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return (http.address() as AddressInfo).port;
}
