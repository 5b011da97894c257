// How much the lab takes from one person, in one place: the server enforces it, and the page says it before it is met.

const MiB = 1024 * 1024;

export const LAB_LIMITS = {
  /** The largest payload that is measured. */
  maxPayloadBytes: 16 * MiB,
  /** What the echo accepts: somewhat more, so that it is never the echo that refuses what the page allows. */
  maxMessageBytes: 16 * MiB + 64 * 1024,
  /** Smaller fragments than this measure the header, not the payload. */
  minFragmentBytes: 16,
  /** A message in more fragments than this takes minutes. */
  maxFragments: 65_536,
  /** How often one payload goes round. */
  maxRounds: 50,
  /** What goes round in one measurement, all rounds together. */
  maxRunBytes: 64 * MiB,
  /** What one sends by hand, frames and headers together. */
  maxCraftedBytes: 16 * 1024,
  maxCraftedFrames: 16,
  /** The two buckets of bytes that may be echoed: what may come at once, and what comes back each second. */
  burstBytes: 256 * MiB,
  bytesPerSecond: 8 * MiB,
} as const;

/** The sizes that have a button, each at an edge of the protocol or one that people meet. */
export const PRESET_SIZES: readonly number[] = [
  1024,
  16 * 1024,
  64 * 1024 - 1,
  64 * 1024,
  256 * 1024,
  MiB,
  4 * MiB,
  16 * MiB,
];
