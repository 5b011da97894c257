// Where the generator connects to, and what it speaks there.

export interface Target {
  readonly port: number;
  readonly wire: "websocket" | "engine.io" | "socket.io" | "raw";
  readonly tls: boolean;
  readonly http2: boolean;
  /** `Sec-WebSocket-Extensions` to offer, `""` for none. */
  readonly extensions: string;
}

/** What becomes of a connection: a driver hears of it at once, and without a copy. */
export interface Listener {
  /** The bytes belong to whoever reads them until this returns, not longer. */
  onBytes(chunk: Buffer): void;
  onEnd(error?: Error): void;
}

export interface Channel {
  write(bytes: Uint8Array): void;
  destroy(): void;
}
