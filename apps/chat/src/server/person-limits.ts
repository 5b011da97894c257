// How much one person may do on this node, over all tabs. Whoever is too fast is told when to go on, and nothing has failed: what rooms
// carry is refused as OVERLOADED, which the client sends again by itself.
import { TokenBucket } from "@ws/connection";
import { type MessageMiddleware, RoomError } from "@ws/rooms";
import { LIMITS } from "../shared/limits.ts";
import type { ChatDefinition, Limited } from "../shared/protocol.ts";
import { LimitsByKey, type Rate } from "./limits-by-key.ts";
import type { Session } from "./session.ts";

type Middleware = MessageMiddleware<ChatDefinition, Session>;
type Message = Parameters<Middleware>[0];
type What = Limited["what"];

/** Joining, history, presence, typing: far more than a page with all its rooms does after a break. */
const REQUESTS: Rate = { burst: 300, perSecond: 30 };
/** Files: two of the largest at once, and then as fast as an ordinary line. */
const FILES_AT_ONCE = 2;
const SECONDS_PER_DAY = 24 * 60 * 60;
const FILE_BYTES_PER_SECOND = 2 * 1024 * 1024;

export interface PersonLimitsOptions {
  readonly maxFileBytes: number;
  /** Of everybody together: what is kept must end somewhere, however many people somebody makes of themselves. */
  readonly maxFileBytesPerDay: number;
  /** Somebody was too fast. */
  readonly onLimited: (what: What) => void;
  readonly now?: (() => number) | undefined;
}

export class PersonLimits {
  readonly #rates: Readonly<Record<What, Rate>>;
  readonly #limits: LimitsByKey<What>;
  readonly #onLimited: (what: What) => void;
  /** Bytes of files that are still taken. */
  readonly #kept: TokenBucket;

  constructor({ maxFileBytes, maxFileBytesPerDay, onLimited, now }: PersonLimitsOptions) {
    this.#onLimited = onLimited;
    this.#kept = new TokenBucket(maxFileBytesPerDay, maxFileBytesPerDay / SECONDS_PER_DAY, now);
    this.#rates = {
      messages: { burst: LIMITS.messageBurst, perSecond: LIMITS.messagesPerSecond },
      files: { burst: FILES_AT_ONCE * maxFileBytes, perSecond: FILE_BYTES_PER_SECOND },
      rooms: { burst: LIMITS.roomBurst, perSecond: 1 / LIMITS.secondsPerRoom },
      requests: REQUESTS,
    };
    this.#limits = new LimitsByKey<What>(this.#rates, now);
  }

  /** What of a `publish` is refused is refused as a whole, so that its order is kept. */
  readonly middleware: Middleware = async (message, peer, next) => {
    const { what, count } = costOf(message);
    const most = this.#rates[what].burst;
    const retryAfterMs = this.#limits.take(peer.context.person.key, what, Math.min(count, most));
    if (retryAfterMs > 0) {
      this.#onLimited(what);
      peer.send("limited", { what, retryAfterMs });
      const code = message.type === "request" ? "RATE_LIMITED" : "OVERLOADED";
      throw new RoomError(code, `That was fast: try again in ${retryAfterMs} ms`);
    }
    // Waiting for it is no use: it would be hours.
    if (what === "files" && this.#kept.take(count) > 0) {
      throw new RoomError("FILES_FULL", "Cannot take the file: this server takes no more of them today");
    }
    await next();
  };

  /** Coming into a room that there was not is making one. @returns whether this person may, now; taken if so */
  mayMakeRoom(personKey: string): boolean {
    return this.#limits.take(personKey, "rooms") === 0;
  }
}

function costOf(message: Message): { readonly what: What; readonly count: number } {
  if (message.type === "request" && message.name === "createRoom") return { what: "rooms", count: 1 };
  if (message.type !== "publish") return { what: "requests", count: 1 };
  const { room, entries } = message;
  if (!room.startsWith("file/")) return { what: "messages", count: entries.length };
  return { what: "files", count: entries.reduce((sum, { data }) => sum + bytesOf(data), 0) };
}

/** Of a chunk that may be none: it has not been validated yet. */
function bytesOf(data: unknown): number {
  const { bytes } = (data ?? {}) as { readonly bytes?: unknown };
  return bytes instanceof Uint8Array ? bytes.length : 1;
}
