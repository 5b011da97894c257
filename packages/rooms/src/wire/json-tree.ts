// Checks what JSON brought: how deep, how many, which keys. Binary values that were put in are leaves.
import type { RoomError } from "../room-error.ts";
import { malformed, tooLarge } from "./wire-error.ts";
import type { WireLimits } from "./wire-limits.ts";

/** @returns what is wrong with the tree, if anything is */
export function checkTree(root: unknown, limits: WireLimits): RoomError | undefined {
  let values = 0;

  function check(value: unknown, depth: number): { readonly error: RoomError } | undefined {
    if (++values > limits.maxValues)
      return tooLarge("its values are more than", values - 1, "maxValues", limits.maxValues);
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) return undefined;
    if (depth >= limits.maxDepth)
      return tooLarge("its depth is more than", depth, "maxDepth", limits.maxDepth);
    if (Array.isArray(value)) {
      for (const item of value) {
        const wrong = check(item, depth + 1);
        if (wrong !== undefined) return wrong;
      }
      return undefined;
    }
    for (const key of Object.keys(value)) {
      const wrong = checkKey(key, limits) ?? check((value as Record<string, unknown>)[key], depth + 1);
      if (wrong !== undefined) return wrong;
      values++;
    }
    return undefined;
  }

  return check(root, 0)?.error;
}

/**
 * `__proto__` is a key like any other to JSON, and inert in what it parses; but whoever copies the object with an assignment
 * changes a prototype. Nobody needs it: it is refused.
 */
export function checkKey(
  key: string,
  { maxKeyLength }: WireLimits,
): { readonly error: RoomError } | undefined {
  if (key === "__proto__") return malformed("it has a key __proto__");
  if (key.length > maxKeyLength) {
    return tooLarge("a key has the length", key.length, "maxKeyLength", maxKeyLength);
  }
  return undefined;
}
