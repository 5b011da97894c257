// Craft: the frames in the editor, what came of sending them, and what came of the cases of the table. Knows no sockets.
import { computed, type ReadonlySignal, signal, type Signal } from "@preact/signals";
import { CRAFTED_CASES, type CraftedCase } from "../../../shared/lab/crafted-cases.ts";
import { craft, type CraftedFrame, encodeAll } from "../../../shared/lab/crafted-frame.ts";
import { toHex } from "../../../shared/lab/hex.ts";
import { LAB_LIMITS } from "../../../shared/lab/lab-limits.ts";
import { readReply, type ServerReply, type Transcript } from "../../../shared/lab/transcript.ts";
import { edit, type EditedFrame, readEdited } from "./edited-frame.ts";

export type SendCrafted = (compress: boolean, bytes: string, signal: AbortSignal) => Promise<Transcript>;

export interface Outcome {
  readonly transcript: Transcript;
  readonly reply: ServerReply;
  /** What was to be expected; undefined for frames of one's own. */
  readonly expectedCode: number | undefined;
}

export class CraftStore {
  readonly frames: Signal<readonly EditedFrame[]> = signal([]);
  readonly compress: Signal<boolean> = signal(false);
  /** The case that is in the editor as it stands in the table; undefined once it was changed. */
  readonly chosen: Signal<CraftedCase | undefined> = signal(undefined);
  readonly outcome: Signal<Outcome | undefined> = signal(undefined);
  /** The close codes that came, by case; `undefined` for none. */
  readonly codes: Signal<ReadonlyMap<string, number | undefined>> = signal(new Map());
  /** Whether something is on its way. */
  readonly isBusy: Signal<boolean> = signal(false);
  /** Whether that is the whole table. */
  readonly isTryingAll: Signal<boolean> = signal(false);
  readonly error: Signal<string | undefined> = signal(undefined);
  /** The bytes of all frames; a sentence where they cannot be sent. */
  readonly bytes: ReadonlySignal<Uint8Array | string> = computed(() => this.#encode());

  readonly #send: SendCrafted;
  #lastId = 0;
  #abort: AbortController | undefined;

  constructor(send: SendCrafted) {
    this.#send = send;
    const first = CRAFTED_CASES.find(({ id }) => id === "opcode-3");
    if (first !== undefined) this.choose(first);
  }

  /** Puts a case into the editor. */
  choose(crafted: CraftedCase): void {
    this.chosen.value = crafted;
    this.compress.value = crafted.compress ?? false;
    this.frames.value = crafted.frames.map((frame) => this.#edit(frame));
    this.outcome.value = undefined;
    this.error.value = undefined;
  }

  change(frame: EditedFrame): void {
    this.frames.value = this.frames.value.map((other) => (other.id === frame.id ? frame : other));
    this.chosen.value = undefined;
  }

  agree(compress: boolean): void {
    this.compress.value = compress;
    this.chosen.value = undefined;
  }

  add(): void {
    if (this.frames.value.length >= LAB_LIMITS.maxCraftedFrames) return;
    this.frames.value = [...this.frames.value, this.#edit(craft(0x1, "Hello"))];
    this.chosen.value = undefined;
  }

  remove(id: number): void {
    this.frames.value = this.frames.value.filter((frame) => frame.id !== id);
    this.chosen.value = undefined;
  }

  /** Sends what is in the editor. */
  async send(): Promise<void> {
    const bytes = this.bytes.value;
    if (typeof bytes === "string") return;
    const { chosen, compress } = this;
    await this.#whileBusy(async (abort) => {
      this.outcome.value = await this.#exchange(chosen.value, compress.value, bytes, abort);
    });
  }

  /** Sends all cases of the table, one after another; the editor stays as it is. */
  async sendAll(): Promise<void> {
    await this.#whileBusy(async (abort) => {
      this.codes.value = new Map();
      this.isTryingAll.value = true;
      for (const crafted of CRAFTED_CASES) {
        await this.#exchange(crafted, crafted.compress ?? false, encodeAll(crafted.frames), abort);
      }
    });
  }

  cancel(): void {
    this.#abort?.abort();
  }

  async #exchange(
    crafted: CraftedCase | undefined,
    compress: boolean,
    bytes: Uint8Array,
    abort: AbortSignal,
  ): Promise<Outcome> {
    const transcript = await this.#send(compress, toHex(bytes), abort);
    const reply = readReply(transcript);
    if (crafted !== undefined) {
      this.codes.value = new Map(this.codes.value).set(crafted.id, reply.close?.code);
    }
    return { transcript, reply, expectedCode: crafted?.closeCode };
  }

  async #whileBusy(action: (abort: AbortSignal) => Promise<void>): Promise<void> {
    if (this.isBusy.value) return;
    this.isBusy.value = true;
    this.error.value = undefined;
    this.#abort = new AbortController();
    try {
      await action(this.#abort.signal);
    } catch (error) {
      this.error.value = error instanceof Error ? error.message : String(error);
    } finally {
      this.isBusy.value = false;
      this.isTryingAll.value = false;
    }
  }

  #edit(frame: CraftedFrame): EditedFrame {
    return edit(++this.#lastId, frame);
  }

  #encode(): Uint8Array | string {
    const readings = this.frames.value.map(readEdited);
    if (readings.length === 0) return "There is no frame to send.";
    for (const reading of readings) if ("problem" in reading) return reading.problem;
    const bytes = encodeAll(readings.flatMap((reading) => ("frame" in reading ? [reading.frame] : [])));
    const { maxCraftedBytes } = LAB_LIMITS;
    return bytes.length > maxCraftedBytes
      ? `All frames together have ${bytes.length} bytes; ${maxCraftedBytes} can be sent.`
      : bytes;
  }
}
