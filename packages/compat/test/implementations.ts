// The two that have to behave alike: `ws` itself, and this package. What is written once here runs on both, so that what
// is said of the one is seen to be true of the other.
import * as real from "ws";
import * as compat from "@ws/compat";

export type Implementation = Pick<typeof real, "createWebSocketStream" | "WebSocket" | "WebSocketServer"> & {
  readonly name: string;
};

const ws: Implementation = { ...pick(real), name: "ws" };
const ours: Implementation = { ...pick(compat as unknown as typeof real), name: "@ws/compat" };

export const implementations: readonly Implementation[] = [ws, ours];

/** Either of them on either side. */
export const pairings: readonly { server: Implementation; client: Implementation; title: string }[] =
  implementations.flatMap((server) =>
    implementations.map((client) => ({ server, client, title: `${client.name} → ${server.name}` })),
  );

function pick({
  createWebSocketStream,
  WebSocket,
  WebSocketServer,
}: typeof real): Omit<Implementation, "name"> {
  return { createWebSocketStream, WebSocket, WebSocketServer };
}
