// What is being written in one room: text, files, or the text of a message that is edited. Says what is wrong with it before it
// is sent.
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { LIMITS } from "../../shared/limits.ts";
import { createFileDraft, type FileDraft, type MeasureImage } from "./file-draft.ts";
import { formatBytes } from "./format-bytes.ts";
import type { Message } from "./message.ts";

export class Draft {
  readonly text: Signal<string> = signal("");
  readonly files: Signal<readonly FileDraft[]> = signal<readonly FileDraft[]>([]);
  readonly editing: Signal<Message | undefined> = signal<Message | undefined>(undefined);
  /** What was not taken, and why. */
  readonly complaint: Signal<string | undefined> = signal<string | undefined>(undefined);
  readonly isTooLong: ReadonlySignal<boolean> = computed(() => this.text.value.length > LIMITS.text);
  readonly canSend: ReadonlySignal<boolean> = computed(() => {
    const isEmpty = this.text.value.trim() === "" && this.files.value.length === 0;
    return !isEmpty && !this.isTooLong.value;
  });
  /** What was written before something was edited. */
  #kept = "";

  /** Takes files along, as many and as large as the server lets us. */
  async attach(
    files: readonly (Blob & { readonly name?: string })[],
    maxFileBytes: number,
    measure: MeasureImage,
  ): Promise<void> {
    this.complaint.value = undefined;
    const fitting = files.filter((file) => file.size <= maxFileBytes);
    const large = files.find((file) => file.size > maxFileBytes);
    if (large !== undefined) {
      const name = large.name ?? "A file";
      this.complaint.value = `${name} is too large: ${formatBytes(large.size)}, at most ${formatBytes(maxFileBytes)}.`;
    }
    const drafts = await Promise.all(fitting.map((file) => createFileDraft(file, measure)));
    const all = [...this.files.value, ...drafts];
    if (all.length > LIMITS.filesPerMessage) {
      this.complaint.value = `At most ${LIMITS.filesPerMessage} files go with one message.`;
    }
    this.files.value = all.slice(0, LIMITS.filesPerMessage);
  }

  detach(key: string): void {
    this.complaint.value = undefined;
    this.files.value = this.files.value.filter((file) => file.key !== key);
  }

  beginEdit(message: Message): void {
    if (this.editing.value === undefined) this.#kept = this.text.value;
    this.editing.value = message;
    this.text.value = message.text;
  }

  /** The edit is done, or given up: what was written before is here again. */
  endEdit(): void {
    if (this.editing.value === undefined) return;
    this.editing.value = undefined;
    this.text.value = this.#kept;
    this.#kept = "";
  }

  /** It was sent. */
  clear(): void {
    this.text.value = "";
    this.files.value = [];
    this.complaint.value = undefined;
  }
}
