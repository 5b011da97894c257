// A message that is sent while it comes into being: pulls its chunks from a source, one at a time, as fast as the peer
// reads. Owns the source; when a frame may leave is not its business.
import { ChunkSource, type StreamSource } from "./chunk-source.ts";
import { fragmentAt } from "./fragments.ts";
import type { Message } from "./message-assembly.ts";
import { toMessage } from "./message-like.ts";
import type { SentCallback } from "./sent-callback.ts";
import { TextChunks } from "./text-chunks.ts";

/**
 * So much is sent before everything else in the process has its turn: a source that never waits, and a transport that
 * takes all, as of what compresses well, would hold it up until the end.
 */
const TURN_BYTES = 256 * 1024;
/** What a chunk counts for that besides its bytes. */
const CHUNK_BYTES = 256;

/** How a message is streamed. */
export interface StreamOptions {
  /**
   * Text or binary. The chunks of text may be strings, or bytes that are UTF-8 all together.
   * Default: what the first chunk is, a string or bytes; binary where there is none.
   */
  readonly type?: "text" | "binary";
  /** `false` sends it as it is, even where compression was agreed. Default: `true`. */
  readonly compress?: boolean;
  /** Gives the message up; when some of it has left already, that ends the connection with 1011. */
  readonly signal?: AbortSignal;
}

/** What an {@link OutgoingStream} needs of whoever owns the order of messages. */
export interface StreamSink {
  /** Lets the stream {@link OutgoingStream.proceed} when it is its turn. */
  begin(stream: OutgoingStream): void;
  /** @returns whether more may follow at once; otherwise the stream may `proceed` later */
  write(data: Message, isLast: boolean, isText: boolean): boolean;
  /** The last frame was written. @param callback told when all of it reached the transport */
  end(callback: SentCallback): void;
  /** There will be no more of it. @param isTorn whether some of it has left */
  giveUp(stream: OutgoingStream, isTorn: boolean): void;
}

export class OutgoingStream {
  readonly #source: ChunkSource;
  readonly #sink: StreamSink;
  #isText: boolean | undefined;
  #text: TextChunks | undefined;
  #hasBegun = false;
  /** What was sent in this turn of the event loop, as far as one knows. */
  #sentBytes = 0;
  #failure: { readonly error: unknown } | undefined;
  /** Looks whether what the stream waits for has come. */
  #wake = (): void => {};

  /** @throws TypeError for what is no source, or no type */
  constructor(source: StreamSource, type: StreamOptions["type"], sink: StreamSink) {
    if (type !== undefined && type !== "text" && type !== "binary") {
      throw new TypeError(`Cannot send a message of type ${String(type)}: it is "text" or "binary"`);
    }
    if (type !== undefined) this.#isText = type === "text";
    this.#source = new ChunkSource(source);
    this.#sink = sink;
  }

  /** It is its turn, or there is room again. */
  proceed(): void {
    this.#wake();
  }

  /** The message cannot be sent, or not to its end. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  /** Resolves when all of the message reached the transport. */
  async send(signal?: AbortSignal): Promise<void> {
    const onAbort = (): void => this.fail(signal!.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      signal?.throwIfAborted();
      await this.#permission(() => this.#sink.begin(this));
      for (;;) {
        const { done, value } = await this.#nextChunk();
        if (done === true) break;
        await this.#sendChunk(toMessage(value!));
      }
      await this.#end();
    } catch (error) {
      this.#sink.giveUp(this, this.#hasBegun);
      void this.#source.cancel(error);
      throw error;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  async #sendChunk(chunk: Message): Promise<void> {
    this.#isText ??= typeof chunk === "string";
    const isText = this.#isText;
    if (!isText && typeof chunk === "string") {
      throw new TypeError("Cannot send a string as part of a binary message");
    }
    const data = isText ? (this.#text ??= new TextChunks()).next(chunk) : chunk;
    for (let at = 0; at < data.length;) {
      const piece = fragmentAt(data, at, isText);
      at += piece.length;
      if (!this.#write(piece, false, isText)) await this.#permission();
      await this.#giveWay(piece.length);
    }
    await this.#giveWay(CHUNK_BYTES);
  }

  async #end(): Promise<void> {
    const isText = this.#isText === true;
    const rest = this.#text?.end() ?? "";
    this.#write(isText ? rest : new Uint8Array(0), true, isText);
    return new Promise((resolve, reject) => {
      this.#sink.end((error) => (error ? reject(error) : resolve()));
    });
  }

  #write(data: Message, isLast: boolean, isText: boolean): boolean {
    this.#throwIfFailed();
    this.#hasBegun = true;
    return this.#sink.write(data, isLast, isText);
  }

  /** Resolves as soon as the sink lets it `proceed`. */
  #permission(ask?: () => void): Promise<void> {
    return this.#unlessFailed((resolve) => {
      this.#wake = () => resolve();
      ask?.();
    });
  }

  /** The next chunk, unless the message is given up before there is one. */
  #nextChunk(): ReturnType<ChunkSource["next"]> {
    return this.#unlessFailed((resolve, reject) => void this.#source.next().then(resolve, reject));
  }

  async #giveWay(bytes: number): Promise<void> {
    this.#sentBytes += bytes;
    if (this.#sentBytes < TURN_BYTES) return;
    this.#sentBytes = 0;
    await this.#unlessFailed<void>((resolve) => void setImmediate(resolve));
  }

  /** What the action resolves with; once the message was given up, the reason for that. */
  async #unlessFailed<Value>(
    action: (resolve: (value: Value) => void, reject: (reason: unknown) => void) => void,
  ): Promise<Value> {
    this.#throwIfFailed();
    const value = await new Promise<Value>((resolve, reject) => {
      this.#wake = () => {};
      action(resolve, reject);
      const wake = this.#wake;
      this.#wake = () => (this.#failure === undefined ? wake() : reject(this.#failure.error));
      if (this.#failure !== undefined) this.#wake();
    });
    this.#throwIfFailed();
    return value;
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
