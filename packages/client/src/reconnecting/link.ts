// One connection in the life of a reconnecting client: reads its messages into the feed, behind those of the links before
// it, and watches whether it is still alive.
import type { Message } from "@ws/connection";
import type { ClientConnection } from "../client-connection.ts";
import type { MessageFeed } from "../message-feed.ts";
import { reportUncaught } from "../report.ts";
import { Heartbeat, type ResolvedHeartbeatOptions } from "./heartbeat.ts";

/** What a {@link Link} needs of its client. */
export interface LinkOptions {
  readonly feed: MessageFeed;
  readonly heartbeat: ResolvedHeartbeatOptions | undefined;
  /** Resolves when all messages of the links before have been taken. */
  readonly previous: Promise<void>;
}

export class Link {
  readonly connection: ClientConnection;
  /** Resolves when all its messages have been taken, and those of the links before. */
  readonly received: Promise<void>;
  readonly #options: LinkOptions;
  readonly #heartbeat: Heartbeat | undefined;
  readonly #openedAt: number = performance.now();
  /** Whether somebody takes what comes. */
  #isReading = false;

  constructor(connection: ClientConnection, options: LinkOptions) {
    this.connection = connection;
    this.#options = options;
    this.#heartbeat = this.#watch(options.heartbeat);
    // It fails where the application listens to the connection itself and takes its messages away.
    this.received = this.#receive().catch(reportUncaught);
  }

  get uptimeMs(): number {
    return performance.now() - this.#openedAt;
  }

  /** Finds out now whether the link is alive, if there is a heartbeat. */
  ask(): void {
    this.#heartbeat?.ask();
  }

  /** The connection has ended. */
  stop(): void {
    this.#heartbeat?.stop();
  }

  /** Pulls, rather than listens: a consumer that is slow slows the server down. */
  async #receive(): Promise<void> {
    const { feed, previous } = this.#options;
    await previous;
    this.#isReading = true;
    for await (const message of this.connection) {
      this.#heartbeat?.heard();
      if (this.#isReply(message)) continue;
      feed.push(message);
      if (feed.isEmpty) continue;
      this.#isReading = false;
      await feed.whenEmpty();
      this.#isReading = true;
    }
  }

  #isReply(message: Message): boolean {
    try {
      return this.#options.heartbeat?.isReply?.(message) ?? false;
    } catch (error) {
      reportUncaught(error);
      return false;
    }
  }

  #watch(options: ResolvedHeartbeatOptions | undefined): Heartbeat | undefined {
    if (options === undefined) return undefined;
    const { message, intervalMs, timeoutMs } = options;
    return new Heartbeat(intervalMs, timeoutMs, {
      beat: () => void this.connection.send(typeof message === "function" ? message() : message),
      giveUp: () => this.connection.terminate(),
      isReading: () => this.#isReading,
    });
  }
}
