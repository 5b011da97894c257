// Checks options that are numbers: sizes, counts and times, all of them whole. A copy of the connection's, of which this
// package takes types only.

/** The longest time that a timer can wait, about 24.8 days; a longer one would ring at once. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

/**
 * The value of an option, or its default.
 *
 * @throws TypeError for what is not a number; RangeError for one that is not whole, below `min`, or above `max`.
 */
export function numberOption<Name extends string>(
  options: { readonly [name in Name]?: number },
  name: Name,
  fallback: number,
  max: number = Number.MAX_SAFE_INTEGER,
  min = 0,
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
