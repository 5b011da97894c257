// Watches every frame the peer sends, in every case, for what no endpoint may ever send. Cases look for what they
// ask about; this looks for everything else.
import { closeCodeClass } from "../suite/close-codes.ts";
import type { Judgement } from "../suite/verdict.ts";
import type { Role } from "../role.ts";
import type { ReceivedFrame } from "../wire/frame-reader.ts";
import { isControl, Opcode, opcodeName } from "../wire/opcode.ts";
import { isUtf8 } from "../wire/utf8.ts";

/** More keys than this say nothing new. */
const maxKeys = 20_000;

export class Observer {
  readonly #role: Role;
  readonly #judgement: Judgement;
  readonly #rsv1Agreed: boolean;
  readonly #keys: number[] = [];
  #insideMessage = false;
  #closed = false;

  /** `role` is the role of the peer that is watched. */
  constructor(role: Role, judgement: Judgement, rsv1Agreed: boolean) {
    this.#role = role;
    this.#judgement = judgement;
    this.#rsv1Agreed = rsv1Agreed;
  }

  /** Every masking key seen, as integers in order. */
  get maskKeys(): readonly number[] {
    return this.#keys;
  }

  see(frame: ReceivedFrame): void {
    this.#length(frame);
    this.#mask(frame);
    if (isControl(frame.opcode)) this.#control(frame);
    else this.#data(frame);
    this.#reserved(frame);
  }

  #length({ lengthBits, payload }: ReceivedFrame): void {
    const needed = payload.length < 126 ? 7 : payload.length < 65_536 ? 16 : 64;
    if (lengthBits !== needed) {
      this.#judgement.failed(
        `sent ${payload.length} bytes under a ${lengthBits}-bit length (§5.2: "the minimal number of bytes MUST be used")`,
      );
    }
  }

  #mask({ maskKey }: ReceivedFrame): void {
    if (this.#role === "server") {
      if (maskKey !== undefined)
        this.#judgement.failed('sent a masked frame (§5.1: "A server MUST NOT mask")');
      return;
    }
    if (maskKey === undefined) {
      this.#judgement.failed('sent an unmasked frame (§5.1: "a client MUST mask all frames")');
      return;
    }
    const key = Buffer.from(maskKey).readUInt32BE(0);
    if (key === this.#keys.at(-1)) {
      this.#judgement.failed(
        'used the same masking key twice in a row (§5.3: "MUST pick a fresh masking key")',
      );
    }
    if (this.#keys.length < maxKeys) this.#keys.push(key);
  }

  #control({ opcode, fin, payload }: ReceivedFrame): void {
    if (!fin)
      this.#judgement.failed(`sent a fragmented ${opcodeName(opcode)} (§5.5: "MUST NOT be fragmented")`);
    if (payload.length > 125)
      this.#judgement.failed(`sent a ${opcodeName(opcode)} of ${payload.length} bytes (§5.5)`);
    if (opcode > Opcode.pong) this.#judgement.failed(`sent ${opcodeName(opcode)} (§5.2)`);
    if (opcode === Opcode.close) this.#close(payload);
  }

  #close(payload: Buffer): void {
    if (this.#closed)
      this.#judgement.nonStrict(
        'sent a second Close frame (§7.1.5: endpoints "will not send further Close frames")',
      );
    this.#closed = true;
    if (payload.length === 1) this.#judgement.failed("sent a Close frame with a body of one octet (§5.5.1)");
    if (payload.length < 2) return;
    const code = payload.readUInt16BE(0);
    const kind = closeCodeClass(code);
    if (kind === "never sent" || kind === "not used")
      this.#judgement.failed(`sent close code ${code} (§7.4: ${kind})`);
    else if (kind !== "sendable") this.#judgement.nonStrict(`sent close code ${code} (§7.4.2: ${kind})`);
    if (!isUtf8(payload.subarray(2)))
      this.#judgement.failed("sent a close reason that is not UTF-8 (§5.5.1)");
  }

  #data({ opcode, fin }: ReceivedFrame): void {
    if (this.#closed)
      this.#judgement.failed(
        'sent data after its Close frame (§5.5.1: "MUST NOT send any more data frames")',
      );
    if (opcode > Opcode.binary) this.#judgement.failed(`sent ${opcodeName(opcode)} (§5.2)`);
    if (opcode === Opcode.continuation && !this.#insideMessage) {
      this.#judgement.failed("sent a continuation frame with nothing to continue (§5.4)");
    }
    if (opcode !== Opcode.continuation && this.#insideMessage) {
      this.#judgement.failed('began a message inside another (§5.4: "MUST NOT be interleaved")');
    }
    this.#insideMessage = !fin;
  }

  #reserved({ rsv, opcode }: ReceivedFrame): void {
    if (rsv === 0) return;
    const bits = rsv.toString(2).padStart(3, "0");
    if ((rsv & 3) !== 0 || !this.#rsv1Agreed) {
      this.#judgement.failed(`sent reserved bits ${bits} that nobody negotiated (§5.2)`);
    } else if (isControl(opcode) || opcode === Opcode.continuation) {
      this.#judgement.failed(`set RSV1 on a ${opcodeName(opcode)} frame (RFC 7692 §6.1)`);
    }
  }
}
