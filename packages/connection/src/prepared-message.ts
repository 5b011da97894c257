// A message that goes to many connections: its frame is encoded once, by the first that needs it.
import { encodeFrame, encodeUtf8, Opcode, RSV1 } from "@ws/frame";
import type { Message } from "./message-assembly.ts";
import { isText } from "./text-bytes.ts";
import { type MessageLike, toMessage } from "./message-like.ts";
import type { MessageCompression } from "./message-compression.ts";

/**
 * A message to be sent on many connections, encoded once.
 *
 * @example
 * ```ts
 * const prepared = new PreparedMessage("the same for everybody");
 * for (const connection of server.clients) connection.send(prepared);
 * ```
 */
export class PreparedMessage {
  /** The message: text as a string, binary as bytes. It must not change any more. */
  readonly data: Message;
  #bytes: Uint8Array | undefined;
  #frame: Uint8Array | undefined;
  /** By the way of compression; `undefined` where it does not make the message smaller. */
  readonly #payloads = new Map<string | undefined, Uint8Array | undefined>();
  readonly #frames = new Map<string | undefined, Uint8Array>();

  /** @throws TypeError for anything that is neither a string nor bytes */
  constructor(data: MessageLike) {
    this.data = toMessage(data);
  }

  /** The message as bytes. */
  get bytes(): Uint8Array {
    this.#bytes ??= typeof this.data === "string" ? encodeUtf8(this.data) : this.data;
    return this.#bytes;
  }

  /** The message as one unmasked frame: what every client of a server is sent. */
  get frame(): Uint8Array {
    this.#frame ??= encodeFrame("server", this.#opcode(), this.data);
    return this.#frame;
  }

  /** The same, compressed in the way of a compression that has a variant, where that makes it smaller. */
  compressedFrame(compression: MessageCompression): Uint8Array {
    let frame = this.#frames.get(compression.variant);
    if (frame === undefined) {
      const payload = this.compressedPayload(compression);
      frame = payload === undefined ? this.frame : encodeFrame("server", this.#opcode(), payload, true, RSV1);
      this.#frames.set(compression.variant, frame);
    }
    return frame;
  }

  /** What the compressed frame holds; `undefined` where compression does not make it smaller. */
  compressedPayload(compression: MessageCompression): Uint8Array | undefined {
    const { variant } = compression;
    if (!this.#payloads.has(variant)) this.#payloads.set(variant, compression.compress(this.bytes));
    return this.#payloads.get(variant);
  }

  #opcode(): number {
    return isText(this.data) ? Opcode.text : Opcode.binary;
  }
}
