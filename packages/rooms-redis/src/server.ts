// One Redis server that takes writes: a link for commands, one for subscriptions, and what is known of it. Two, because Redis
// cuts off subscribers to whom it owes too much, and long histories are no reason to be cut off. Lives as long as both links do;
// owns the timer that tries them.
import { describeAddress } from "./address.ts";
import { replyCode } from "./failure.ts";
import { type Address, type Argument, Link, type LinkSettings } from "./link.ts";
import { isClusterOk, parseInfo, type ServerInfo } from "./server-info.ts";
import type { Script } from "./script.ts";

/** What a {@link Server} is opened with. */
export interface ServerSettings {
  readonly link: LinkSettings;
  readonly keepsAcknowledged: boolean | undefined;
  readonly pingIntervalMs: number;
}

/** What a {@link Server} tells its owner, before it is closed. */
export interface ServerEvents {
  onMessage(channel: string, payload: Buffer): void;
  /** It has ended, or must be asked again for where things are; may be told more than once. */
  onTrouble(server: Server, error: Error): void;
}

/** How many channels are subscribed to with one command. */
const CHANNELS_AT_ONCE = 500;

export class Server {
  readonly address: Address;
  readonly #settings: ServerSettings;
  readonly #events: ServerEvents;
  readonly #commands: Link;
  readonly #subscriptions: Link;
  #timer: NodeJS.Timeout | undefined;
  #info: ServerInfo = parseInfo("");
  #syncsAlways = false;
  #isOpen = true;
  #isChecking = false;

  constructor(address: Address, settings: ServerSettings, events: ServerEvents) {
    this.address = address;
    this.#settings = settings;
    this.#events = events;
    const onEnd = (error: Error): void => this.fail(error);
    this.#commands = new Link(address, settings.link, { onEnd });
    this.#subscriptions = new Link(address, settings.link, {
      onEnd,
      onMessage: (channel, payload) => this.#isOpen && this.#events.onMessage(channel, payload),
      onMoved: () => this.#trouble(new Error("Redis moves rooms to another server")),
    });
  }

  /** False once it has ended: another one has to be opened in its place. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isCluster(): boolean {
    return this.#info.isCluster;
  }

  /** Names this run of the server, until it is restarted. */
  get run(): string {
    return this.#info.run;
  }

  /** Whether it keeps what it has acknowledged, whatever happens to it. */
  get isSafe(): boolean {
    return this.#settings.keepsAcknowledged ?? (this.#syncsAlways && this.#info.replicas === 0);
  }

  /** Rejects where it cannot be reached, or is not one that takes writes. */
  async open(): Promise<void> {
    try {
      await Promise.all([this.#commands.open(), this.#subscriptions.open()]);
      await this.#ask();
      if (this.#info.isLoading) throw new Error("It still loads what it has stored");
      this.#syncsAlways = await this.#asksSync();
      if (!this.#isOpen) throw new Error("It has ended meanwhile");
    } catch (error) {
      this.close();
      throw new Error(`Cannot use Redis at ${describeAddress(this.address)}: ${(error as Error).message}`, {
        cause: error,
      });
    }
    this.#timer = setInterval(() => void this.#check(), this.#settings.pingIntervalMs);
    this.#timer.unref();
  }

  call(command: string, args: readonly Argument[]): Promise<unknown> {
    return this.#commands.call(command, args);
  }

  /** Runs a script, which the server may have forgotten since the last time. */
  async evaluate(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    try {
      return await this.#commands.call("EVALSHA", [script.sha1, keys.length, ...keys, ...args]);
    } catch (error) {
      if (replyCode(error) !== "NOSCRIPT") throw error;
      return this.#commands.call("EVAL", [script.lua, keys.length, ...keys, ...args]);
    }
  }

  /** Resolves when all of them are heard. */
  async subscribe(channels: readonly string[]): Promise<void> {
    await Promise.all(
      this.#batches(channels).map((some) => this.#subscriptions.subscribe(some, this.isCluster)),
    );
  }

  async unsubscribe(channels: readonly string[]): Promise<void> {
    await Promise.all(
      this.#batches(channels).map((some) => this.#subscriptions.unsubscribe(some, this.isCluster)),
    );
  }

  /** It is of no use any more, whatever the reason. */
  fail(error: Error): void {
    if (!this.#isOpen) return;
    this.close();
    this.#trouble(error);
  }

  close(): void {
    this.#isOpen = false;
    clearInterval(this.#timer);
    this.#commands.end();
    this.#subscriptions.end();
  }

  /** On a Cluster the channels of one command must lie in one slot. */
  #batches(channels: readonly string[]): readonly (readonly string[])[] {
    const size = this.isCluster ? 1 : CHANNELS_AT_ONCE;
    const batches: (readonly string[])[] = [];
    for (let i = 0; i < channels.length; i += size) batches.push(channels.slice(i, i + size));
    return batches;
  }

  async #ask(): Promise<void> {
    this.#info = parseInfo(String(await this.#commands.call("INFO", [])));
    if (!this.#info.isMaster) throw new Error("It is a replica, and takes no writes");
    // It may just have started, or lack the others: then it refuses everything.
    if (this.#info.isCluster && !isClusterOk(String(await this.#commands.call("CLUSTER", ["INFO"])))) {
      throw new Error("To it the Cluster is down");
    }
  }

  /** A server that does not say is one that may lose something. */
  async #asksSync(): Promise<boolean> {
    if (this.#settings.keepsAcknowledged !== undefined) return false;
    try {
      const [appendOnly, sync] = await Promise.all(
        ["appendonly", "appendfsync"].map((name) => this.#commands.call("CONFIG", ["GET", name])),
      );
      return String(appendOnly) === "appendonly,yes" && String(sync) === "appendfsync,always";
    } catch (error) {
      if (replyCode(error) === undefined) throw error;
      return false;
    }
  }

  async #check(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    try {
      await Promise.all([this.#ask(), this.#subscriptions.call("PING", [])]);
    } catch (error) {
      this.fail(error as Error);
    }
    this.#isChecking = false;
  }

  #trouble(error: Error): void {
    this.#events.onTrouble(this, error);
  }
}
