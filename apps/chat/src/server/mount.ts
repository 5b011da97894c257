// What a part of the server with sockets of its own is given: `mountInspector` and `mountLab`
// are called with it once, before the http server listens.
import type { Server } from "node:http";
import type { Logger } from "pino";
import type { ChatConfig } from "./config.ts";
import type { ReadSession } from "./session.ts";

export interface MountContext {
  /** For `new WebSocketServer({ server: http, path, ...sockets })`. */
  readonly http: Server;
  /** What all WebSockets of this app have in common: origin policy, trusted proxies, limits per address. */
  readonly sockets: SocketOptions;
  readonly config: ChatConfig;
  /** Whose request that is, by its cookie; undefined for nobody. Cheap, and right until the session ends, see `onSessionEnd`. */
  readonly readSession: ReadSession;
  /** Tells of sessions that ended before their time. @returns what ends it */
  readonly onSessionEnd: (listener: (personKey: string) => void) => () => void;
  /** A child of the process's logger. */
  readonly log: Logger;
}

export interface SocketOptions {
  readonly origin?: (
    origin: string,
    head: { readonly headers: { get(name: string): string | undefined } },
  ) => boolean;
  readonly trustedProxies?: readonly string[];
  readonly maxConnectionsPerAddress: number;
}

/** A part that runs. */
export interface Mounted {
  /** Closes its connections with 1001 and takes its hands off the process; resolves when nothing of it is left. */
  stop(): Promise<void>;
}
