// The connection to NATS, and whether it is up: makes it, however long no server is there, notices loss, ends what waits for an
// answer, comes back for ever, and is up only when everything that lives on the server was looked after. Knows no rooms.
import { connect, errors, type NatsConnection, type Status } from "@nats-io/transport-node";
import { EngineError, type EngineStatus } from "@ws/rooms";
import { EngineListeners } from "@ws/rooms/engine";
import { engineError, isStreamGone } from "./engine-error.ts";
import type { ResolvedNatsLogOptions } from "./nats-log-options.ts";

/** Between two attempts to connect for the first time, or to come up on a connection that stands, in ms. */
const RETRY_MS = 250;

export class NatsLink {
  readonly listeners: EngineListeners = new EngineListeners("down");
  readonly #options: ResolvedNatsLogOptions;
  readonly #name: string;
  #connection: NatsConnection | undefined;
  #onUp: () => Promise<void> = () => Promise.resolve();
  /** What waits for an answer, and how to tell it that none will come. */
  readonly #waiting = new Set<(error: EngineError) => void>();
  #isConnected = false;
  #isClosed = false;
  #isComingUp = false;
  #retryTimer: NodeJS.Timeout | undefined;

  /** @param name what the server calls this connection */
  constructor(options: ResolvedNatsLogOptions, name: string) {
    this.#options = options;
    this.#name = name;
  }

  /** Once there was one; what `run` and `attempt` are given may take that for granted. */
  get connection(): NatsConnection {
    if (this.#connection === undefined) throw down("use the connection");
    return this.#connection;
  }

  /**
   * Tries to connect and to come up, and goes on trying where no server can be reached.
   *
   * @param onUp looks after what lives on the server, each time before the link counts as up
   * @throws EngineError where the server does not let us in, or has not what we need; the link is closed then
   */
  async start(onUp: () => Promise<void>): Promise<void> {
    this.#onUp = onUp;
    try {
      await this.#connect();
      await this.#lookAfter();
      if (this.#isConnected && !this.#isClosed) this.listeners.setStatus("up");
    } catch (error) {
      if (isFinal(error)) {
        await this.close();
        throw engineError("connect to NATS", error);
      }
      this.#tryLater();
    }
  }

  get status(): EngineStatus {
    return this.listeners.status;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Does something that needs the server. @throws EngineError, at once while the link is down, and as soon as it goes down */
  run<Result>(what: string, operation: () => Promise<Result>): Promise<Result> {
    if (this.#isClosed) return Promise.reject(closed(what));
    if (this.status === "down") return Promise.reject(down(what));
    return this.attempt(what, operation);
  }

  /** The same while the link is coming up. */
  attempt<Result>(what: string, operation: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      operation()
        .then(resolve, (error: unknown) => reject(engineError(what, error)))
        .finally(() => this.#waiting.delete(reject));
    });
  }

  /** Says that the server answers, but not as it should: down until everything could be looked after again. */
  suspect(error: Error): void {
    if (this.#isClosed || this.status === "down") return;
    this.#goDown(error);
    if (this.#isConnected) void this.#comeUp();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    this.#rejectAll(closed("go on"));
    this.listeners.setStatus("down");
    this.listeners.clear();
    await this.#connection?.close();
  }

  async #connect(): Promise<void> {
    const { connection: given, requestTimeoutMs, pingIntervalMs } = this.#options;
    const connection = await connect({
      reconnectTimeWait: 250,
      reconnectJitter: 250,
      timeout: requestTimeoutMs,
      name: this.#name,
      ...given,
      reconnect: true,
      maxReconnectAttempts: -1,
      ignoreAuthErrorAbort: true,
      pingInterval: pingIntervalMs,
      maxPingOut: 2,
      noAsyncTraces: true,
    });
    if (this.#isClosed) return connection.close();
    this.#connection = connection;
    this.#isConnected = true;
    void this.#watch(connection);
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) this.#hear(status);
  }

  #hear(status: Status): void {
    if (this.#isClosed) return;
    if (status.type === "disconnect") {
      this.#isConnected = false;
      clearTimeout(this.#retryTimer);
      this.#goDown(down("go on"));
    } else if (status.type === "reconnect") {
      this.#isConnected = true;
      void this.#comeUp();
    } else if (status.type === "error") {
      this.listeners.fault(engineError("go on", status.error));
    }
  }

  #goDown(error: Error): void {
    // Not up yet: whoever brings it up is to fail, too.
    this.#rejectAll(down("wait for an answer"));
    this.listeners.setStatus("down", error);
  }

  async #comeUp(): Promise<void> {
    if (this.#isComingUp || this.#isClosed) return;
    this.#isComingUp = true;
    try {
      if (this.#connection === undefined) await this.#connect();
      await this.#lookAfter();
    } catch {
      this.#isComingUp = false;
      this.#tryLater();
      return;
    }
    this.#isComingUp = false;
    if (this.#isConnected && !this.#isClosed) this.listeners.setStatus("up");
  }

  async #lookAfter(): Promise<void> {
    await this.attempt("come up", () => this.#onUp());
    // The client subscribes again before anything else; this is the proof that the server knows.
    await this.attempt("come up", () => this.connection.flush());
  }

  /** A connection that was lost comes back by itself, and says so. */
  #tryLater(): void {
    if (this.#isClosed || (this.#connection !== undefined && !this.#isConnected)) return;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => void this.#comeUp(), RETRY_MS);
  }

  #rejectAll(error: EngineError): void {
    for (const reject of [...this.#waiting]) reject(error);
    this.#waiting.clear();
  }
}

/** Not that nobody answers, but what the answer was: it will be the same again. */
function isFinal(error: unknown): boolean {
  if (error instanceof EngineError) return error.code === "ENGINE_FAULT" || isStreamGone(error.cause);
  return error instanceof errors.AuthorizationError || error instanceof errors.InvalidArgumentError;
}

function closed(what: string): EngineError {
  return new EngineError("ENGINE_CLOSED", `Cannot ${what}: the engine is closed`);
}

function down(what: string): EngineError {
  return new EngineError("ENGINE_DOWN", `Cannot ${what}: NATS is out of reach`);
}
