// What authors did to their messages after they said them, by the keys of the messages: also of those that are not here, because
// they are older than what is, and come later. Knows no order of messages.
import type { Message } from "./message.ts";

/** What its author did to a message: the latest text, and whether it is gone. */
interface Amendment {
  readonly seq: number;
  readonly text: string | undefined;
  readonly isRemoved: boolean;
  /** Ours, that nobody has confirmed: shown all the same. */
  readonly proposal?: Proposal | undefined;
}

export type Proposal = { readonly text: string } | { readonly isRemoved: true };

/** Those of messages that are not here: nobody edits so many in a day, and whoever does fills no memory with it. */
const MAX_ABSENT = 2000;

const NOTHING: Amendment = { seq: 0, text: undefined, isRemoved: false };

export class Amendments {
  readonly #byKey = new Map<string, Amendment>();
  readonly #isHere: (key: string) => boolean;
  readonly #shown = new WeakMap<Message, { readonly by: Amendment; readonly message: Message }>();
  /** With so many it is looked for those whose messages are not here. */
  #sweepAt = 2 * MAX_ABSENT;

  /** @param isHere whether the message with this key is */
  constructor(isHere: (key: string) => boolean) {
    this.#isHere = isHere;
  }

  get count(): number {
    return this.#byKey.size;
  }

  clear(): void {
    this.#byKey.clear();
  }

  /** It was edited, or removed. */
  note(key: string, proposal: Proposal, seq: number): void {
    const before = this.#of(key);
    this.#byKey.set(key, { ...before, ...amended(before, proposal, seq) });
    if (this.#byKey.size >= this.#sweepAt) this.#forgetAbsent();
  }

  /** We want it to be so, and nobody has confirmed it yet. */
  propose(key: string, proposal: Proposal): void {
    this.#byKey.set(key, { ...this.#of(key), proposal });
  }

  /** It is so, or it is not. @param seq of the edit or removal; undefined where it failed */
  settle(key: string, proposal: Proposal, seq: number | undefined): void {
    const { proposal: current, ...before } = this.#of(key);
    // Something was proposed after it, which stands.
    const rest = current === proposal ? before : { ...before, proposal: current };
    this.#byKey.set(key, seq === undefined ? rest : { ...rest, ...amended(rest, proposal, seq) });
  }

  /** The message as it is now: the same object as long as nothing has changed. */
  apply(message: Message): Message {
    const by = this.#byKey.size === 0 ? undefined : this.#byKey.get(message.key);
    if (by === undefined) return message;
    const known = this.#shown.get(message);
    if (known?.by === by) return known.message;
    const { proposal } = by;
    const text = proposal !== undefined && "text" in proposal ? proposal.text : by.text;
    const isRemoved = by.isRemoved || (proposal !== undefined && "isRemoved" in proposal);
    const shown: Message = {
      ...message,
      isRemoved,
      isEdited: text !== undefined,
      text: isRemoved ? "" : (text ?? message.text),
      files: isRemoved ? [] : message.files,
      state: proposal === undefined ? message.state : "pending",
    };
    this.#shown.set(message, { by, message: shown });
    return shown;
  }

  #of(key: string): Amendment {
    return this.#byKey.get(key) ?? NOTHING;
  }

  /** Lets go of the oldest of messages that are not here. */
  #forgetAbsent(): void {
    const absent: string[] = [];
    for (const [key, { proposal }] of this.#byKey) {
      if (!this.#isHere(key) && proposal === undefined) absent.push(key);
    }
    for (const key of absent.slice(0, -MAX_ABSENT)) this.#byKey.delete(key);
    this.#sweepAt = this.#byKey.size + MAX_ABSENT;
  }
}

/** Pages come in any order: the edit with the largest number counts, and a removal for good. */
function amended(before: Amendment, proposal: Proposal, seq: number): Partial<Amendment> {
  if ("isRemoved" in proposal) return { isRemoved: true };
  return seq > before.seq ? { seq, text: proposal.text } : {};
}
