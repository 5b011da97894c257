// Which of a client's connections is spoken over: the newest one that has opened, and whether its server has said welcome. What one
// that was replaced still says is not heard.
import { encode, type Frame } from "../wire/codec.ts";
import type { ClientMessage, WireServerLimits } from "../wire/messages.ts";
import { SERVER_LIMITS } from "../wire/wire-limits.ts";
import { type AnySocket, type Link, listenTo } from "./client-socket.ts";

/** What comes of it. */
export interface ConnectionListener {
  onMessage(frame: string | Uint8Array): void;
  /** It has ended, or another one has taken its place. */
  onDown(wasWelcome: boolean): void;
  /** There will be no other by itself. */
  onEnd(): void;
}

export class CurrentConnection {
  readonly #listener: ConnectionListener;
  readonly #welcomeTimeoutMs: number;
  /** What may still speak: the one that is open, and those that are to take its place. */
  readonly #sockets = new Set<AnySocket>();
  #link: Link | undefined;
  #limits: WireServerLimits | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(welcomeTimeoutMs: number, listener: ConnectionListener) {
    this.#welcomeTimeoutMs = welcomeTimeoutMs;
    this.#listener = listener;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The one that is open; after a break it is another. */
  get link(): Link | undefined {
    return this.#link;
  }

  /** What its server takes; nothing before it has said welcome. */
  get limits(): WireServerLimits | undefined {
    return this.#limits;
  }

  attach(socket: AnySocket): void {
    if (this.#isClosed) throw new Error("Cannot attach a connection: the client is closed");
    if (this.#sockets.has(socket)) return;
    this.#sockets.add(socket);
    let link: Link | undefined;
    listenTo(socket, {
      onOpen: (opened) => {
        link = opened;
        this.#onOpen(opened);
        this.#closeAllBut(socket);
      },
      onMessage: (frame) => {
        if (link !== undefined && this.#link === link) this.#listener.onMessage(frame);
      },
      onDown: () => {
        if (link !== undefined && this.#link === link) this.#onDown();
      },
      onEnd: () => {
        const wasWanted = this.#sockets.delete(socket);
        if (wasWanted && "reconnectNow" in socket) this.#listener.onEnd();
      },
    });
  }

  /** @returns false where it is of a connection that is gone already, whose messages come late */
  welcome(limits: WireServerLimits): boolean {
    if (this.#link === undefined || this.#limits !== undefined) return false;
    clearTimeout(this.#timer);
    this.#limits = limits;
    return true;
  }

  /** @throws TypeError or RangeError for what a server does not take: it would end the connection */
  encode(message: ClientMessage): Frame {
    return encode(message, { ...SERVER_LIMITS, maxMessageBytes: this.#limits?.messageBytes ?? 0 });
  }

  /** @throws as `encode` */
  send(message: ClientMessage): void {
    this.#link?.send(this.encode(message));
  }

  /** It is spoken over none any more. */
  end(): void {
    this.#isClosed = true;
    this.#forget();
  }

  /** Ends all of them. */
  close(): void {
    // One that waits for its next attempt, too: it would go on for ever.
    this.#closeAllBut(undefined);
  }

  #onOpen(link: Link): void {
    if (this.#isClosed) return link.close();
    // A new one in the place of one whose end was not told.
    if (this.#link !== undefined) this.#onDown();
    this.#link = link;
    this.#timer = setTimeout(() => link.drop(), this.#welcomeTimeoutMs);
  }

  #onDown(): void {
    const wasWelcome = this.#limits !== undefined;
    this.#forget();
    this.#listener.onDown(wasWelcome);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#link = undefined;
    this.#limits = undefined;
  }

  #closeAllBut(kept: AnySocket | undefined): void {
    for (const socket of [...this.#sockets]) {
      if (socket === kept) continue;
      this.#sockets.delete(socket);
      void socket.close();
    }
  }
}
