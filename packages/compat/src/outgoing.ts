// What an application sends, on its way to the connection: what its arguments mean, in which order it leaves, and what
// becomes of what comes too late.
import { CloseCode, type Connection } from "@ws/connection";
import { type BufferLike, byteLengthOf, toMessage, toSendable } from "./bytes.ts";
import { OrderedSends } from "./ordered-sends.ts";
import { STATES } from "./web-idl.ts";

/** How one message is sent. */
export interface SendOptions {
  /** Whether it is a binary message. Default: whatever is no string. */
  readonly binary?: boolean | undefined;
  /** Whether it is compressed, where that was agreed. Default: `true`. */
  readonly compress?: boolean | undefined;
  /** Whether it is the last fragment of a message. Default: `true`. */
  readonly fin?: boolean | undefined;
  /** Not heard: clients mask, servers do not (RFC 6455 §5.1). */
  readonly mask?: boolean | undefined;
}

/** Called when it was handed to the transport, or with what kept it from there. */
export type SendCallback = (error?: Error) => void;

/** The arguments of `ping` and `pong`. */
export type ControlArguments = readonly [
  data?: BufferLike | SendCallback | undefined,
  mask?: boolean | SendCallback | undefined,
  callback?: SendCallback | undefined,
];

type State = 0 | 1 | 2 | 3;
type Told = ((error?: Error | null) => void) | undefined;

const MAX_CONTROL_BYTES = 125;

export class Outgoing {
  readonly #sends: OrderedSends;
  /** Once there is one; nothing is sent before. */
  connection: Connection | undefined;
  /** Whether the next message goes on with one that was begun. */
  #isInPieces = false;
  /** What was handed in when it could not be sent any more. */
  #lostBytes = 0;

  /** @param onFailure a Blob could not be read */
  constructor(onFailure: (error: Error) => void) {
    this.#sends = new OrderedSends(() => this.connection!.transport.destroyed, onFailure);
  }

  get bufferedAmount(): number {
    this.connection?.flush();
    return (this.connection?.bufferedAmount ?? 0) + this.#sends.bytes + this.#lostBytes;
  }

  /** @throws TypeError for what cannot be sent */
  send(
    data: BufferLike,
    options: SendOptions | null | undefined,
    callback: SendCallback | undefined,
    readyState: State,
  ): void {
    if (readyState !== 1) return this.#lose(data, callback, readyState);
    const isBinary = options?.binary ?? (typeof data !== "string" && typeof data !== "number");
    const compress = options?.compress ?? true;
    const fin = options?.fin ?? true;
    // Nearly always there is nothing to wait for, and nothing is made that waits.
    if (!this.#mustWait(data)) return this.#transmit(toSendable(data), isBinary, compress, fin, callback);
    this.#wait(data, callback, (bytes) => this.#transmit(bytes, isBinary, compress, fin, callback));
  }

  /** @throws RangeError for more than 125 bytes; TypeError for what cannot be sent */
  sendControl(name: "ping" | "pong", args: ControlArguments, readyState: State): void {
    const callback = args.find((argument) => typeof argument === "function");
    const data = typeof args[0] === "function" ? undefined : args[0];
    if (readyState !== 1) return this.#lose(data, callback, readyState);
    if (byteLengthOf(data) > MAX_CONTROL_BYTES) {
      throw new RangeError(`The data size must not be greater than ${MAX_CONTROL_BYTES} bytes`);
    }
    const send = (bytes: string | Uint8Array): void => this.connection![name](bytes, callback as Told);
    if (this.#mustWait(data)) this.#wait(data, callback, send);
    else send(toSendable(data));
  }

  /** Begins the closing handshake behind all that was sent. */
  close({ code = CloseCode.noStatus, reason }: { code?: number; reason?: string }): void {
    this.#sends.run({
      byteLength: 0,
      run: () => void this.connection!.close(code, reason),
      fail: () => {},
    });
  }

  #mustWait(data: BufferLike | undefined): boolean {
    return this.#sends.isWaiting || data instanceof Blob;
  }

  #wait(
    data: BufferLike | undefined,
    callback: SendCallback | undefined,
    send: (bytes: string | Uint8Array) => void,
  ): void {
    const fail = (error: Error): void => callback?.(error);
    if (data instanceof Blob) return this.#sends.read(data, send, fail);
    const sendable = toSendable(data);
    this.#sends.run({ byteLength: sendable.length, run: () => send(sendable), fail });
  }

  #transmit(
    bytes: string | Uint8Array,
    isBinary: boolean,
    compress: boolean,
    fin: boolean,
    callback: SendCallback | undefined,
  ): void {
    const message = toMessage(bytes, isBinary);
    const told = callback as Told;
    if (fin && compress && !this.#isInPieces) return void this.connection!.send(message, told);
    const terms = told === undefined ? { compress } : { compress, callback: told };
    if (fin && !this.#isInPieces) {
      this.connection!.send(message, terms);
    } else {
      this.#isInPieces = !fin;
      this.connection!.sendFragment(message, { ...terms, isLast: fin });
    }
  }

  /** It is too late to send it. */
  #lose(data: unknown, callback: SendCallback | undefined, readyState: State): void {
    this.#lostBytes += byteLengthOf(data);
    if (callback === undefined) return;
    const error = new Error(`WebSocket is not open: readyState ${readyState} (${STATES[readyState]})`);
    process.nextTick(callback, error);
  }
}
