// What rooms refuse and why, the same on both sides of the wire: a code for programs, a sentence for people.

/**
 * Codes of our own. Whoever wrote the application adds others: capital letters, digits and underscores, at most 64.
 *
 * What the peer sent: `MALFORMED` no message of the protocol · `TOO_LARGE` · `UNKNOWN_TYPE` of message · `UNKNOWN_NAME` of a room,
 * event or request that nobody declared · `INVALID` data.
 * What it may not: `JOIN_FORBIDDEN`, `RECOVER_FORBIDDEN`, `PUBLISH_FORBIDDEN`, `HISTORY_FORBIDDEN`, `PRESENCE_FORBIDDEN` ·
 * `SESSION_EXPIRED` · `PERSON_REQUIRED` for presence of nobody · `NOT_JOINED` · `KICKED` by the application.
 * What there is too much of: `TOO_MANY_ROOMS` · `OVERLOADED`, to be tried again · `QUEUE_FULL`, of the client's own.
 * What went wrong: `ENGINE_DOWN`, to be tried again · `TIMEOUT` · `DISCONNECTED` before an answer · `CLOSED` here · `INTERNAL`.
 */
export type RoomErrorCode =
  | "MALFORMED"
  | "TOO_LARGE"
  | "UNKNOWN_TYPE"
  | "UNKNOWN_NAME"
  | "INVALID"
  | "JOIN_FORBIDDEN"
  | "RECOVER_FORBIDDEN"
  | "PUBLISH_FORBIDDEN"
  | "HISTORY_FORBIDDEN"
  | "PRESENCE_FORBIDDEN"
  | "SESSION_EXPIRED"
  | "PERSON_REQUIRED"
  | "NOT_JOINED"
  | "KICKED"
  | "TOO_MANY_ROOMS"
  | "OVERLOADED"
  | "QUEUE_FULL"
  | "ENGINE_DOWN"
  | "TIMEOUT"
  | "DISCONNECTED"
  | "CLOSED"
  | "INTERNAL";

/**
 * Why something was not done. Thrown by a handler it is told to the peer, code and message; any other error is told as
 * `INTERNAL` and reported at home.
 */
export class RoomError extends Error {
  override readonly name = "RoomError";
  /** Stable; match on it rather than on the message. */
  readonly code: RoomErrorCode | (string & {});

  constructor(code: RoomErrorCode | (string & {}), message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Trying again later, with the same ids, is right. */
  get isTemporary(): boolean {
    return this.code === "ENGINE_DOWN" || this.code === "OVERLOADED";
  }
}
