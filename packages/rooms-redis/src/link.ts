// One connection to a Redis server, for one life: opened once, ended once, never opened again. Coming back is the business of
// servers.ts, which then begins from the start: a client that reconnects by itself would hide that something was missed. Knows
// the client library, which nobody else does.
import type { Duplex } from "node:stream";
import type { ConnectionOptions } from "node:tls";
import { Redis } from "ioredis";

/** Where a server is. */
export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

/** How to connect to any of the servers. */
export interface LinkSettings {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly tls: ConnectionOptions | undefined;
  readonly connectTimeoutMs: number;
  /** How long nothing at all may come from a server that owes an answer. */
  readonly commandTimeoutMs: number;
}

/** What a {@link Link} tells its owner. */
export interface LinkEvents {
  /** The link has ended, by whatever; told once, and not where `end` was called. */
  onEnd(error: Error): void;
  onMessage?(channel: string, payload: Buffer): void;
  /** The server has taken a subscription back: another one serves its slot now. */
  onMoved?(): void;
}

export type Argument = string | Buffer | number;

export class Link {
  readonly #redis: Redis;
  readonly #settings: LinkSettings;
  readonly #events: LinkEvents;
  #lastError: Error | undefined;
  #hasEnded = false;

  constructor(address: Address, settings: LinkSettings, events: LinkEvents) {
    this.#settings = settings;
    this.#events = events;
    const { username, password, database: db, tls, connectTimeoutMs, commandTimeoutMs } = settings;
    this.#redis = new Redis({
      ...address,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(tls === undefined ? {} : { tls }),
      db,
      lazyConnect: true,
      connectTimeout: connectTimeoutMs,
      socketTimeout: commandTimeoutMs,
      retryStrategy: null,
      enableOfflineQueue: false,
      autoResubscribe: false,
      autoResendUnfulfilledCommands: false,
      enableReadyCheck: false,
      disableClientInfo: true,
    });
    this.#redis.on("error", (error: Error) => (this.#lastError = withoutCommand(error)));
    this.#redis.on("end", () => this.#onEnd());
    const onMessage = (channel: Buffer, payload: Buffer): void =>
      this.#events.onMessage?.(channel.toString("latin1"), payload);
    this.#redis.on("messageBuffer", onMessage);
    this.#redis.on("smessageBuffer", onMessage);
    this.#redis.on("moved", () => this.#events.onMoved?.());
  }

  /** Connects and logs in. */
  async open(): Promise<void> {
    // The library's own deadline ends with the TCP connection; a TLS or Redis that never speaks is to end in time too.
    const timer = setTimeout(() => {
      this.#lastError = new Error(`It takes more than ${this.#settings.connectTimeoutMs} ms`);
      this.#destroy();
    }, this.#settings.connectTimeoutMs);
    try {
      await this.#redis.connect();
    } catch (error) {
      this.end();
      throw this.#lastError ?? withoutCommand(error as Error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Strings in replies are buffers. Rejects with what the server says, or with why the link has ended. */
  async call(command: string, args: readonly Argument[]): Promise<unknown> {
    try {
      return await this.#redis.callBuffer(command, args as Argument[]);
    } catch (error) {
      throw this.#reason(error);
    }
  }

  /** Resolves when the server has said that it did. */
  async subscribe(channels: readonly string[], isSharded: boolean): Promise<void> {
    try {
      await (isSharded ? this.#redis.ssubscribe(...channels) : this.#redis.subscribe(...channels));
    } catch (error) {
      throw this.#reason(error);
    }
  }

  async unsubscribe(channels: readonly string[], isSharded: boolean): Promise<void> {
    try {
      await (isSharded ? this.#redis.sunsubscribe(...channels) : this.#redis.unsubscribe(...channels));
    } catch (error) {
      throw this.#reason(error);
    }
  }

  /** What is under way rejects. */
  end(): void {
    this.#hasEnded = true;
    this.#destroy();
  }

  #destroy(): void {
    this.#redis.disconnect();
    // A link on which nothing moves would never see its last bytes off. There is no stream before the first attempt.
    const { stream } = this.#redis as { readonly stream?: Duplex };
    stream?.destroy();
  }

  #onEnd(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#events.onEnd(this.#lastError ?? new Error("Redis closed the connection"));
  }

  /** Of a command that could not be sent, or whose connection ended, the library says less than we know. */
  #reason(error: unknown): unknown {
    if (error instanceof Error && error.name === "ReplyError") return withoutCommand(error);
    return this.#lastError ?? new Error("The connection to Redis is lost", { cause: error });
  }
}

/** The library puts along what was asked for: passwords and messages, which are not to be in anybody's log. */
function withoutCommand(error: Error): Error {
  delete (error as { command?: unknown }).command;
  return error;
}
