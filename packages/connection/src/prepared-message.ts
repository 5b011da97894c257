// A message that goes to many connections: its frame is encoded once, by the first that needs it.
import { encodeFrame, Opcode } from "@ws/frame";
import type { Message } from "./message-assembly.ts";

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
  #frame: Uint8Array | undefined;

  constructor(data: Message) {
    this.data = data;
  }

  /** The message as one unmasked frame: what every client of a server is sent. */
  get frame(): Uint8Array {
    this.#frame ??= encodeFrame(
      "server",
      typeof this.data === "string" ? Opcode.text : Opcode.binary,
      this.data,
    );
    return this.#frame;
  }
}
