// Frames to messages: joins fragments, inflates, checks that text is text. Lenient about order, which is the observer's.
import { type Agreement, rulesFor } from "../deflate/agreement.ts";
import type { Role } from "../role.ts";
import { Decompressor } from "../deflate/compressor.ts";
import type { Judgement } from "../suite/verdict.ts";
import type { ReceivedFrame } from "../wire/frame-reader.ts";
import { Opcode } from "../wire/opcode.ts";
import { isUtf8 } from "../wire/utf8.ts";

export interface Message {
  readonly kind: "message";
  readonly opcode: number;
  readonly payload: Buffer;
  readonly compressed: boolean;
  readonly frames: number;
}

export class MessageReader {
  readonly #judgement: Judgement;
  readonly #decompressor: Decompressor | undefined;
  #parts: Buffer[] = [];
  #opcode = 0;
  #compressed = false;

  constructor(role: Role, judgement: Judgement, agreement: Agreement | undefined) {
    this.#judgement = judgement;
    this.#decompressor = agreement && new Decompressor(rulesFor(agreement, role));
  }

  /** Whether the frames so far leave a message open. */
  get inside(): boolean {
    return this.#parts.length > 0;
  }

  push({ opcode, rsv, fin, payload }: ReceivedFrame): Message | undefined {
    if (opcode !== Opcode.continuation) {
      this.#parts = [];
      this.#opcode = opcode;
      this.#compressed = (rsv & 4) !== 0;
    }
    this.#parts.push(payload);
    return fin ? this.#finish() : undefined;
  }

  #finish(): Message {
    const frames = this.#parts.length;
    let payload = frames === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    this.#parts = [];
    if (this.#compressed && this.#decompressor !== undefined) {
      try {
        payload = this.#decompressor.inflate(payload).output;
      } catch (error) {
        this.#judgement.fail(
          `sent a compressed message that cannot be inflated: ${(error as Error).message} (RFC 7692 §7.2)`,
        );
      }
    }
    if (this.#opcode === Opcode.text && !isUtf8(payload)) {
      this.#judgement.failed(
        'sent text that is not UTF-8 (§5.6: "the whole message MUST contain valid UTF-8")',
      );
    }
    return { kind: "message", opcode: this.#opcode, payload, compressed: this.#compressed, frames };
  }
}
