// A WebSocket that comes back. Owns the browser's socket, the wait between attempts and the heartbeat that notices a
// dead network; knows texts and not what they mean.
import { type ReadonlySignal, signal } from "@preact/signals";
import { backoffMs } from "./backoff.ts";

export type ConnectionStatus =
  | { readonly state: "connecting" }
  /** The server has spoken: that the socket is open says little, as the server may close it again at once. */
  | { readonly state: "open" }
  /** `retryAt` is when the next attempt begins, on the clock of `Date.now()`. */
  | { readonly state: "reconnecting"; readonly retryAt: number }
  | { readonly state: "closed" };

export interface SocketHandlers {
  readonly onText: (text: string) => void;
  /** The connection has ended; what was sent last may or may not have arrived. */
  readonly onBreak: () => void;
  /** The server closed with a code of the application (4000–4999): whether another attempt makes sense. */
  readonly mayRetry: (code: number) => Promise<boolean>;
}

export interface ReconnectingSocketOptions {
  readonly url: string;
  readonly protocol: string;
  /** What is sent after a silence, to see whether anything comes back. */
  readonly heartbeat: string;
  readonly createSocket?: (url: string, protocol: string) => WebSocket;
  readonly random?: () => number;
}

const SILENCE_MS = 25_000;
const ANSWER_MS = 8000;
const OPEN_TIMEOUT_MS = 10_000;
/** A connection that has lasted this long counts as good, and the next break starts over with short waits. */
const STABLE_MS = 5000;

export class ReconnectingSocket {
  readonly #options: ReconnectingSocketOptions;
  readonly #handlers: SocketHandlers;
  readonly #status = signal<ConnectionStatus>({ state: "closed" });
  #socket: WebSocket | undefined;
  #attempt = 0;
  #openedAt = 0;
  /** The one timer: of the wait, of the opening, or of the heartbeat. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ReconnectingSocketOptions, handlers: SocketHandlers) {
    this.#options = options;
    this.#handlers = handlers;
  }

  get status(): ReadonlySignal<ConnectionStatus> {
    return this.#status;
  }

  /** Connects now, whatever wait there was; nothing happens while a connection is open or opening. */
  connect(): void {
    if (this.#socket !== undefined) return;
    clearTimeout(this.#timer);
    // The state of a break stays until there is a connection: attempts come and go.
    if (this.#status.value.state === "closed") this.#status.value = { state: "connecting" };
    else this.#status.value = { state: "reconnecting", retryAt: Date.now() };
    const { createSocket = createBrowserSocket, url, protocol } = this.#options;
    const socket = createSocket(url, protocol);
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#onMessage(socket, data));
    socket.addEventListener("close", ({ code }) => this.#onClose(socket, code));
    this.#timer = setTimeout(() => this.#drop(socket), OPEN_TIMEOUT_MS);
  }

  /** Sends a text; false when there is no connection to send it on. */
  send(text: string): boolean {
    if (this.#status.value.state !== "open") return false;
    this.#socket?.send(text);
    return true;
  }

  /** Ends the connection, and with it all attempts. */
  close(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    this.#attempt = 0;
    this.#status.value = { state: "closed" };
    socket?.close(1000);
  }

  /** The device has been asleep or without a network: looks whether the connection still lives, or gets one. */
  check(): void {
    const { state } = this.#status.value;
    if (state === "reconnecting") this.connect();
    else if (state === "open" && this.#socket !== undefined) this.#ask(this.#socket);
  }

  #onMessage(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket) return;
    this.#listenForSilence(socket);
    if (this.#status.value.state !== "open") {
      this.#openedAt = Date.now();
      this.#status.value = { state: "open" };
    }
    if (typeof data === "string") this.#handlers.onText(data);
  }

  #onClose(socket: WebSocket, code: number): void {
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    clearTimeout(this.#timer);
    if (this.#status.value.state === "open" && Date.now() - this.#openedAt > STABLE_MS) this.#attempt = 0;
    this.#status.value = { state: "reconnecting", retryAt: Date.now() };
    this.#handlers.onBreak();
    if (code >= 4000) void this.#askWhetherToRetry(code);
    else this.#wait();
  }

  async #askWhetherToRetry(code: number): Promise<void> {
    const mayRetry = await this.#handlers.mayRetry(code).catch(() => true);
    if (this.#status.value.state !== "reconnecting" || this.#socket !== undefined) return;
    if (mayRetry) this.#wait();
    else this.close();
  }

  #wait(): void {
    const wait = backoffMs(this.#attempt++, this.#options.random);
    this.#status.value = { state: "reconnecting", retryAt: Date.now() + wait };
    this.#timer = setTimeout(() => this.connect(), wait);
  }

  #listenForSilence(socket: WebSocket): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(socket), SILENCE_MS);
  }

  #ask(socket: WebSocket): void {
    clearTimeout(this.#timer);
    socket.send(this.#options.heartbeat);
    this.#timer = setTimeout(() => this.#drop(socket), ANSWER_MS);
  }

  /** Gives up a socket that says nothing. Its own `close` may take minutes to come, so nobody waits for it. */
  #drop(socket: WebSocket): void {
    socket.close();
    this.#onClose(socket, 1006);
  }
}

function createBrowserSocket(url: string, protocol: string): WebSocket {
  return new WebSocket(url, protocol);
}
