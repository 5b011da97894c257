// The options of permessage-deflate: what to agree to, and what compressing may cost.
import { isWindowBits } from "./parameters.ts";

/** Options of permessage-deflate; the same for both roles, but for two defaults. */
export interface DeflateOptions {
  /**
   * Whether the server forgets each message before it compresses the next: worse compression of small messages that
   * resemble each other, no memory per connection, and broadcasts compressed once for all.
   * Default: `true` on a server; on a client `false`, which leaves it to the server.
   */
  readonly serverNoContextTakeover?: boolean;
  /**
   * Whether the client does; then the server needs no memory to decompress. Default: `true` on a server; on a client
   * `false`, which leaves it to the server.
   */
  readonly clientNoContextTakeover?: boolean;
  /**
   * How far back the server's compressor may look: 2^n bytes, n from 8 to 15. With context takeover this one never looks
   * further than 2^13. Default: 15.
   */
  readonly serverMaxWindowBits?: number;
  /** The same for the client's. Default: 15. */
  readonly clientMaxWindowBits?: number;
  /** Messages of fewer bytes are sent as they are: compressing them costs more than it saves. Default: 1024. */
  readonly thresholdBytes?: number;
  /**
   * Messages of more bytes are sent as they are: compression is synchronous, some 6 ms for a mebibyte of JSON and 25 ms
   * for one of the worst text we know, and nothing else happens meanwhile. Default: 1 MiB.
   */
  readonly maxCompressedBytes?: number;
  /**
   * zlib's level, 1 (fast) to 9 (small). Higher ones save little, and let whoever chooses the text hold up the process:
   * the worst text takes 6 times as long at 6, and a hundred times as long at 9. Default: 4.
   */
  readonly level?: number;
  /** zlib's memory level, 1 to 9: 2^(n+9) bytes of each context that compresses. Default: 8. */
  readonly memLevel?: number;
}

/** {@link DeflateOptions} with every default filled in. */
export type ResolvedDeflateOptions = Required<DeflateOptions>;

/** @throws RangeError or TypeError for an option that makes no sense */
export function resolveDeflateOptions(
  role: "client" | "server",
  options: DeflateOptions,
): ResolvedDeflateOptions {
  const resolved = {
    serverNoContextTakeover: options.serverNoContextTakeover ?? role === "server",
    clientNoContextTakeover: options.clientNoContextTakeover ?? role === "server",
    serverMaxWindowBits: options.serverMaxWindowBits ?? 15,
    clientMaxWindowBits: options.clientMaxWindowBits ?? 15,
    thresholdBytes: options.thresholdBytes ?? 1024,
    maxCompressedBytes: options.maxCompressedBytes ?? 1024 * 1024,
    level: options.level ?? 4,
    memLevel: options.memLevel ?? 8,
  };
  for (const name of ["serverNoContextTakeover", "clientNoContextTakeover"] as const) {
    const value: unknown = resolved[name];
    if (typeof value !== "boolean")
      throw new TypeError(`Cannot set ${name} to ${String(value)}: it must be a boolean`);
  }
  for (const name of ["serverMaxWindowBits", "clientMaxWindowBits"] as const) {
    if (!isWindowBits(resolved[name])) throw outOfRange(name, resolved[name], 8, 15);
  }
  for (const name of ["level", "memLevel"] as const) check(name, resolved[name], 1, 9);
  for (const name of ["thresholdBytes", "maxCompressedBytes"] as const) {
    check(name, resolved[name], 0, Number.MAX_SAFE_INTEGER);
  }
  return resolved;
}

function check(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) throw outOfRange(name, value, min, max);
}

function outOfRange(name: string, value: unknown, min: number, max: number): RangeError {
  return new RangeError(
    `Cannot set ${name} to ${String(value)}: it must be a whole number from ${min} to ${max}`,
  );
}
