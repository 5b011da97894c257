// Puts the chat together: one HTTP server with the page, the sessions and, at /ws, the WebSocket.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { CloseCode, type Connection, WebSocketServer } from "@ws/server";
import { LIMITS } from "../shared/limits.ts";
import { ChatClose, SUBPROTOCOL } from "../shared/protocol.ts";
import { Chat } from "./chat.ts";
import { type ChatConfig, DEFAULT_PORT, DEFAULTS } from "./config.ts";
import { createRequestListener } from "./http-routes.ts";
import { MemoryMessageStore } from "./memory-message-store.ts";
import type { MessageStore } from "./message-store.ts";
import { People } from "./people.ts";
import { serveConnection } from "./serve-connection.ts";
import { readSessionCookie } from "./session-cookie.ts";
import { SessionRoutes } from "./session-routes.ts";
import { createWebPage } from "./web-page.ts";

const PORTS_TO_TRY = 20;
/** What a page may leave unread: far more than a slow phone needs, far less than would hurt. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 20_000;

export interface ChatServerOptions extends Partial<ChatConfig> {
  /** Where messages are kept. Default: the memory of this process. */
  readonly store?: MessageStore;
  /** The built page. Default: `dist/web` of this app. */
  readonly webFolder?: string;
}

export interface ChatServer {
  readonly port: number;
  /** Where a browser on this machine finds it. */
  readonly url: string;
  /** Tells everybody that we are going away (1001), and resolves when nothing is open any more. */
  stop(): Promise<void>;
}

/** @throws Error when it cannot listen */
export async function startChatServer(options: ChatServerOptions = {}): Promise<ChatServer> {
  const config: ChatConfig = { ...DEFAULTS, ...options };
  const people = new People(config.graceMs);
  const store = options.store ?? new MemoryMessageStore({ maxMessages: config.historyMessages });
  const chat = new Chat(people, store);

  const isAllowedOrigin = originCheck(config.allowedOrigins);
  const sessions = new SessionRoutes({ people, secureCookie: config.secureCookie, isAllowedOrigin });
  // This file is built to dist/server, next to dist/web, and tested from src/server.
  const webFolder = options.webFolder ?? fileURLToPath(new URL("../../dist/web", import.meta.url));
  const http = createServer(
    { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    createRequestListener(sessions, createWebPage(webFolder)),
  );
  const sockets = new WebSocketServer({
    server: http,
    path: "/ws",
    protocols: [SUBPROTOCOL],
    ...(config.allowedOrigins.length > 0 && {
      origin: (origin, { headers }) => isAllowedOrigin(origin, headers.get("host")),
    }),
    maxMessageBytes: LIMITS.eventBytes,
    maxBufferedBytes: MAX_BUFFERED_BYTES,
  });
  sockets.on("connection", (connection, request) => {
    const member = people.find(readSessionCookie(request));
    const refusal = admission(connection, member === undefined ? undefined : people.admit(member));
    if (member === undefined || refusal !== undefined) {
      void connection.close(refusal?.code, refusal?.reason);
      return;
    }
    serveConnection(connection, member, chat).catch(() => connection.terminate());
  });

  await listen(http, config);
  const { port } = http.address() as AddressInfo;

  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => http.close(() => resolve()));
    chat.stop();
    const cutOff = setTimeout(() => http.closeAllConnections(), config.shutdownDeadlineMs);
    await sockets.shutdown({ deadlineMs: config.shutdownDeadlineMs, code: CloseCode.goingAway });
    http.closeIdleConnections();
    await closed;
    clearTimeout(cutOff);
  };
  return { port, url: `http://${hostInUrl(config.host)}:${port}`, stop };
}

/** Why a connection is turned away, in a way that its page can act upon: a handshake's status is hidden from it. */
function admission(
  connection: Connection,
  isAdmitted: boolean | undefined,
): { readonly code: number; readonly reason: string } | undefined {
  if (isAdmitted === undefined) return { code: ChatClose.noSession, reason: "Enter first" };
  if (!isAdmitted) return { code: ChatClose.nameTaken, reason: "The name was taken meanwhile" };
  if (connection.protocol !== SUBPROTOCOL) {
    return { code: CloseCode.policyViolation, reason: `The subprotocol must be ${SUBPROTOCOL}` };
  }
  return undefined;
}

function originCheck(allowed: readonly string[]): (origin: string, host: string | undefined) => boolean {
  return (origin, host) => {
    if (allowed.includes(origin)) return true;
    return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
  };
}

/** Listens on the port that was asked for; if none was, on the usual one or the next that is free. */
async function listen(http: ReturnType<typeof createServer>, { port, host }: ChatConfig): Promise<void> {
  const first = port ?? DEFAULT_PORT;
  const last = port ?? DEFAULT_PORT + PORTS_TO_TRY - 1;
  for (let candidate = first; ; candidate++) {
    try {
      http.listen(candidate, host);
      await once(http, "listening");
      return;
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
      if (!isTaken || candidate >= last) throw error;
    }
  }
}

function hostInUrl(host: string | undefined): string {
  if (host === undefined || host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
