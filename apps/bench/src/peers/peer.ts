// What a peer's program does: each is a module of this folder that exports `serve`, `connect`, or both.
import type { Load } from "../loads/load.ts";

/** What a server is told: the load, and a certificate where that is over TLS. */
export interface Service {
  readonly load: Load;
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface PeerModule {
  /** Starts a server on loopback; its port. */
  serve?(this: void, service: Service): Promise<number>;
  /** Opens a connection to a server; messages are bytes. */
  connect?(this: void, url: string, onMessage: OnMessage): Promise<Send>;
}

export type OnMessage = (message: Uint8Array, send: Send) => void;
export type Send = (message: Uint8Array) => void;

/** What a message is answered with where it is counted only. */
export const ACKNOWLEDGEMENT: Buffer = Buffer.of(1);
