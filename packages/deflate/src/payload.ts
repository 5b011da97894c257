// What the payload of a compressed message is to zlib, whether it is there as a whole or comes in parts.

/**
 * RFC 7692 §7.2.2: "Append 4 octets of 0x00 0x00 0xff 0xff to the tail end of the payload of the message." The five
 * behind them are one more, final, empty block: zlib then ends where the message ends, and says so where it does not.
 */
export const TAIL: Uint8Array = new Uint8Array([0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff]);

/**
 * Final blocks inside a message (RFC 7692 §7.2.3.4): at each zlib is set up anew, which costs as much as to inflate
 * kilobytes. So many are free, and one more for so many bytes of data; honest peers have one or none.
 */
const FREE_FINAL_BLOCKS = 16;
const BYTES_PER_FINAL_BLOCK = 4096;

/** How many final blocks there may be inside so many bytes of data. */
export function allowedFinalBlocks(bytes: number): number {
  return FREE_FINAL_BLOCKS + Math.floor(bytes / BYTES_PER_FINAL_BLOCK);
}
