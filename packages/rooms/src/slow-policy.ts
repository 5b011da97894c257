// What a room does with its messages for members that do not keep up: the options, checked once.
import { numberOption } from "./number-option.ts";

/**
 * What becomes of a message for a member that is slow: whose `send` returned `false`, up to its `drain`.
 *
 * - `"wait"`: it waits; where it does not fit the member is closed.
 * - `"drop-newest"`: it waits; where it does not fit it is dropped.
 * - `"drop-oldest"`: it waits; the oldest of the room are dropped until it fits.
 * - `"conflate"`: it takes the place of the one with the same key that waits; otherwise as `"drop-oldest"`.
 * - `"close"`: it is handed to the member nevertheless, which is closed when that was too much.
 */
export type SlowPolicyName = "wait" | "drop-newest" | "drop-oldest" | "conflate" | "close";

/** A policy with its bounds, both for one member in one room. */
export interface SlowPolicyOptions {
  /** What becomes of messages for a member that is slow. */
  readonly policy: SlowPolicyName;
  /** Messages that may wait, or under `"close"` be handed to it while it is slow. Each costs about 100 bytes. Default: 4,096. */
  readonly maxMessages?: number;
  /**
   * Bytes of them, of text its UTF-16 code units. A message that is larger by itself never waits. What waits for several
   * members is held once. Default: 4 MiB.
   */
  readonly maxBytes?: number;
}

/** A policy, by its name alone with the default bounds. */
export type SlowPolicy = SlowPolicyName | SlowPolicyOptions;

/** {@link SlowPolicyOptions} with every default filled in. */
export type ResolvedSlowPolicy = Required<SlowPolicyOptions>;

const NAMES: readonly string[] = [
  "wait",
  "drop-newest",
  "drop-oldest",
  "conflate",
  "close",
] satisfies SlowPolicyName[];

/** @throws TypeError for a policy that there is not, or a bound that is no number; RangeError for one out of range */
export function resolveSlowPolicy(policy: SlowPolicy): ResolvedSlowPolicy {
  const options = typeof policy === "string" ? { policy } : policy;
  if (!NAMES.includes(options.policy)) {
    throw new TypeError(`Cannot set a policy of ${String(options.policy)}: it is one of ${NAMES.join(", ")}`);
  }
  return {
    policy: options.policy,
    maxMessages: numberOption(options, "maxMessages", 4096),
    maxBytes: numberOption(options, "maxBytes", 4 * 1024 * 1024),
  };
}
