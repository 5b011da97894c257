// permessage-deflate on one connection: both directions, by what was agreed.
import type { Agreement } from "./agreement.ts";
import { Compressor } from "./compressor.ts";
import type { DecompressFailure } from "./decompress-error.ts";
import { Decompressor } from "./decompressor.ts";
import type { ResolvedDeflateOptions } from "./deflate-options.ts";
import { deflateSettings } from "./deflate-settings.ts";
import type { CompressedParts } from "./inflate-parts.ts";

/**
 * Compresses and decompresses the messages of one connection. Nothing of what passes through one can be
 * seen by another, though they use the same contexts of zlib in turns.
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
    const isServer = role === "server";
    const { serverMaxWindowBits, serverNoContextTakeover } = agreement;
    const { clientMaxWindowBits, clientNoContextTakeover } = agreement;
    const settings = deflateSettings(options, isServer ? serverMaxWindowBits : clientMaxWindowBits);
    const outForgets = isServer ? serverNoContextTakeover : clientNoContextTakeover;
    const inForgets = isServer ? clientNoContextTakeover : serverNoContextTakeover;
    this.#options = options;
    this.#compressor = new Compressor(settings, outForgets);
    this.#decompressor = new Decompressor(isServer ? clientMaxWindowBits : serverMaxWindowBits, inForgets);
    this.variant = outForgets ? settings.variant : undefined;
  }

  /** The message compressed; `undefined` where it is too small, too large, or would not get smaller. */
  compress(message: Uint8Array): Uint8Array | undefined {
    const { thresholdBytes, maxCompressedBytes } = this.#options;
    if (message.length < thresholdBytes || message.length > maxCompressedBytes) return undefined;
    return this.#compressor.compress(message);
  }

  /**
   * The payload of the next fragment of a message that is not there as a whole (RFC 7692 §6.1). Compressed whatever its
   * size, and synchronously: some 6 ms for a mebibyte, so 64 KiB at a time. A part may become larger than it is, by a
   * few bytes. Parts of no bytes become nothing, but for the last, which may have none and becomes one byte.
   */
  compressPart(part: Uint8Array, isLast: boolean): Uint8Array {
    return this.#compressor.compressPart(part, isLast);
  }

  /** The message, or why there is none. Where there is none the connection has failed: its window is not to be trusted. */
  decompress(data: Uint8Array, maxBytes: number): Uint8Array | DecompressFailure {
    return this.#decompressor.decompress(data, maxBytes);
  }

  /**
   * The message in chunks of up to 64 KiB, from the payloads of its fragments or from pieces of them, cut anywhere. At
   * the end of `source` the message must end. Parts are taken from it and inflated as chunks are asked for, with one
   * chunk in advance. zlib works in a thread, and is let go of at the end, on failure, and on `return()`. That waits for
   * a chunk that was asked for: where nothing may come any more, let `source` fail first.
   *
   * With context takeover the next message can be decompressed only when this one was read to its end: to skip the rest
   * of it, go on reading.
   *
   * @param maxBytes of the message decompressed; default: as many as there are
   * @throws DecompressError while iterating, where the data is damaged or the message larger: the connection has failed
   */
  decompressParts(
    source: CompressedParts,
    maxBytes: number = Infinity,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#decompressor.decompressParts(source, maxBytes);
  }
}
