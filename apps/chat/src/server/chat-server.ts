// Puts a node of the chat together: one HTTP server with the page, sessions and files, and the WebSockets, over one engine.
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { RoomLog } from "@ws/rooms";
import { CloseCode, WebSocketServer } from "@ws/server";
import type { Logger } from "pino";
import { ChatClose } from "../shared/protocol.ts";
import { ChatRooms } from "./chat-rooms.ts";
import { type ChatConfig, readConfig } from "./config.ts";
import { EndedSessions } from "./ended-sessions.ts";
import { openEngine } from "./engine.ts";
import { createFileRoute } from "./file-route.ts";
import { createRequestListener } from "./http-routes.ts";
import { listen, urlOf } from "./listen.ts";
import { createLogger } from "./log.ts";
import { Metrics } from "./metrics.ts";
import type { MountContext, Mounted } from "./mount.ts";
import { mounts } from "./mounts.ts";
import { NamesInUse } from "./names-in-use.ts";
import { originCheck } from "./origin-check.ts";
import { readSessionCookie } from "./session-cookie.ts";
import { createSessionRoute } from "./session-route.ts";
import { loadSessionSecret } from "./session-secret.ts";
import { type Session, Sessions } from "./session.ts";
import { createWebPage } from "./web-page.ts";

/** Of a message of a client: the largest batch of chunks, and of an answer that a slow phone may leave unread. */
const MAX_MESSAGE_BYTES = 256 * 1024;
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
/** What no page comes near to: whoever does is cut off, before anything is asked about whom. */
const MAX_MESSAGES_PER_SECOND = 200;
const MAX_CONTROL_FRAMES_PER_SECOND = 20;
const MAX_HANDSHAKES_PER_SECOND = 20;
/** A closed laptop is gone after both of them. */
const PING_INTERVAL_MS = 20_000;
const PONG_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 20_000;

/** What is not in the environment: for tests, and for whoever runs several nodes in one process. */
export interface ChatServerOptions extends Partial<ChatConfig> {
  /** In place of the one that the configuration names; whoever hands it in closes it. */
  readonly log?: RoomLog;
  /** The built page. Default: `dist/web` of this app. */
  readonly webFolder?: string;
  readonly logger?: Logger;
  /** The clock of sessions, in ms since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

export interface ChatServer {
  readonly port: number;
  /** Where a browser on this machine finds it. */
  readonly url: string;
  /** Tells everybody that we are going away (1001), and resolves when nothing is open any more. Safe to call twice. */
  stop(): Promise<void>;
}

/** @throws Error when it cannot listen, or has no engine */
export async function startChatServer(options: ChatServerOptions = {}): Promise<ChatServer> {
  const config: ChatConfig = { ...readConfig({}), ...options };
  const logger = options.logger ?? createLogger(config.logLevel);
  const sessions = new Sessions(await loadSessionSecret(config), options.now);
  const log = options.log ?? (await openEngine(config));
  const names = new NamesInUse(log, config.graceMs);
  const ended = new EndedSessions(log);
  const metrics = new Metrics();
  let isStopping = false;

  const readSession = (request: IncomingMessage): Session | undefined => {
    const session = ended.isKnown ? sessions.read(readSessionCookie(request)) : undefined;
    return session === undefined || ended.has(session.person.key) ? undefined : session;
  };
  const rooms = new ChatRooms({
    log,
    names,
    ended,
    logger,
    hello: {
      maxFileBytes: config.maxFileBytes,
      hasInspector: config.inspector !== "off",
      hasLab: config.hasLab,
    },
    onLimited: (what) => metrics.countLimited(what),
  });
  metrics.watch({
    people: () => rooms.people,
    rooms: () => rooms.server.members.roomCount,
    isEngineUp: () => log.status === "up",
  });

  const isAllowedOrigin = originCheck(config.allowedOrigins);
  // This file is built to dist/server, next to dist/web, and tested from src/server.
  const webFolder = options.webFolder ?? fileURLToPath(new URL("../../dist/web", import.meta.url));
  const addressOf = (request: IncomingMessage): string => sockets.addressOf(request) ?? "";
  const routes = {
    session: createSessionRoute({
      sessions,
      ended,
      names,
      readSession,
      isAllowedOrigin,
      addressOf,
      secureCookie: config.secureCookie,
      onOutcome: (outcome) => metrics.countSession(outcome),
    }),
    file: createFileRoute({ log, maxFileBytes: config.maxFileBytes, readSession }),
    metrics: metrics.route(config.metricsToken),
    isReady: () => !isStopping && ended.isKnown && log.status === "up",
    page: createWebPage(webFolder),
  };
  const http = createServer(
    { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    createRequestListener(routes, logger),
  );
  const socketOptions = {
    ...(config.allowedOrigins.length > 0 && { origin: isAllowedOrigin.forHandshakes }),
    trustedProxies: config.trustedProxies,
    maxConnectionsPerAddress: config.maxConnectionsPerAddress,
  };
  const sockets = new WebSocketServer({
    ...socketOptions,
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
    if (!ended.isKnown) void connection.close(CloseCode.tryAgainLater, "NOT_READY");
    else if (session === undefined) void connection.close(ChatClose.noSession, "NO_SESSION");
    else if (connection.protocol === "") void connection.close(CloseCode.policyViolation, "NO_SUBPROTOCOL");
    else rooms.attach(connection, session);
  });

  const context: Omit<MountContext, "log"> = {
    http,
    config,
    readSession,
    sockets: socketOptions,
    onSessionEnd: (listener) => ended.onEnd(listener),
  };
  const mounted: Mounted[] = mounts(config).map(({ name, mount }) =>
    mount({ ...context, log: logger.child({ part: name }) }),
  );

  await ended.start();
  await listen(http, config);
  const { port } = http.address() as AddressInfo;
  const url = urlOf(config.host, port);
  logger.info({ url, engine: config.engine.kind, node: log.node }, "open");

  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    isStopping = true;
    const { shutdownDeadlineMs: deadlineMs } = config;
    // Whoever asks hears that we are not ready, and goes to another node, as long as anybody is here.
    await Promise.all([
      sockets.shutdown({ deadlineMs, code: CloseCode.goingAway }),
      ...mounted.map((part) => part.stop()),
    ]);
    const closed = new Promise<void>((resolve) => http.close(() => resolve()));
    const cutOff = setTimeout(() => http.closeAllConnections(), deadlineMs);
    http.closeIdleConnections();
    await closed;
    clearTimeout(cutOff);
    await rooms.close();
    await Promise.all([names.close(), ended.close()]);
    if (options.log === undefined) await log.close();
    metrics.stop();
    logger.info("stopped");
  };
  return { port, url, stop: () => (stopped ??= stop()) };
}
