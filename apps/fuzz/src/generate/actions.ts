// What an application does meanwhile: at offsets of the input, so that it does the same however the input is cut.
import type { Action, ActionName } from "../fuzz-case.ts";
import type { Random } from "../random.ts";

export function actions(random: Random, length: number, names: readonly ActionName[]): Action[] {
  if (random.oneIn(2)) return [];
  const made = Array.from({ length: random.between(1, 6) }, () => ({
    at: random.below(length + 1),
    do: random.pick(names),
  }));
  return made.toSorted((one, other) => one.at - other.at);
}

/** A stretch of the input that arrives without a pause, and what is done behind it. */
export interface Stretch {
  readonly chunks: readonly Uint8Array[];
  readonly action: ActionName | undefined;
}

/** The chunks of the input, cut once more wherever something is done. */
export function stretches(
  input: Uint8Array,
  sizes: readonly number[],
  planned: readonly Action[],
): Stretch[] {
  const made: Stretch[] = [];
  let at = 0;
  let size = 0;
  let left = sizes[0] ?? Infinity;
  const until = (end: number): Uint8Array[] => {
    const chunks: Uint8Array[] = [];
    while (at < end) {
      const next = Math.min(end, at + left);
      chunks.push(input.slice(at, next));
      left -= next - at;
      if (left <= 0) left = sizes[++size] ?? Infinity;
      at = next;
    }
    return chunks;
  };
  for (const { at: offset, do: action } of planned) {
    made.push({ chunks: until(Math.min(offset, input.length)), action });
  }
  made.push({ chunks: until(input.length), action: undefined });
  return made;
}
