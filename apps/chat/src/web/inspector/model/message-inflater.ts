// Inflates the messages of one direction, with what came before as context (RFC 7692 §7.2.2). Where something is missing of
// what a message refers to, it says so instead of guessing. Bounded: a bomb is given up while it inflates.
//
// By fflate, not by DecompressionStream: it is synchronous, takes a dictionary and refuses what reaches back beyond it, so
// five hundred messages a second cost no five hundred streams, and the order of messages needs no queue.
import { Inflate } from "fflate";

/** So far back a message may refer. */
const WINDOW_BYTES = 32 * 1024;
/** What a sync flush ends with, which the sender left out, and an empty last block, so that the inflater knows the end. */
const TAIL = Uint8Array.of(0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff);
/** Fed in pieces, which can grow a thousand times each, so that the size is looked at in time. */
const PIECE_BYTES = 4 * 1024;

export type Inflated = { readonly data: Uint8Array } | { readonly gap: "not-inflatable" | "too-large" };

export class MessageInflater {
  readonly #maxBytes: number;
  readonly #keepsContext: boolean;
  /** The end of what came before, without a hole. */
  #context: Uint8Array = new Uint8Array(0);

  /** @param keepsContext whether messages may refer to those before */
  constructor(maxBytes: number, keepsContext: boolean) {
    this.#maxBytes = maxBytes;
    this.#keepsContext = keepsContext;
  }

  /** A compressed message was not seen, or not wholly: nothing before it can be referred to any more. */
  forget(): void {
    this.#context = new Uint8Array(0);
  }

  inflate(payload: Uint8Array): Inflated {
    const inflated = this.#inflate(payload);
    if ("data" in inflated && this.#keepsContext) this.#remember(inflated.data);
    else this.forget();
    return inflated;
  }

  #inflate(payload: Uint8Array): Inflated {
    const parts: Uint8Array[] = [];
    let length = 0;
    const inflate = new Inflate({ dictionary: this.#context }, (part) => {
      length += part.length;
      parts.push(part);
    });
    try {
      for (let at = 0; at < payload.length; at += PIECE_BYTES) {
        inflate.push(payload.subarray(at, at + PIECE_BYTES));
        if (length > this.#maxBytes) return { gap: "too-large" };
      }
      inflate.push(TAIL, true);
    } catch {
      // It reaches back to what was not seen, or it is no deflated data at all: from here nobody can tell.
      return { gap: "not-inflatable" };
    }
    return { data: joined(parts, length) };
  }

  #remember(data: Uint8Array): void {
    if (data.length >= WINDOW_BYTES) {
      this.#context = data.slice(-WINDOW_BYTES);
      return;
    }
    const kept = this.#context.subarray(Math.max(0, this.#context.length + data.length - WINDOW_BYTES));
    this.#context = joined([kept, data], kept.length + data.length);
  }
}

/** The parts as one. */
export function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
