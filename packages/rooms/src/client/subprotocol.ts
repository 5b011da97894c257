// What is said of rooms where a connection is made, before any client speaks over it.

/** The subprotocol to offer where the connection is made. */
export const SUBPROTOCOL = "rooms.v1";

/**
 * For the `heartbeat` of a `ReconnectingConnection` in browsers, which cannot ping: the server answers as soon as it reads it.
 *
 * @example
 * ```ts
 * const socket = new ReconnectingConnection({ connect, url, options: { protocols: [SUBPROTOCOL] }, heartbeat: HEARTBEAT });
 * ```
 */
export const HEARTBEAT: {
  readonly message: string;
  readonly isReply: (message: string | Uint8Array) => boolean;
} = {
  message: '{"type":"ping"}',
  isReply: (message) => message === '{"type":"pong"}',
};
