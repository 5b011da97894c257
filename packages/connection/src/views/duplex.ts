// A connection as a stream of Node's. Keeps nothing itself: what waits to be read waits in the connection, whose limits
// hold, and what waits to be written is Node's affair until the transport has taken what was written before.
import { Duplex } from "node:stream";
import { CloseCode } from "@ws/frame";
import type { CloseResult } from "../close-result.ts";
import type { Connection } from "../connection.ts";
import type { Message } from "../message-assembly.ts";
import { closeBecause, endedWith } from "./websocket-error.ts";

/** Options of {@link toDuplex}. */
export interface DuplexViewOptions {
  /**
   * Whether a chunk is a message, with its type: a string is text, bytes are binary. Otherwise the stream is one of
   * bytes: what is written goes as binary messages, what is read has lost where they ended and what they were.
   * Default: `false`.
   */
  readonly objectMode?: boolean;
}

/**
 * The connection as a Node stream, for `pipeline` and whatever else works on streams. Each write is a message.
 *
 * Not reading is the backpressure of one direction; in the other a write is done when its bytes reached the transport.
 * `end` closes the connection with 1000, behind all that was written, and finishes when the connection has ended: a
 * WebSocket knows no end of one direction, so who wants an answer has to wait for it before;
 * `destroy` closes it with 1011 for an error and 1001 without one. When the peer closes with 1000, 1001 or no code the
 * readable side ends; anything else destroys the stream with a {@link WebSocketError}, behind all that arrived.
 *
 * @throws Error while a `message` listener takes the messages, or once they are taken as streams
 *
 * @example
 * ```ts
 * await pipeline(createReadStream("film.mkv"), toDuplex(connection));
 * ```
 */
export function toDuplex(connection: Connection, options: DuplexViewOptions = {}): Duplex {
  return new ConnectionDuplex(connection, options.objectMode === true);
}

type Callback = (error?: Error | null) => void;

class ConnectionDuplex extends Duplex {
  readonly #connection: Connection;
  readonly #messages: AsyncIterableIterator<Message>;
  #isReading = false;
  /** Of what was looked at before anybody asked. */
  #ahead: Promise<IteratorResult<Message>> | undefined;

  constructor(connection: Connection, objectMode: boolean) {
    super({
      objectMode,
      // Read one by one, so that none is lost here when an error comes behind them.
      readableHighWaterMark: 0,
      // A WebSocket cannot be closed in one direction only.
      allowHalfOpen: false,
    });
    this.#connection = connection;
    this.#messages = connection[Symbol.asyncIterator]();
    void connection.closed.then((result) => (isGood(result) ? undefined : this.#failIfUnread()));
  }

  override _read(): void {
    void this.#pull();
  }

  override _write(chunk: Message, _encoding: string, callback: Callback): void {
    void this.#send([chunk], callback);
  }

  override _writev(chunks: { chunk: Message }[], callback: Callback): void {
    void this.#send(
      chunks.map(({ chunk }) => chunk),
      callback,
    );
  }

  override _final(callback: Callback): void {
    void this.#finish(callback);
  }

  override _destroy(error: Error | null, callback: Callback): void {
    void this.#messages.return?.();
    if (error) closeBecause(this.#connection, error, CloseCode.internalError);
    else void this.#connection.close(CloseCode.goingAway);
    callback(error);
  }

  async #pull(): Promise<void> {
    this.#isReading = true;
    const { done, value } = await (this.#ahead ?? this.#messages.next());
    this.#isReading = false;
    this.#ahead = undefined;
    // To a stream of bytes an empty chunk is none, and it would not ask again.
    if (done !== true && value.length === 0 && !this.readableObjectMode) return this.#pull();
    if (done !== true) return void this.push(value);
    const result = await this.#connection.closed;
    if (isGood(result)) this.push(null);
    else this.destroy(endedWith(result));
  }

  /** Tells of a bad end where nobody reads: unless there is something to read, with the end behind it. */
  async #failIfUnread(): Promise<void> {
    if (this.#isReading || this.readableLength > 0) return;
    this.#ahead = this.#messages.next();
    if ((await this.#ahead).done === true) void this.#pull();
  }

  async #finish(callback: Callback): Promise<void> {
    const result = await this.#connection.close(CloseCode.normal);
    callback(isGood(result) ? null : endedWith(result));
  }

  async #send(messages: readonly Message[], callback: Callback): Promise<void> {
    let failure: Error | null = null;
    try {
      await this.#sendAll(messages);
    } catch (error) {
      failure = error as Error;
    }
    callback(failure);
  }

  /** All at once, but no more than the connection should be given before the transport has taken some. */
  async #sendAll(messages: readonly Message[]): Promise<void> {
    const connection = this.#connection;
    let underWay: Promise<void>[] = [];
    for (const message of messages) {
      underWay.push(connection.sendAsync(message));
      if (connection.bufferedAmount <= connection.limits.highWaterMarkBytes) continue;
      await Promise.all(underWay);
      underWay = [];
    }
    await Promise.all(underWay);
  }
}

const GOOD_CODES: readonly number[] = [CloseCode.normal, CloseCode.goingAway, CloseCode.noStatus];

function isGood({ code, wasClean }: CloseResult): boolean {
  return wasClean && GOOD_CODES.includes(code);
}
