// Binary values beside JSON: taken out of a message before it becomes text, and put back by whoever reads it. Where each one
// belongs is said outside of the data, by its path, so no data can be mistaken for one.
import { malformed, tooLarge, type Decoded } from "./wire-error.ts";
import type { WireLimits } from "./wire-limits.ts";

type Path = readonly (string | number)[];

/** Where a binary value belongs, and how long it is. */
export interface BlobPlace {
  readonly at: Path;
  readonly bytes: number;
}

/** A message without its binary values: `null` stands in their places. */
export interface Stripped {
  readonly json: unknown;
  readonly places: readonly BlobPlace[];
  readonly blobs: readonly Uint8Array[];
  /** How many values whoever reads it will count, keys and the places of binary values among them. */
  readonly values: number;
}

/**
 * @throws RangeError for what goes deeper than `maxDepth` (what refers to itself does), or has more than `maxBlobs` or `maxValues`;
 * TypeError for a key `__proto__`
 */
export function takeBlobs(message: unknown, { maxDepth, maxBlobs, maxValues }: WireLimits): Stripped {
  const places: BlobPlace[] = [];
  const blobs: Uint8Array[] = [];

  /** Where the walk is: one list for all of it, as most messages have nothing to take out. */
  const path: (string | number)[] = [];
  let values = 0;

  function count(more: number): void {
    values += more;
    if (values > maxValues) {
      throw new RangeError(`Cannot send the message: it has more than ${maxValues} values`);
    }
  }

  function strip(value: unknown): unknown {
    count(1);
    if (typeof value !== "object" || value === null) return value;
    if (value instanceof Uint8Array) {
      if (blobs.length >= maxBlobs) {
        throw new RangeError(`Cannot send the message: it has more than ${maxBlobs} binary values`);
      }
      // The list of them with its key; of each the object, its two keys, its path and its length.
      count((blobs.length === 0 ? 2 : 0) + 5 + path.length);
      places.push({ at: [...path], bytes: value.length });
      blobs.push(value);
      return null;
    }
    // It becomes what it says itself, a date its text.
    if (typeof (value as { toJSON?: unknown }).toJSON === "function") return value;
    if (path.length >= maxDepth)
      throw new RangeError(`Cannot send the message: it is deeper than ${maxDepth}`);
    return Array.isArray(value) ? stripList(value) : stripObject(value as Record<string, unknown>);
  }

  /** Copies nothing where nothing is taken out. */
  function stripList(items: readonly unknown[]): readonly unknown[] {
    let copy: unknown[] | undefined;
    for (const [i, item] of items.entries()) {
      const stripped = step(i, item);
      if (stripped !== item) (copy ??= [...items])[i] = stripped;
    }
    return copy ?? items;
  }

  function stripObject(object: Readonly<Record<string, unknown>>): unknown {
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(object)) {
      if (key === "__proto__") throw new TypeError("Cannot send the message: it has a key __proto__");
      count(1);
      const item = object[key];
      const stripped = step(key, item);
      if (stripped !== item) (copy ??= { ...object })[key] = stripped;
    }
    return copy ?? object;
  }

  function step(key: string | number, item: unknown): unknown {
    path.push(key);
    const stripped = strip(item);
    path.pop();
    return stripped;
  }

  return { json: strip(message), places, blobs, values };
}

/** Puts binary values where `null` keeps their places, in the message itself. */
export function putBlobs(
  message: object,
  places: unknown,
  bytes: Uint8Array,
  limits: WireLimits,
): Decoded<object> {
  if (!Array.isArray(places)) return malformed("blobs is no list");
  if (places.length > limits.maxBlobs)
    return tooLarge("its blobs are", places.length, "maxBlobs", limits.maxBlobs);
  let offset = 0;
  for (const place of places as unknown[]) {
    if (!isPlace(place)) return malformed("a blob has no path or no length");
    const { at, bytes: length } = place;
    if (length > bytes.length - offset) return malformed("a blob is longer than what follows");
    const parent = parentOf(message, at);
    const key = at.at(-1)!;
    if (parent === undefined || !Object.hasOwn(parent, key) || parent[key] !== null) {
      return malformed("a blob has no place");
    }
    parent[key] = bytes.subarray(offset, offset + length);
    offset += length;
  }
  if (offset !== bytes.length) return malformed("bytes are left behind the blobs");
  return { value: message };
}

function parentOf(message: object, path: Path): Record<string | number, unknown> | undefined {
  let value: unknown = message;
  for (const key of path.slice(0, -1)) {
    if (!isContainer(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return isContainer(value) ? value : undefined;
}

function isContainer(value: unknown): value is Record<string | number, unknown> {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array);
}

function isPlace(place: unknown): place is BlobPlace {
  if (typeof place !== "object" || place === null) return false;
  const { at, bytes } = place as Partial<BlobPlace>;
  return Array.isArray(at) && at.length > 0 && at.every(isKey) && isLength(bytes);
}

function isKey(key: unknown): boolean {
  // A list has own keys such as "length", whose values are never null; a key of a list is a number here all the same.
  return typeof key === "string" || isLength(key);
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
