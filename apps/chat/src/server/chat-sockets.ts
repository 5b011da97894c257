// The WebSockets of the chat, at /ws: which handshakes are taken, what a connection may cost before anybody looks at what it says, and
// who of those that come is served.
import type { Server } from "node:http";
import { CloseCode, WebSocketServer } from "@ws/server";
import type { Logger } from "pino";
import { ChatClose } from "../shared/protocol.ts";
import type { ChatRooms } from "./chat-rooms.ts";
import type { ChatConfig } from "./config.ts";
import type { SocketOptions } from "./mount.ts";
import type { ReadSession } from "./session.ts";

/** Of a message of a client: the largest batch of chunks, and of an answer that a slow phone may leave unread. */
const MAX_MESSAGE_BYTES = 256 * 1024;
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
/** What no page comes near to; whoever does is cut off. What a person may do is counted by person-limits.ts. */
const MAX_MESSAGES_PER_SECOND = 200;
const MAX_CONTROL_FRAMES_PER_SECOND = 20;
const MAX_HANDSHAKES_PER_SECOND = 20;
/** A closed laptop is gone after both of them. */
const PING_INTERVAL_MS = 20_000;
const PONG_TIMEOUT_MS = 10_000;

export interface ChatSocketsOptions {
  readonly http: Server;
  readonly config: ChatConfig;
  readonly common: SocketOptions;
  readonly logger: Logger;
  readonly rooms: ChatRooms;
  readonly readSession: ReadSession;
  /** Whether sessions can be told from those that were left. */
  readonly isKnown: () => boolean;
}

export function createChatSockets(options: ChatSocketsOptions): WebSocketServer {
  const { http, config, common, logger, rooms, readSession, isKnown } = options;
  const sockets = new WebSocketServer({
    ...common,
    server: http,
    path: "/ws",
    protocols: [rooms.server.subprotocol],
    maxConnections: config.maxConnections,
    maxHandshakesPerSecondPerAddress: MAX_HANDSHAKES_PER_SECOND,
    maxHandshakeBurstPerAddress: config.maxConnectionsPerAddress,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    maxBufferedBytes: MAX_BUFFERED_BYTES,
    maxMessagesPerSecond: MAX_MESSAGES_PER_SECOND,
    maxControlFramesPerSecond: MAX_CONTROL_FRAMES_PER_SECOND,
    pingIntervalMs: PING_INTERVAL_MS,
    pongTimeoutMs: PONG_TIMEOUT_MS,
  });
  sockets.on("handshakeError", (error) => logger.error({ err: error }, "a handshake failed"));
  sockets.on("connection", (connection, request) => {
    const session = readSession(request);
    // Why somebody is turned away the page has to know; the status of a handshake is hidden from it.
    if (!isKnown()) void connection.close(CloseCode.tryAgainLater, "NOT_READY");
    else if (session === undefined) void connection.close(ChatClose.noSession, "NO_SESSION");
    else if (connection.protocol === "") void connection.close(CloseCode.policyViolation, "NO_SUBPROTOCOL");
    else {
      rooms.attach(connection, session);
      const { key } = session.person;
      connection.on("close", ({ code }) => logger.debug({ person: key, code }, "a connection has ended"));
    }
  });
  return sockets;
}
