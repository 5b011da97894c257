// Takes the handshakes of a server that is not ours, and leaves everything else to it: its pages, the upgrades of others,
// and upgrades that nobody there understands.
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { RequestHead } from "@ws/handshake";
import { FirstRequestDeadline } from "./first-request-deadline.ts";
import { attachHttp2 } from "./http2-server-source.ts";
import { type NodeServer, speaksHttp2, speaksTls } from "./node-server.ts";
import { toRequestHead } from "./request-head.ts";
import { share, type Sharer, sharersOf, takerOf } from "./shared-servers.ts";
import { UpgradeHandshake } from "./upgrade-handshake.ts";

/** Joins a server; the result leaves it again. */
export function attachTo(server: NodeServer, sharer: Sharer, handshakeTimeoutMs: number): () => void {
  const deadline = new FirstRequestDeadline(server, handshakeTimeoutMs);
  const onUpgrade = (request: IncomingMessage, socket: Socket, rest: Uint8Array): void => {
    deadline.arrived(socket);
    const head = toRequestHead(request);
    const taker = takerOf(server, head);
    if (taker !== sharer) return;
    const hasStrangers = server.listenerCount("upgrade") > sharersOf(server).size;
    if (!asksForWebSocket(head)) {
      if (!hasStrangers) handBack(server, head, socket, rest);
    } else if (sharer.wants(head) || !hasStrangers) {
      sharer.take(UpgradeHandshake.from(head, request, socket, rest));
    }
  };
  const leave = share(server, sharer);
  server.on("upgrade", onUpgrade);
  const detachHttp2 = speaksHttp2(server) ? attachHttp2(server, sharer, deadline) : undefined;
  return () => {
    leave();
    server.off("upgrade", onUpgrade);
    detachHttp2?.();
    deadline.stop();
  };
}

/** Where the header names nothing else, its request is a broken handshake, to be told so. */
function asksForWebSocket({ headers }: RequestHead): boolean {
  return (headers.get("upgrade") ?? "").toLowerCase().includes("websocket");
}

/**
 * Who listens for upgrades gets all of them, and Node then takes none for the request that it also is: `Upgrade: h2c`,
 * which some HTTP clients send with everything, would cost the server its pages. So the request goes back without it.
 *
 * RFC 9110 §7.8: "A server MAY ignore a received Upgrade header field if it wishes to continue using the current protocol"
 */
function handBack(server: NodeServer, head: RequestHead, socket: Socket, rest: Uint8Array): void {
  const { method, target, httpVersion, headers } = head;
  let text = `${method} ${target} HTTP/${httpVersion}\r\n`;
  for (const [name, value] of headers) {
    if (name.toLowerCase() !== "upgrade") text += `${name}: ${value}\r\n`;
  }
  if (rest.length > 0) socket.unshift(rest);
  socket.unshift(Buffer.from(`${text}\r\n`, "latin1"));
  server.emit(speaksTls(server) ? "secureConnection" : "connection", socket);
}
