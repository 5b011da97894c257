// Checks options that are whole numbers, for code that also runs in browsers: @ws/connection has the same for Node, and
// brings Node's streams along.

/** The longest time that a timer can wait; a longer one would ring at once. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

/** @throws TypeError for what is not a number; RangeError for one that is not whole, or out of its range. */
export function numberOption<Name extends string>(
  options: { readonly [name in Name]?: number },
  name: Name,
  fallback: number,
  { min = 0, max = Number.MAX_SAFE_INTEGER }: { readonly min?: number; readonly max?: number } = {},
): number {
  const value: unknown = options[name];
  if (value === undefined) return fallback;
  if (typeof value !== "number") {
    throw new TypeError(`Cannot set ${name} to a value of type ${typeof value}: it must be a number`);
  }
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`Cannot set ${name} to ${value}: it must be a whole number from ${min} to ${max}`);
  }
  return value;
}
