// A handshake over HTTP/1.1: a socket of its own, whose first bytes were a request (RFC 6455 §4).
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type Accepted, encodeResponse, type RequestHead } from "@ws/handshake";
import { ignore } from "./ignore.ts";
import type { IncomingHandshake } from "./incoming-handshake.ts";
import type { Refusal } from "./refusal.ts";
import { refuse } from "./refuse.ts";
import type { Peer } from "./remote-address.ts";

export class UpgradeHandshake implements IncomingHandshake {
  readonly head: RequestHead;
  readonly request: IncomingMessage;
  readonly peer: Peer;
  readonly startedAt: number;
  readonly session = undefined;
  readonly duplex: Duplex;
  readonly rest: Uint8Array;
  readonly #onRelease: ((socket: Duplex) => void) | undefined;

  /**
   * @param socket is ours from now on; `ignore` listens for its errors
   * @param onRelease told when a connection has it
   */
  constructor(
    head: RequestHead,
    request: IncomingMessage,
    socket: Duplex,
    rest: Uint8Array,
    startedAt: number,
    onRelease?: (socket: Duplex) => void,
  ) {
    this.head = head;
    this.request = request;
    this.duplex = socket;
    this.rest = rest;
    this.startedAt = startedAt;
    this.#onRelease = onRelease;
    this.peer = socket as Duplex & Peer;
  }

  /** One that an http server has read, which does not listen to the socket from here on. */
  static from(
    head: RequestHead,
    request: IncomingMessage,
    socket: Duplex,
    rest: Uint8Array,
  ): UpgradeHandshake {
    // A peer that resets must not crash the process.
    socket.on("error", ignore);
    return new UpgradeHandshake(head, request, socket, rest, performance.now());
  }

  get isOver(): boolean {
    return this.duplex.destroyed;
  }

  refuse(refusal: Refusal): void {
    refuse(this.duplex, refusal);
  }

  open(accepted: Accepted<unknown>): void {
    const socket = this.duplex as Duplex & Partial<Socket>;
    socket.setTimeout?.(0);
    socket.setNoDelay?.(true);
    socket.write(encodeResponse(accepted));
  }

  release(): void {
    this.duplex.off("error", ignore);
    this.#onRelease?.(this.duplex);
  }
}
