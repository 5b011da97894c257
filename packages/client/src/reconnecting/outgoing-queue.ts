// What a reconnecting client sends: the messages that wait for a link, bounded, and those that a link has been given and
// not confirmed. Owns the fate of each message, and tells it once.
import type { MessageLike } from "@ws/connection";
import type { ClientConnection } from "../client-connection.ts";

/** What became of a message in the end. */
export type FinalFate =
  /** Its bytes reached the transport of a link. That the server got them only the server can say. */
  | "delivered"
  /** It will not be sent (again): the queue was full, the link broke first, or the client was closed. */
  | "dropped";

/** What `send` resolves with, as soon as anything is known. */
export interface SendReceipt {
  /** `"queued"` when the message waits for a link, or for one that is backed up. */
  readonly status: FinalFate | "queued";
  /** What becomes of it in the end; has been resolved unless it is queued, and never rejects. */
  readonly settled: Promise<FinalFate>;
}

interface Entry {
  readonly data: MessageLike;
  readonly bytes: number;
  readonly settled: Promise<FinalFate>;
  readonly tell: (fate: FinalFate) => void;
  readonly report: (receipt: SendReceipt) => void;
}

/** The bounds of an {@link OutgoingQueue}. */
export interface QueueLimits {
  readonly maxQueuedBytes: number;
  readonly maxQueuedMessages: number;
  readonly whenInterrupted: "drop" | "requeue";
}

export class OutgoingQueue {
  readonly #limits: QueueLimits;
  #waiting: Entry[] = [];
  #waitingBytes = 0;
  /** Given to the link and not confirmed, in order. */
  readonly #given = new Set<Entry>();
  #link: ClientConnection | undefined;
  #isBackedUp = false;
  #isClosed = false;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get queuedBytes(): number {
    return this.#waitingBytes;
  }

  get queuedMessages(): number {
    return this.#waiting.length;
  }

  /** @throws TypeError for data that is neither a string nor bytes. */
  send(message: MessageLike): Promise<SendReceipt> {
    assertMessage(message);
    // What waits here, or in the link, must not change while it does.
    const data = snapshot(message);
    return new Promise((report) => {
      let tell!: (fate: FinalFate) => void;
      const settled = new Promise<FinalFate>((resolve) => (tell = resolve));
      const entry: Entry = { data, bytes: byteLength(data), settled, tell, report };
      if (this.#isClosed) drop(entry);
      else if (this.#mayGive()) this.#give(entry);
      else this.#enqueue(entry);
    });
  }

  /** A link has opened: what waits goes first. */
  attach(link: ClientConnection): void {
    this.#link = link;
    this.#isBackedUp = false;
    link.on("drain", () => {
      if (this.#link !== link) return;
      this.#isBackedUp = false;
      this.#pump();
    });
    this.#pump();
  }

  /** The link has ended: what it was given and did not confirm is dropped, or waits again before everything else. */
  detach(): void {
    this.#link = undefined;
    const unconfirmed = [...this.#given];
    this.#given.clear();
    if (this.#limits.whenInterrupted === "drop" || this.#isClosed) return unconfirmed.forEach(drop);
    const rest = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const entry of [...unconfirmed, ...rest]) this.#enqueue(entry);
  }

  /** Drops what waits; what a link has been given may still be delivered. */
  close(): void {
    this.#isClosed = true;
    this.#waitingBytes = 0;
    this.#waiting.splice(0).forEach(drop);
  }

  #mayGive(): boolean {
    return this.#link?.state === "open" && !this.#isBackedUp;
  }

  #enqueue(entry: Entry): void {
    const { maxQueuedBytes, maxQueuedMessages } = this.#limits;
    const isFull =
      this.#waiting.length >= maxQueuedMessages || this.#waitingBytes + entry.bytes > maxQueuedBytes;
    if (isFull) return drop(entry);
    this.#waiting.push(entry);
    this.#waitingBytes += entry.bytes;
    entry.report({ status: "queued", settled: entry.settled });
  }

  #pump(): void {
    while (this.#mayGive()) {
      const entry = this.#waiting.shift();
      if (entry === undefined) return;
      this.#waitingBytes -= entry.bytes;
      this.#give(entry);
    }
  }

  #give(entry: Entry): void {
    const link = this.#link!;
    this.#given.add(entry);
    const hasRoom = link.send(entry.data, (error) => {
      // A link that is ending says so of all it was given: what becomes of that is decided at its end, in order.
      if (error && link.state !== "open") return;
      this.#given.delete(entry);
      if (error) drop(entry);
      else settle(entry, "delivered");
    });
    if (!hasRoom) this.#isBackedUp = true;
  }
}

function drop(entry: Entry): void {
  settle(entry, "dropped");
}

function settle({ tell, report, settled }: Entry, fate: FinalFate): void {
  tell(fate);
  // Whoever has been told that it is queued is not told again.
  report({ status: fate, settled });
}

function assertMessage(data: unknown): void {
  if (typeof data === "string" || data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return;
  throw new TypeError(
    `Cannot send data of type ${data === null ? "null" : typeof data}: it must be a string, an ArrayBuffer or a view of one`,
  );
}

function byteLength(data: MessageLike): number {
  return typeof data === "string" ? new TextEncoder().encode(data).length : data.byteLength;
}

function snapshot(data: MessageLike): MessageLike {
  if (typeof data === "string") return data;
  if (!ArrayBuffer.isView(data)) return data.slice(0);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
}
