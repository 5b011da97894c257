// The servers of Node's own that can carry handshakes, and what tells them apart.
import type { Server as HttpServer } from "node:http";
import type { Http2SecureServer, Http2Server } from "node:http2";
import type { Server as HttpsServer } from "node:https";

/** A server of Node's own that can carry handshakes. */
export type NodeServer = HttpServer | HttpsServer | Http2Server | Http2SecureServer;

export function speaksHttp2(server: NodeServer): server is Http2Server | Http2SecureServer {
  return "updateSettings" in server;
}

export function speaksTls(server: NodeServer): boolean {
  return "setSecureContext" in server;
}
