// permessage-deflate on one connection: both directions, by what was agreed.
import type { Agreement } from "./agreement.ts";
import { Compressor } from "./compressor.ts";
import { type DecompressFailure, Decompressor } from "./decompressor.ts";
import type { ResolvedDeflateOptions } from "./deflate-options.ts";

/**
 * Compresses and decompresses the messages of one connection. Shares no state with any other.
 *
 * @example
 * ```ts
 * const deflate = new MessageDeflate("server", agreement, options);
 * const data = deflate.compress(message); // undefined: send it as it is
 * const message = deflate.decompress(data, 1024 * 1024);
 * ```
 */
export class MessageDeflate {
  /** Equal on connections where the same message compresses to the same bytes; `undefined` where it depends on more. */
  readonly variant: string | undefined;
  readonly #options: ResolvedDeflateOptions;
  readonly #compressor: Compressor;
  readonly #decompressor: Decompressor;

  constructor(role: "client" | "server", agreement: Agreement, options: ResolvedDeflateOptions) {
    const server = {
      windowBits: agreement.serverMaxWindowBits,
      noContextTakeover: agreement.serverNoContextTakeover,
    };
    const client = {
      windowBits: agreement.clientMaxWindowBits,
      noContextTakeover: agreement.clientNoContextTakeover,
    };
    const { level, memLevel } = options;
    this.#options = options;
    this.#compressor = new Compressor({ ...(role === "server" ? server : client), level, memLevel });
    this.#decompressor = new Decompressor(role === "server" ? client : server);
    const { variant } = this.#compressor;
    // Made once: a broadcast looks it up for every connection.
    this.variant = variant && `${variant} ${options.thresholdBytes} ${options.maxCompressedBytes}`;
  }

  /** The message compressed; `undefined` where it is too small, too large, or would not get smaller. */
  compress(message: Uint8Array): Uint8Array | undefined {
    const { thresholdBytes, maxCompressedBytes } = this.#options;
    if (message.length < thresholdBytes || message.length > maxCompressedBytes) return undefined;
    return this.#compressor.compress(message);
  }

  /** The message, or why there is none. Where there is none the connection has failed: its window is not to be trusted. */
  decompress(data: Uint8Array, maxBytes: number): Uint8Array | DecompressFailure {
    return this.#decompressor.decompress(data, maxBytes);
  }
}
