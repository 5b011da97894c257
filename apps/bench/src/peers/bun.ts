// Bun's server, which is µWebSockets: run by Bun only.
import { payloadOf } from "../loads/payload.ts";
import { ACKNOWLEDGEMENT, type Service } from "./peer.ts";

interface BunSocket {
  send(data: string | Uint8Array, compress?: boolean): number;
  subscribe(topic: string): void;
}

interface BunServer {
  readonly port: number;
  publish(topic: string, data: Uint8Array, compress?: boolean): number;
  upgrade(request: Request): boolean;
}

declare const Bun: { serve(options: object): BunServer };

const TOPIC = "everybody";

export async function serve({ load }: Service): Promise<number> {
  const payload = payloadOf(load, 0);
  const compress = load.compression !== undefined;
  const compressor = load.compression === "takeover" ? "dedicated" : "shared";
  const server: BunServer = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request: Request, self: BunServer) =>
      self.upgrade(request) ? undefined : new Response("", { status: 400 }),
    websocket: {
      perMessageDeflate: compress && { compress: compressor, decompress: compressor },
      maxPayloadLength: 2 ** 24,
      open: (socket: BunSocket): void => {
        if (load.drive === "broadcast") socket.subscribe(TOPIC);
      },
      message: (socket: BunSocket, data: string | Uint8Array): void => {
        if (load.drive === "broadcast") {
          for (let i = 0; i < load.perTick!; i++) server.publish(TOPIC, payload, compress);
        } else socket.send(load.acknowledged ? ACKNOWLEDGEMENT : data, compress);
      },
    },
  });
  return server.port;
}
