// A WebSocket over any Node Duplex, as an application sees it. Knows nothing of HTTP, listening or dialling: it begins
// where the opening handshake has ended. What happens behind it is session.ts.
import { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import { CloseCode, Opcode } from "@ws/frame";
import type { StreamSource } from "./chunk-source.ts";
import type { CloseResult } from "./close-result.ts";
import type { ConnectionEvents } from "./connection-events.ts";
import type { ConnectionInit, FragmentOptions, SendOptions } from "./connection-init.ts";
import type { ConnectionOptions, ResolvedConnectionOptions } from "./connection-options.ts";
import type { ConnectionStats } from "./connection-stats.ts";
import type { Message } from "./message-assembly.ts";
import { toMessage, type MessageLike } from "./message-like.ts";
import type { MessageStream } from "./message-stream.ts";
import type { SentCallback } from "./sent-callback.ts";
import type { StreamOptions } from "./outgoing-stream.ts";
import { namesInUse, useEventSlots } from "./event-slots.ts";
import { PreparedMessage } from "./prepared-message.ts";
import { Session } from "./session.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- as EventEmitter has it
type Listener = (...args: any[]) => void;

/** What of an EventEmitter a connection does otherwise. */
interface Overridden {
  on(name: string | symbol, listener: Listener): unknown;
  addListener(name: string | symbol, listener: Listener): unknown;
  prependListener(name: string | symbol, listener: Listener): unknown;
  eventNames(): (string | symbol)[];
}

/**
 * One WebSocket connection.
 *
 * Messages are consumed either by a `message` listener or by `for await`; as long as there is neither, up to 16 of
 * them wait and then the transport is not read any further, so nothing is lost and nothing piles up.
 *
 * @example
 * ```ts
 * connection.on("message", (data) => connection.send(data));
 * const { code, wasClean } = await connection.closed;
 * ```
 */
export class Connection extends EventEmitter<ConnectionEvents> implements AsyncDisposable {
  /** The subprotocol that was agreed in the opening handshake; `""` for none. */
  readonly protocol: string;
  /** The extensions that were agreed, as the header said it; `""` for none. */
  readonly extensions: string;

  readonly #session: Session;

  /**
   * @param duplex carries the bytes; the connection is its only reader and writer from now on. What is written to it may
   * share its memory with what is written to others, and must be neither changed nor transferred to another thread
   * @throws RangeError or TypeError for an option that makes no sense
   */
  constructor(duplex: Duplex, init: ConnectionInit) {
    super();
    useEventSlots(this);
    this.protocol = init.protocol ?? "";
    this.extensions = init.extensions ?? "";
    this.#session = new Session(this, duplex, init);
    this.#session.start(init.head);
  }

  /** `"open"`, `"closing"` from the first close frame of either side, `"closed"` when the transport has ended. */
  get state(): "open" | "closing" | "closed" {
    return this.#session.state;
  }

  /**
   * The stream that carries the connection: a socket, or a stream of HTTP/2. To look at, for its addresses or its
   * certificate; whoever reads it, writes to it or destroys it breaks the connection.
   */
  get transport(): Duplex {
    return this.#session.duplex;
  }

  /** Bytes that were sent and have not reached the transport. */
  get bufferedAmount(): number {
    return this.#session.bufferedBytes;
  }

  /** The limits and deadlines in force. */
  get limits(): ResolvedConnectionOptions {
    return this.#session.limits;
  }

  /**
   * Changes limits and deadlines, those that are given; they hold from now on.
   *
   * @throws RangeError or TypeError for one that makes no sense; nothing is changed then
   */
  setLimits(limits: ConnectionOptions): void {
    this.#session.setLimits(limits);
  }

  /** What has passed through so far. */
  getStats(): ConnectionStats {
    return this.#session.stats;
  }

  /** Resolves when the connection has ended, and never rejects. */
  get closed(): Promise<CloseResult> {
    return this.#session.closed;
  }

  /**
   * Sends a message: a string as text, bytes as binary. Bytes are not copied where that can be avoided, so they must
   * not change before they have left.
   *
   * @param options or only its `callback`
   * @returns whether more may be sent at once; after `false` a `drain` follows, or the close
   * @throws TypeError for data of any other type
   */
  send(data: MessageLike | PreparedMessage, options?: SendOptions | SentCallback): boolean {
    // Not by one object of both forms: most sends have neither, and need none.
    const callback = typeof options === "function" ? options : options?.callback;
    const compress = typeof options === "function" ? undefined : options?.compress;
    const message = data instanceof PreparedMessage ? data : toMessage(data);
    return this.#session.sender.send(message, compress, callback);
  }

  /** A message for many connections, encoded once by the first that sends it: `send` takes it like any other. */
  prepare(data: MessageLike): PreparedMessage {
    return new PreparedMessage(data);
  }

  /**
   * Sends a message and resolves when its bytes reached the transport; rejects where they never will. Where
   * `whenBufferFull` is `"wait"`, the message is not taken before there is room for it.
   */
  sendAsync(data: MessageLike | PreparedMessage, options?: Omit<SendOptions, "callback">): Promise<void> {
    return new Promise((resolve, reject) => {
      const message = data instanceof PreparedMessage ? data : toMessage(data);
      this.#session.sender.whenRoom(() => {
        this.#session.sender.send(message, options?.compress, (error) => (error ? reject(error) : resolve()));
      });
    });
  }

  /**
   * Sends one message while it comes into being: each chunk leaves as a fragment (RFC 6455 §5.4), no faster than the
   * peer reads, so a message of any size takes constant memory. Messages sent meanwhile wait behind it. A chunk of bytes
   * must not change once it was handed out.
   *
   * When the source throws, or `signal` aborts, a message of which something has left cannot be taken back: the
   * connection closes with 1011. `close` gives it up as well: wait for the promise first.
   *
   * @param source an async iterable, such as a `ReadableStream` or a file's stream, or an iterable
   * @returns resolves when all of it reached the transport
   * @throws what the source threw, the signal's reason, or a ConnectionError; TypeError for what are no chunks
   */
  sendStream(source: StreamSource, options: StreamOptions = {}): Promise<void> {
    return this.#session.sender.sendStream(source, options);
  }

  /**
   * Sends the next piece of a message, as a fragment, at once (RFC 6455 §5.4): for whoever has the pieces and decides
   * himself what waits; {@link Connection.sendStream} is for sources. Nothing but pieces of it may be sent until the last.
   *
   * @param data text or binary as the first piece is; text as {@link TextBytes} may be cut anywhere
   * @returns whether more may be sent at once, as `send` does
   * @throws TypeError for data of any other type
   */
  sendFragment(data: MessageLike, { isLast, compress, callback }: FragmentOptions): boolean {
    return this.#session.sender.sendFragment(toMessage(data), isLast, compress, callback);
  }

  /**
   * Sends a ping (RFC 6455 §5.5.2).
   *
   * @param callback called when its bytes reached the transport, or with the error that kept them from it
   * @throws RangeError for more than 125 bytes; TypeError for data that is neither a string nor bytes
   */
  ping(data: MessageLike = "", callback?: SentCallback): void {
    this.#session.sendControl(Opcode.ping, toMessage(data), callback);
  }

  /** Sends a pong nobody asked for (RFC 6455 §5.5.3): a heartbeat without an answer. Throws as `ping` does. */
  pong(data: MessageLike = "", callback?: SentCallback): void {
    this.#session.sendControl(Opcode.pong, toMessage(data), callback);
  }

  /**
   * Begins the closing handshake, once, behind all that was sent before; messages that the peer sends before it answers
   * are still delivered.
   *
   * @param code 1000–1003, 1007–1014 or 3000–4999; or 1005, which sends a close frame without a code
   * @param reason up to 123 bytes of UTF-8; none with 1005
   * @returns how the connection ended; it does not reject
   * @throws RangeError or TypeError for a code or reason that must not be sent (RFC 6455 §7.4)
   */
  close(code: number = CloseCode.normal, reason?: string): Promise<CloseResult> {
    // RFC 6455 §7.4.1: "1005 is a reserved value and MUST NOT be set as a status code in a Close control frame by an endpoint."
    return this.#session.close(code === CloseCode.noStatus ? undefined : code, reason);
  }

  /**
   * Hands over to the transport now what was sent in this tick, and not at its end. It costs a write of its own, and is
   * for what has to leave before something else happens: before `terminate`, or before the process is busy for long.
   */
  flush(): void {
    this.#session.flush();
  }

  /** Destroys the transport at once, without a word to the peer: what was sent in this tick does not leave any more. */
  terminate(): void {
    this.#session.terminate();
  }

  /** Stops the delivery of messages. A few are still read, then the transport is left alone. */
  pause(): void {
    this.#session.receiver.pause();
  }

  /** Goes on with the delivery of messages. */
  resume(): void {
    this.#session.receiver.resume();
  }

  /**
   * The messages, pulled one by one; ends when the connection has ended. Leaving the loop leaves the connection open.
   *
   * @throws Error while a `message` listener takes the messages, or once they are taken as streams
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message> {
    this.#assertUnheard("iterate over the messages");
    this.#assertWhole("iterate over the messages");
    return this.#session.receiver.messages();
  }

  /**
   * The messages as streams of chunks, of any size and in constant memory: `maxMessageBytes` does not apply, and a
   * message is read from the transport no faster than it is taken. Asking for the next message drops one that was not
   * read. From the first call on messages are streams for good; leaving the loop leaves the connection open.
   *
   * @throws Error while a `message` listener takes the messages
   *
   * @example
   * ```ts
   * for await (const message of connection.messageStreams()) {
   *   for await (const chunk of message) hash.update(chunk);
   * }
   * ```
   */
  messageStreams(): AsyncIterableIterator<MessageStream> {
    this.#assertUnheard("take the messages as streams");
    return this.#session.receiver.messageStreams();
  }

  /** Closes the connection and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  static {
    const emitter: Overridden = EventEmitter.prototype;
    // Not as methods of the class: their types would have to suit the `@types/node` of whoever uses it, which differ by version.
    Object.assign(this.prototype as Overridden, {
      on(this: Connection, name, listener) {
        this.#assertMayListen(name);
        emitter.on.call(this, name, listener);
        return this.#listened(name);
      },
      addListener(this: Connection, name, listener) {
        return this.on(name as keyof ConnectionEvents, listener);
      },
      prependListener(this: Connection, name, listener) {
        this.#assertMayListen(name);
        emitter.prependListener.call(this, name, listener);
        return this.#listened(name);
      },
      eventNames(this: Connection) {
        return namesInUse(this, emitter.eventNames.call(this));
      },
    } satisfies Overridden);
  }

  #assertMayListen(name: string | symbol): void {
    if (name === "message") this.#assertWhole("listen for messages");
  }

  #listened(name: string | symbol): this {
    if (name === "message") this.#session.receiver.deliverSoon();
    return this;
  }

  #assertUnheard(action: string): void {
    if (this.listenerCount("message") > 0) {
      throw new Error(`Cannot ${action}: a message listener takes them`);
    }
  }

  #assertWhole(action: string): void {
    if (this.#session.receiver.isStreaming) throw new Error(`Cannot ${action}: they are taken as streams`);
  }
}
