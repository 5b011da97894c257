// Numbers on the command line: durations with their unit, whole numbers within bounds. What makes no sense is a sentence.
import { InvalidArgumentError } from "commander";

const UNITS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
]);

/** The longest that a timer of Node can be. */
const MAX_MS = 2 ** 31 - 1;

/** `250ms`, `1.5s` or `2m` in milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m)$/.exec(text);
  const ms = match === null ? NaN : Number(match[1]) * UNITS.get(match[2]!)!;
  if (!(ms <= MAX_MS))
    throw new InvalidArgumentError(`A duration is a number and its unit: 250ms, 1.5s or 2m.`);
  return ms;
}

/** A parser of whole numbers from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (!(value >= min && value <= max)) {
      throw new InvalidArgumentError(`It is a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** Collects what is given several times. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}
