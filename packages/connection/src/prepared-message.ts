// A message that goes to many connections: its frame is encoded once, by the first that needs it.
import { encodeFrame, encodeUtf8, Opcode, RSV1 } from "@ws/frame";
import type { Message } from "./message-assembly.ts";
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
  /** The frames encoded so far: plain, and compressed in each way that was asked for. */
  readonly #frames = new Map<string | undefined, Uint8Array>();

  constructor(data: Message) {
    this.data = data;
  }

  /** The message as one unmasked frame: what every client of a server is sent. */
  get frame(): Uint8Array {
    return this.#once(undefined);
  }

  /** The same, compressed in the way of a compression that has a variant, where that makes it smaller. */
  compressedFrame(compression: MessageCompression): Uint8Array {
    return this.#once(compression);
  }

  #once(compression: MessageCompression | undefined): Uint8Array {
    const variant = compression?.variant;
    let frame = this.#frames.get(variant);
    if (frame === undefined) this.#frames.set(variant, (frame = this.#encode(compression)));
    return frame;
  }

  #encode(compression: MessageCompression | undefined): Uint8Array {
    const { data } = this;
    const opcode = typeof data === "string" ? Opcode.text : Opcode.binary;
    const compressed = compression?.compress(typeof data === "string" ? encodeUtf8(data) : data);
    if (compressed !== undefined) return encodeFrame("server", opcode, compressed, true, RSV1);
    return compression === undefined ? encodeFrame("server", opcode, data) : this.frame;
  }
}
