// How every handshake ended: counted, and published on node:diagnostics_channel, which is free where nobody listens.
import { type Channel, channel } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import type { Connection } from "@ws/connection";
import type { Refusal, RefusalCode } from "./refusal.ts";
import type { ClientAddress } from "./remote-address.ts";
import type { ServerStats } from "./server-stats.ts";

/** What a handshake was answered with; a refusal has besides what belongs to its body and ends its connection. */
export interface HandshakeResponse {
  readonly status: number;
  /** Names and values, in order, as they were sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Published on `ws:handshake:accepted`. */
export interface HandshakeAccepted {
  readonly role: "server";
  readonly request: IncomingMessage;
  readonly response: HandshakeResponse;
  readonly remoteAddress: string | undefined;
  readonly connection: Connection;
}

/** Published on `ws:handshake:rejected`. */
export interface HandshakeRejected {
  readonly role: "server";
  /** Undefined where the request was not whole, or none. */
  readonly request: IncomingMessage | undefined;
  readonly response: HandshakeResponse;
  readonly remoteAddress: string | undefined;
  readonly status: number;
  readonly code: RefusalCode;
  /** What a function among the options threw, where the code is `"SERVER_ERROR"`. */
  readonly error?: unknown;
}

const acceptedChannel: Channel = channel("ws:handshake:accepted");
const rejectedChannel: Channel = channel("ws:handshake:rejected");

export class HandshakeJournal {
  #accepted = 0;
  #rejected = 0;
  #abandoned = 0;
  readonly #byStatus = new Map<number, number>();
  readonly #byCode = new Map<RefusalCode, number>();

  accepted(
    request: IncomingMessage,
    { status, headers }: HandshakeResponse,
    address: ClientAddress,
    connection: Connection,
  ): void {
    this.#accepted++;
    if (!acceptedChannel.hasSubscribers) return;
    const message: HandshakeAccepted = {
      role: "server",
      request,
      response: { status, headers },
      remoteAddress: address(),
      connection,
    };
    acceptedChannel.publish(message);
  }

  /** @param error what a function among the options threw, where one did */
  rejected(
    { status, code, headers }: Refusal,
    request: IncomingMessage | undefined,
    address: ClientAddress,
    error?: unknown,
  ): void {
    this.#rejected++;
    this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + 1);
    this.#byCode.set(code, (this.#byCode.get(code) ?? 0) + 1);
    if (!rejectedChannel.hasSubscribers) return;
    const message: HandshakeRejected = {
      role: "server",
      request,
      response: { status, headers },
      remoteAddress: address(),
      status,
      code,
    };
    rejectedChannel.publish(error === undefined ? message : { ...message, error });
  }

  /** The client went away before it was answered. */
  abandoned(): void {
    this.#abandoned++;
  }

  snapshot(): Omit<ServerStats, "connections" | "pendingHandshakes" | "traffic"> {
    return {
      acceptedHandshakes: this.#accepted,
      rejectedHandshakes: this.#rejected,
      rejectedByStatus: Object.fromEntries(this.#byStatus),
      rejectedByCode: Object.fromEntries(this.#byCode),
      abandonedHandshakes: this.#abandoned,
    };
  }
}
