// Puts a node of the chat together: one HTTP server with the page, sessions and files, and the WebSockets, over one engine.
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { RoomLog } from "@ws/rooms";
import { CloseCode } from "@ws/server";
import type { Logger } from "pino";
import { ChatRooms } from "./chat-rooms.ts";
import { createChatSockets } from "./chat-sockets.ts";
import { type ChatConfig, readConfig } from "./config.ts";
import { EndedSessions } from "./ended-sessions.ts";
import { openEngine } from "./engine.ts";
import { createFileRoute } from "./file-route.ts";
import { createRequestListener } from "./http-routes.ts";
import { listen, urlOf } from "./listen.ts";
import { createLogger } from "./log.ts";
import { Metrics } from "./metrics.ts";
import { mountParts } from "./mounts.ts";
import { NamesInUse } from "./names-in-use.ts";
import { originCheck } from "./origin-check.ts";
import { readSessionCookie } from "./session-cookie.ts";
import { createSessionRoute } from "./session-route.ts";
import { loadSessionSecret } from "./session-secret.ts";
import { type ReadSession, Sessions } from "./session.ts";
import { createWebPage } from "./web-page.ts";

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 20_000;
// This file is built to dist/server, next to dist/web, and tested from src/server.
const WEB_FOLDER = fileURLToPath(new URL("../../dist/web", import.meta.url));

/** What is not in the environment: for tests, and for whoever runs several nodes in one process. */
export interface ChatServerOptions extends Partial<ChatConfig> {
  /** In place of the one that the configuration names; whoever hands it in closes it. */
  readonly log?: RoomLog;
  /** The built page. Default: `dist/web` of this app. */
  readonly webFolder?: string;
  readonly logger?: Logger;
  /** The clock of sessions, in ms since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** The clock of limits, in ms, which never goes back. Default: `performance.now`. */
  readonly limitsNow?: () => number;
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
  const { maxFileBytes, allowedOrigins, shutdownDeadlineMs } = config;
  const logger = options.logger ?? createLogger(config.logLevel);
  const sessions = new Sessions(await loadSessionSecret(config), options.now);
  const log = options.log ?? (await openEngine(config));
  const names = new NamesInUse(log, config.graceMs);
  const ended = new EndedSessions(log);
  const metrics = new Metrics();
  let isStopping = false;

  const readSession: ReadSession = (request) => {
    const session = ended.isKnown ? sessions.read(readSessionCookie(request)) : undefined;
    return session === undefined || ended.has(session.person.key) ? undefined : session;
  };
  const rooms = new ChatRooms({
    log,
    names,
    ended,
    logger,
    hello: { maxFileBytes, hasInspector: config.inspector !== "off", hasLab: config.hasLab },
    onLimited: (what) => metrics.countLimited(what),
    maxFileBytesPerDay: config.maxFileBytesPerDay,
    limitsNow: options.limitsNow,
  });
  metrics.watch({
    people: () => rooms.people,
    rooms: () => rooms.server.members.roomCount,
    isEngineUp: () => log.status === "up",
  });

  const isAllowedOrigin = originCheck(allowedOrigins);
  const routes = {
    session: createSessionRoute({
      sessions,
      ended,
      names,
      readSession,
      isAllowedOrigin,
      addressOf: (request: IncomingMessage) => sockets.addressOf(request) ?? "",
      secureCookie: config.secureCookie,
      limitsNow: options.limitsNow,
      onOutcome: (outcome) => {
        metrics.countSession(outcome);
        logger.debug({ outcome }, "a session was asked for");
      },
    }),
    file: createFileRoute({ log, maxFileBytes, readSession }),
    metrics: metrics.route(config.metricsToken),
    isReady: () => !isStopping && ended.isKnown && log.status === "up",
    page: createWebPage(options.webFolder ?? WEB_FOLDER),
  };
  const http = createServer(
    { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    createRequestListener(routes, logger),
  );
  const common = {
    ...(allowedOrigins.length > 0 && { origin: isAllowedOrigin.forHandshakes }),
    trustedProxies: config.trustedProxies,
    maxConnectionsPerAddress: config.maxConnectionsPerAddress,
  };
  const isKnown = (): boolean => ended.isKnown;
  const sockets = createChatSockets({ http, config, common, logger, rooms, readSession, isKnown });
  const onSessionEnd = (listener: (personKey: string) => void): (() => void) => ended.onEnd(listener);
  const parts = mountParts({ http, config, readSession, sockets: common, onSessionEnd, log: logger });

  const stop = async (): Promise<void> => {
    isStopping = true;
    // Whoever asks hears that we are not ready, and goes to another node, as long as anybody is here.
    await Promise.all([
      sockets.shutdown({ deadlineMs: shutdownDeadlineMs, code: CloseCode.goingAway }),
      ...parts.map((part) => part.stop()),
    ]);
    const closed = new Promise<void>((resolve) => http.close(() => resolve()));
    const cutOff = setTimeout(() => http.closeAllConnections(), shutdownDeadlineMs);
    http.closeIdleConnections();
    await closed;
    clearTimeout(cutOff);
    await rooms.close();
    await Promise.all([names.close(), ended.close()]);
    if (options.log === undefined) await log.close();
    metrics.stop();
    logger.info("stopped");
  };

  try {
    await ended.start();
    await listen(http, config);
  } catch (error) {
    await stop();
    throw error;
  }
  const { port } = http.address() as AddressInfo;
  const url = urlOf(config.host, port);
  logger.info({ url, engine: config.engine.kind, node: log.node }, "open");
  let stopped: Promise<void> | undefined;
  return { port, url, stop: () => (stopped ??= stop()) };
}
