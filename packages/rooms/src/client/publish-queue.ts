// What a client publishes in one room: in order, one batch at a time, so that a batch can be tried again without anything
// overtaking it; the ids of the messages make a second time harmless. Owns the fate of each message, and tells it once.
import { MAX_TIMER_MS } from "../number-option.ts";
import type { Measure } from "../wire/codec.ts";
import { SERVER_LIMITS } from "../wire/wire-limits.ts";
import type { ServerMessage, WireDraft, WireResult } from "../wire/messages.ts";
import { RoomError } from "../room-error.ts";
import type { Position } from "../room-log.ts";
import type { Asker } from "./asker.ts";
import { RetryTimer } from "./retry-timer.ts";

/** How a published message stands. */
export type PublicationState =
  /** It waits for a connection, or for those before it. */
  | "queued"
  /** The server has been asked, and has not answered. */
  | "sent"
  /** The connection broke, or the engine was down: it is sent again, and is published once all the same. */
  | "retrying"
  | "delivered"
  | "failed";

/** What became of a published message. */
export type PublishResult =
  /** It is remembered there; everybody in the room gets it, or is told of a gap. */
  | { readonly status: "delivered"; readonly position: Position; readonly isDuplicate: boolean }
  /** It is not published; or nobody knows, where the code is `TIMEOUT` or `CLOSED` and it had been sent. */
  | { readonly status: "failed"; readonly error: RoomError; readonly wasSent: boolean };

/** A message on its way. */
export interface Publication {
  /** As members are told it: 32 hexadecimal digits unless one was given. */
  readonly id: string;
  /** Where it is now. */
  readonly state: PublicationState;
  /** Never rejects. */
  readonly result: Promise<PublishResult>;
}

export interface Outgoing extends WireDraft {
  readonly size: Measure;
  state: PublicationState;
  /** When it was sent for the first time. */
  sentAt: number | undefined;
  readonly settle: (result: PublishResult) => void;
  readonly onState: ((state: PublicationState) => void) | undefined;
}

export interface PublishQueueOptions {
  readonly room: string;
  readonly asker: Asker;
  readonly answerTimeoutMs: number;
  readonly retryWindowMs: number;
  /** What the server takes; nothing while there is no connection. */
  readonly limits: () => { readonly batch: number; readonly messageBytes: number } | undefined;
  /** So much less waits. */
  readonly onSettled: (bytes: number) => void;
}

/** What is around the messages of a batch: bytes and values, more of them than there are. */
const OVERHEAD_BYTES = 1024;
const OVERHEAD_VALUES = 16;
/** The path of a binary value is longer in a batch than where the message was measured by itself: `"entries",999,` */
const OVERHEAD_BYTES_OF_BLOB = 16;
const OVERHEAD_VALUES_OF_BLOB = 2;

