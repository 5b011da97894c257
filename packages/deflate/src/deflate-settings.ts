// What the output of a compressor depends on besides its input.
import type { ResolvedDeflateOptions } from "./deflate-options.ts";

/** One object for all connections with the same options and the same window. */
export interface DeflateSettings {
  /** As zlib takes it: 9 to 15. */
  readonly windowBits: number;
  readonly level: number;
  readonly memLevel: number;
  /** Names the settings, and what decides whether a message is compressed at all. */
  readonly variant: string;
}

const known = new WeakMap<ResolvedDeflateOptions, Map<number, DeflateSettings>>();

/** @param bits the agreed window: 8 to 15 */
export function deflateSettings(options: ResolvedDeflateOptions, bits: number): DeflateSettings {
  let ofOptions = known.get(options);
  if (ofOptions === undefined) known.set(options, (ofOptions = new Map()));
  let settings = ofOptions.get(bits);
  if (settings === undefined) {
    const { level, memLevel, thresholdBytes, maxCompressedBytes } = options;
    // zlib's raw deflate cannot do 8; what it makes with 9 never reaches back further than 250 bytes, so 8 reads it.
    const windowBits = Math.max(bits, 9);
    const variant = `deflate ${bits} ${level} ${memLevel} ${thresholdBytes} ${maxCompressedBytes}`;
    settings = { windowBits, level, memLevel, variant };
    ofOptions.set(bits, settings);
  }
  return settings;
}

/**
 * With a memory, messages refer back 2^13 bytes at most. Four times as far makes those of a kilobyte smaller by 4 %, takes a
 * third more time, and twice that where the contexts of many connections take turns in the processor's cache.
 */
const MAX_MEMORY_BITS = 13;

/** The same with a window for what is remembered between messages. */
export function memorySettings(settings: DeflateSettings): DeflateSettings {
  return { ...settings, windowBits: Math.min(settings.windowBits, MAX_MEMORY_BITS) };
}
