// The inspector's feed: a WebSocket at a path of its own, which tells what passes on the other connections of the process.
// Owns who may look, and when anything is listened to at all. What one viewer is told is viewer.ts.
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import {
  CloseCode,
  type Connection,
  type NodeServer,
  reject,
  WebSocketServer,
  type WebSocketServerOptions,
} from "@ws/server";
import type { InspectorScope } from "../../shared/inspector.ts";
import { INSPECT_SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from "../../shared/inspector-feed.ts";
import { ConnectionWatch } from "./connection-watch.ts";
import { type Audience, Viewer, type ViewerLimits } from "./viewer.ts";

const MIN_TOKEN_LENGTH = 16;
const MAX_VIEWERS = 16;
/** Of one session: one person with many tabs leaves room for others. */
const MAX_VIEWERS_PER_SESSION = 4;
const FLUSH_INTERVAL_MS = 40;
const SAMPLE_INTERVAL_MS = 1000;
/** A viewer has nothing to say. */
const MAX_VIEWER_MESSAGE_BYTES = 125;

const DEFAULT_LIMITS: ViewerLimits = {
  maxFramesPerSecond: 1000,
  maxBytesPerSecond: 4 * 1024 * 1024,
  maxFrameBytes: 64 * 1024,
  maxBufferedBytes: 2 * 1024 * 1024,
  maxConnections: 500,
};

export interface InspectorFeedOptions {
  /** Carries the feed, beside everything else that it does. */
  readonly server: NodeServer;
  /** `"off"`: there is no feed. `"own"`: people see their own connections. `"all"`: whoever has the token sees all. */
  readonly mode: "off" | InspectorScope;
  /** With `"all"`: what a viewer must know, of 16 characters at least. */
  readonly token?: string | undefined;
  /** Whose session a request belongs to; `undefined` for strangers. Asked again each second while somebody looks. */
  readonly sessionOf: (request: IncomingMessage) => string | undefined;
  /** What its WebSockets have in common with the others of the process. */
  readonly sockets?: Pick<WebSocketServerOptions, "origin" | "trustedProxies" | "maxConnectionsPerAddress">;
  /** Default: `/inspect`. */
  readonly path?: string;
  /** What a viewer may cost. */
  readonly limits?: Partial<ViewerLimits>;
}

export interface InspectorFeed {
  /** Ends the feeds of a session that is over. */
  readonly endSession: (session: string) => void;
  /** Ends all feeds, and resolves when nothing is listened to any more. */
  readonly close: () => Promise<void>;
}

interface Seat {
  readonly feed: Connection;
  readonly session: string | undefined;
  readonly mayStay: () => boolean;
}

/** @throws TypeError for `"all"` without a token that is long enough */
export function startInspectorFeed(options: InspectorFeedOptions): InspectorFeed {
  const { mode, server, token, sessionOf, path = "/inspect" } = options;
  if (mode === "off") {
    return { endSession: () => {}, close: () => Promise.resolve() };
  }
  if (mode === "all" && (token === undefined || token.length < MIN_TOKEN_LENGTH)) {
    throw new TypeError(`Cannot show all connections: a token of ${MIN_TOKEN_LENGTH} characters is needed`);
  }
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const viewers = new Map<Viewer, Seat>();
  const watch = new ConnectionWatch({
    viewers: () => viewers.keys(),
    sessionOf,
    isHidden: (request) => pathOf(request) === path,
  });
  const sockets = new WebSocketServer<Audience>({
    server,
    path,
    protocols: [INSPECT_SUBPROTOCOL],
    requireProtocol: true,
    ...options.sockets,
    maxConnections: MAX_VIEWERS,
    maxMessageBytes: MAX_VIEWER_MESSAGE_BYTES,
    authenticate: (request) => {
      const session = sessionOf(request);
      const isAllowed = mode === "all" ? hasToken(request, token ?? "") : session !== undefined;
      const own = [...viewers.values()].filter((seat) => seat.session === session);
      if (isAllowed && session !== undefined && own.length >= MAX_VIEWERS_PER_SESSION)
        return reject(429, "You look from too many tabs");
      return isAllowed ? { context: { scope: mode, session } } : reject(403, "You may not look");
    },
  });
  let stopListening: (() => void) | undefined;
  sockets.on("connection", (feed, request, { context }) => {
    const viewer = new Viewer(feed, context, limits);
    const { session } = context;
    viewers.set(viewer, { feed, session, mayStay: () => sessionOf(request) === session });
    stopListening ??= listen();
    watch.introduce(viewer);
    feed.on("message", () => void feed.close(CloseCode.policyViolation, "A viewer has nothing to say"));
    feed.once("close", () => {
      viewers.delete(viewer);
      if (viewers.size > 0) return;
      stopListening?.();
      stopListening = undefined;
    });
  });

  function listen(): () => void {
    const stopWatching = watch.listen();
    const flush = setInterval(() => {
      for (const viewer of viewers.keys()) viewer.flush();
    }, FLUSH_INTERVAL_MS);
    const sample = setInterval(() => {
      for (const [viewer, { feed, mayStay }] of viewers) {
        if (mayStay()) viewer.sample();
        else end(feed);
      }
    }, SAMPLE_INTERVAL_MS);
    return () => {
      stopWatching();
      clearInterval(flush);
      clearInterval(sample);
    };
  }

  return {
    endSession(ended) {
      for (const { feed, session } of viewers.values()) if (session === ended) end(feed);
    },
    async close() {
      watch.stop();
      await sockets.shutdown({ code: CloseCode.goingAway });
    },
  };
}

function end(feed: Connection): void {
  void feed.close(CloseCode.policyViolation, "The session has ended");
}

/** Compared in constant time, whatever was offered. */
function hasToken(request: IncomingMessage, token: string): boolean {
  const offers = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((offer) => offer.trim());
  const expected = digest(token);
  return offers.some((offer) => {
    if (!offer.startsWith(TOKEN_SUBPROTOCOL_PREFIX)) return false;
    const given = Buffer.from(offer.slice(TOKEN_SUBPROTOCOL_PREFIX.length), "base64url").toString();
    return timingSafeEqual(digest(given), expected);
  });
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function pathOf(request: IncomingMessage): string {
  const [path = "/"] = (request.url ?? "/").split("?", 1);
  return path;
}
