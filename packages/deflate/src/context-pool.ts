// Contexts of zlib that remember what they have compressed: some 160 KiB each, so there are only so many, for whoever
// compresses most often. The others, and connections that are gone, lose theirs. It is a matter of speed, and of size: who
// has none tells a new one what it may refer to.
import type { DeflateSettings } from "./deflate-settings.ts";
import { type DirectZlib, openDeflate } from "./direct-zlib.ts";

/** What all contexts of the process may hold together: a hundred. More than that no processor has in its cache. */
const MAX_BYTES = 16 * 1024 * 1024;

/** A context in use; `zlib` is gone when another connection needed it more. */
export interface PooledContext {
  zlib: DirectZlib | undefined;
  lastUse: number;
  readonly bytes: number;
}

const contexts = new Set<PooledContext>();
let heldBytes = 0;
let uses = 0;

/** What stands for now: each use is later than all before it. */
export function nextUse(): number {
  return ++uses;
}

/**
 * A context that remembers `dictionary`; `undefined` where all that could make room were used since `lastUse`: who takes
 * turns with too many others must not take from each of them what it needs next.
 */
export function openContext(
  settings: DeflateSettings,
  dictionary: Uint8Array,
  lastUse: number,
): PooledContext | undefined {
  const bytes = bytesOf(settings);
  while (heldBytes + bytes > MAX_BYTES) {
    const oldest = leastRecentlyUsed();
    if (oldest === undefined || oldest.lastUse >= lastUse) return undefined;
    closeContext(oldest);
  }
  const { windowBits, level, memLevel } = settings;
  const zlib = openDeflate({ windowBits, level, memLevel, dictionary });
  if (zlib === undefined) return undefined;
  const context = { zlib, lastUse: nextUse(), bytes };
  contexts.add(context);
  heldBytes += bytes;
  return context;
}

export function closeContext(context: PooledContext): void {
  if (!contexts.delete(context)) return;
  heldBytes -= context.bytes;
  context.zlib?.close();
  context.zlib = undefined;
}

function leastRecentlyUsed(): PooledContext | undefined {
  let oldest: PooledContext | undefined;
  for (const context of contexts) {
    if (oldest === undefined || context.lastUse < oldest.lastUse) oldest = context;
  }
  return oldest;
}

/** By the formula of zlib's documentation. */
function bytesOf({ windowBits, memLevel }: DeflateSettings): number {
  return 2 ** (windowBits + 2) + 2 ** (memLevel + 9);
}
