// The server's limits while it is under attack: short, so that a run sees each of them reached, and everything that is
// judged is judged by them.
import type { WebSocketServerOptions } from "@ws/server";

export type Limits = Required<
  Pick<
    WebSocketServerOptions,
    "pingIntervalMs" | "pongTimeoutMs" | "closeTimeoutMs" | "handshakeTimeoutMs" | "maxBufferedBytes"
  >
>;

/** A silence begins right after a look, is noticed at the next but one, and then the pong is waited for. */
export function keepAliveDeadlineMs({ pingIntervalMs, pongTimeoutMs }: Limits): number {
  return 2 * pingIntervalMs + pongTimeoutMs;
}
