// undici's WebSocket, which is Node's own from Node 22 on.
import { once } from "node:events";
import { installed } from "./installed.ts";
import type { OnMessage, Send } from "./peer.ts";

interface Undici {
  readonly WebSocket: new (url: string) => EventTarget & {
    binaryType: string;
    send(data: Uint8Array): void;
  };
}

const { WebSocket } = installed("undici") as Undici;

export async function connect(url: string, onMessage: OnMessage): Promise<Send> {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const send: Send = (message) => socket.send(message);
  socket.addEventListener("message", (event) => {
    onMessage(new Uint8Array((event as Event & { readonly data: ArrayBuffer }).data), send);
  });
  await once(socket, "open");
  return send;
}
