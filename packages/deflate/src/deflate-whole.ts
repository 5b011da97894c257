// One message compressed as if there were no other. All connections with the same settings use one context of zlib, which
// is reset before each use.
//
// A reset forgets where everything was, but leaves the bytes in place, and at the end of its input zlib looks at some that
// lie behind: what it makes of the last octets, and so the length, could tell a guess at another connection's message from
// what it was. So nothing of another message may lie behind this one: it is overwritten, or the context is a new one.
import { constants } from "node:zlib";
import type { DeflateSettings } from "./deflate-settings.ts";
import { type DirectZlib, openDeflate } from "./direct-zlib.ts";
import { deflateOnce } from "./one-shot.ts";

/** Beyond so many bytes a new context, which is empty, costs less than to overwrite. */
const MAX_WIPED_BYTES = 4096;

/** As far as zlib ever looks beyond its input: the longest match. */
const LOOK_BEHIND_BYTES = 258;

const zeros = new Uint8Array(MAX_WIPED_BYTES + LOOK_BEHIND_BYTES);

interface SharedContext {
  readonly zlib: DirectZlib;
  /** As far as messages lie in it: none was longer. */
  usedBytes: number;
}

/** By their settings: one for each combination that the options of a process, and the windows of its peers, make. */
const contexts = new Map<number, SharedContext>();

/** The message compressed, up to a flush; `undefined` where that takes more than `maxBytes`. */
export function deflateWhole(
  message: Uint8Array,
  settings: DeflateSettings,
  maxBytes: number,
): Uint8Array | undefined {
  const context = contextFor(message.length, settings);
  if (context !== undefined) return deflateWith(context.zlib, message, maxBytes);
  const deflated = deflateOnce(message, settings, undefined);
  return deflated.length <= maxBytes ? deflated : undefined;
}

/** The next bytes compressed by a context, up to a flush; `undefined` where that takes more than `maxBytes`. */
export function deflateWith(zlib: DirectZlib, bytes: Uint8Array, maxBytes: number): Uint8Array | undefined {
  const made = zlib.run(constants.Z_SYNC_FLUSH, bytes, bytes.length, maxBytes);
  if (made < 0) throw new Error(`Cannot compress ${bytes.length} bytes: zlib has no memory`);
  return made <= maxBytes ? zlib.take(made) : undefined;
}

/** A context that has nothing of another message where one of this length ends, nor knows of any. */
function contextFor(
  length: number,
  { windowBits, level, memLevel }: DeflateSettings,
): SharedContext | undefined {
  const key = (windowBits * 10 + level) * 10 + memLevel;
  let context = contexts.get(key);
  if (context?.zlib.isClosed === false) {
    if (length >= context.usedBytes || length <= MAX_WIPED_BYTES) {
      if (length < context.usedBytes) wipe(context.zlib, length);
      else context.usedBytes = length;
      context.zlib.reset();
      return context;
    }
    context.zlib.close();
  }
  const zlib = openDeflate({ windowBits, level, memLevel });
  if (zlib === undefined) return undefined;
  context = { zlib, usedBytes: length };
  contexts.set(key, context);
  return context;
}

function wipe(zlib: DirectZlib, length: number): void {
  zlib.reset();
  zlib.run(constants.Z_NO_FLUSH, zeros, length + LOOK_BEHIND_BYTES, Infinity);
}
