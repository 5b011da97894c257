// Deno's server: run by Deno only.
import { payloadOf } from "../loads/payload.ts";
import { ACKNOWLEDGEMENT, type Service } from "./peer.ts";

interface DenoSocket extends EventTarget {
  binaryType: string;
  send(data: string | ArrayBuffer | Uint8Array): void;
}

declare const Deno: {
  serve(
    options: object,
    handler: (request: Request) => Response,
  ): { readonly addr: { readonly port: number } };
  upgradeWebSocket(request: Request): { readonly socket: DenoSocket; readonly response: Response };
};

export async function serve({ load }: Service): Promise<number> {
  const payload = payloadOf(load, 0);
  const everybody = new Set<DenoSocket>();
  const onMessage = (socket: DenoSocket, data: string | ArrayBuffer): void => {
    if (load.drive === "broadcast") {
      for (let i = 0; i < load.perTick!; i++) for (const each of everybody) each.send(payload);
    } else socket.send(load.acknowledged ? ACKNOWLEDGEMENT : data);
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => everybody.add(socket));
    socket.addEventListener("message", (event) =>
      onMessage(socket, (event as Event & { readonly data: string | ArrayBuffer }).data),
    );
    socket.addEventListener("close", () => everybody.delete(socket));
    return response;
  });
  return server.addr.port;
}
