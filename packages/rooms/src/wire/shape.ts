// Checks of shapes: which fields an object has, of which kinds. What it does not know of it leaves out, so that later versions
// may add fields, and so that nothing of a stranger's gets further than somebody looked at it.
import { isCount, isErrorCode, isMessageId, isName, MAX_ERROR_LENGTH } from "./names.ts";

/** Returns the value, perhaps without what is not known; or nothing where it is not of this shape. */
export type Shape = (value: unknown) => { readonly value: unknown } | undefined;

function where(isOne: (value: unknown) => boolean): Shape {
  return (value) => (isOne(value) ? { value } : undefined);
}

export const name: Shape = where(isName);
export const count: Shape = where(isCount);
/** What an answer refers to: a whole number from 1. */
export const id: Shape = where((value) => isCount(value) && value > 0);
export const messageId: Shape = where(isMessageId);
export const code: Shape = where(isErrorCode);
export const flag: Shape = where((value) => typeof value === "boolean");
export const sentence: Shape = where(
  (value) => typeof value === "string" && value.length <= MAX_ERROR_LENGTH,
);
/** Whatever JSON and bytes can say; a schema looks at it later. */
export const anything: Shape = (value) => ({ value });

export function oneOf(...values: readonly unknown[]): Shape {
  return where((value) => values.includes(value));
}

/** May be missing. `null` is not missing. */
export function optional(shape: Shape): Shape {
  return (value) => (value === undefined ? { value } : shape(value));
}

export function listOf(
  item: Shape,
  { min = 0, max = Number.POSITIVE_INFINITY }: { readonly min?: number; readonly max?: number } = {},
): Shape {
  return (value) => {
    if (!Array.isArray(value) || value.length < min || value.length > max) return undefined;
    const items: unknown[] = [];
    for (const each of value) {
      const checked = item(each);
      if (checked === undefined) return undefined;
      items.push(checked.value);
    }
    return { value: items };
  };
}

export function either(...shapes: readonly Shape[]): Shape {
  return (value) => {
    for (const shape of shapes) {
      const checked = shape(value);
      if (checked !== undefined) return checked;
    }
    return undefined;
  };
}

export function fields(shapes: Readonly<Record<string, Shape>>): Shape {
  const entries = Object.entries(shapes);
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const result: Record<string, unknown> = {};
    for (const [key, shape] of entries) {
      // Own fields only: an object that JSON made has those of every object besides.
      const checked = shape(Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined);
      if (checked === undefined) return undefined;
      if (checked.value !== undefined) result[key] = checked.value;
    }
    return { value: result };
  };
}

/** Of these fields it has all or none: each means nothing without the others. */
export function together(keys: readonly string[], shape: Shape): Shape {
  return (value) => {
    const checked = shape(value);
    if (checked === undefined) return undefined;
    const has = keys.filter((key) => Object.hasOwn(checked.value as object, key)).length;
    return has === 0 || has === keys.length ? checked : undefined;
  };
}