export class PublishQueue {
  readonly #options: PublishQueueOptions;
  readonly #queue: Outgoing[] = [];
  readonly #retry: RetryTimer = new RetryTimer(() => this.pump());
  #isAsking = false;
  /** Something was refused: the server is told that we know, and begin again with it. */
  #isRetry = false;
  #expiry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PublishQueueOptions) {
    this.#options = options;
  }

  push(outgoing: Outgoing): void {
    this.#queue.push(outgoing);
    this.pump();
  }

  /** There is a connection, or the engine is up again. */
  wake(): void {
    this.#retry.reset();
    this.pump();
  }

  /** Sends what waits, if it can. */
  pump(): void {
    const limits = this.#options.limits();
    if (this.#isAsking || this.#retry.isWaiting || limits === undefined) return;
    this.#dropOld();
    const batch = this.#next(limits);
    if (batch.length === 0) return;
    this.#isAsking = true;
    const { asker, room, answerTimeoutMs } = this.#options;
    const entries = batch.map(({ id, event, data }) => ({ id, event, data }));
    asker.ask({
      build: (id) => {
        for (const outgoing of batch) {
          outgoing.sentAt ??= Date.now();
          change(outgoing, "sent");
        }
        return { type: "publish", id, room, entries, retry: this.#isRetry ? true : undefined };
      },
      timeoutMs: answerTimeoutMs,
      mayWait: false,
      isOwn: true,
      onAnswer: (answer) => this.#onAnswer(batch, answer),
      onError: (error) => this.#onError(batch, error),
    });
  }

  /** Nothing will be sent any more. */
  close(error: RoomError): void {
    this.#retry.stop();
    clearTimeout(this.#expiry);
    for (const outgoing of [...this.#queue]) this.#fail(outgoing, error);
  }

  #next({ batch, messageBytes }: { readonly batch: number; readonly messageBytes: number }): Outgoing[] {
    const chosen: Outgoing[] = [];
    let bytes = OVERHEAD_BYTES;
    let values = OVERHEAD_VALUES;
    let blobs = 0;
    for (const outgoing of this.#queue) {
      const { size } = outgoing;
      bytes += size.bytes + OVERHEAD_BYTES_OF_BLOB * size.blobs;
      values += size.values + OVERHEAD_VALUES_OF_BLOB * size.blobs;
      blobs += size.blobs;
      const isFull =
        chosen.length >= batch ||
        bytes > messageBytes ||
        values > SERVER_LIMITS.maxValues ||
        blobs > SERVER_LIMITS.maxBlobs;
      // One that is too large by itself is sent by itself: the server says so.
      if (chosen.length > 0 && isFull) break;
      chosen.push(outgoing);
    }
    return chosen;
  }

  #onAnswer(batch: readonly Outgoing[], answer: ServerMessage): void {
    this.#isAsking = false;
    this.#isRetry = false;
    this.#retry.reset();
    if (answer.type !== "published" || answer.results.length !== batch.length) {
      for (const outgoing of batch) this.#fail(outgoing, nonsense());
    } else {
      for (const [i, outgoing] of batch.entries()) this.#settle(outgoing, answer.results[i]!, answer.epoch);
    }
    this.pump();
  }

  #settle(outgoing: Outgoing, result: WireResult, epoch: string | undefined): void {
    if ("code" in result) return this.#fail(outgoing, new RoomError(result.code, result.message));
    if (epoch === undefined) return this.#fail(outgoing, nonsense());
    const position = { epoch, seq: result.seq };
    this.#take(outgoing, "delivered");
    outgoing.settle({ status: "delivered", position, isDuplicate: result.duplicate === true });
  }

  #onError(batch: readonly Outgoing[], error: Error): void {
    this.#isAsking = false;
    const code = error instanceof RoomError ? error.code : undefined;
    const isBroken = code === "DISCONNECTED";
    if (isBroken || code === "TIMEOUT" || (error instanceof RoomError && error.isTemporary)) {
      for (const outgoing of batch) if (outgoing.sentAt !== undefined) change(outgoing, "retrying");
      this.#isRetry = true;
      this.#dropInTime();
      // A new connection wakes us.
      if (!isBroken) this.#retry.wait();
      return;
    }
    const reason =
      error instanceof RoomError ? error : new RoomError("INVALID", error.message, { cause: error });
    for (const outgoing of batch) this.#fail(outgoing, reason);
    this.pump();
  }

  /** The engine remembers ids for a while only: after it a second time would be a second message. */
  #dropOld(): void {
    const { retryWindowMs } = this.#options;
    const now = Date.now();
    for (const outgoing of [...this.#queue]) {
      if (outgoing.sentAt === undefined || now - outgoing.sentAt <= retryWindowMs) continue;
      this.#fail(
        outgoing,
        new RoomError("TIMEOUT", `Cannot publish: not acknowledged within ${retryWindowMs} ms`),
      );
    }
  }

  /** Also where there is no connection for as long: whoever waits for the result is told that nobody knows. */
  #dropInTime(): void {
    const oldest = Math.min(...this.#queue.map(({ sentAt }) => sentAt ?? Infinity));
    clearTimeout(this.#expiry);
    if (oldest === Infinity) return;
    const waitMs = Math.max(oldest + this.#options.retryWindowMs - Date.now(), 0) + 1;
    this.#expiry = setTimeout(
      () => {
        // Whoever is asked answers, or does not in time: either comes here again.
        if (this.#isAsking) return;
        this.#dropOld();
        this.#dropInTime();
      },
      Math.min(waitMs, MAX_TIMER_MS),
    );
  }

  #fail(outgoing: Outgoing, error: RoomError): void {
    const wasSent = outgoing.sentAt !== undefined;
    this.#take(outgoing, "failed");
    outgoing.settle({ status: "failed", error, wasSent });
  }

  #take(outgoing: Outgoing, state: PublicationState): void {
    const place = this.#queue.indexOf(outgoing);
    if (place === -1) return;
    this.#queue.splice(place, 1);
    this.#options.onSettled(outgoing.size.bytes);
    change(outgoing, state);
  }
}

function change(outgoing: Outgoing, state: PublicationState): void {
  if (outgoing.state === state) return;
  outgoing.state = state;
  outgoing.onState?.(state);
}

function nonsense(): RoomError {
  return new RoomError(
    "MALFORMED",
    "Cannot tell whether it was published: the server's answer makes no sense",
  );
}
