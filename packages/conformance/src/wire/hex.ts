// Bytes as a reader of a report wants to see them.

/** `48 65 6c … (300 bytes)` */
export function hex(bytes: Uint8Array, max = 24): string {
  const shown = Buffer.from(bytes.subarray(0, max)).toString("hex").replace(/../g, "$& ").trimEnd();
  return bytes.length > max ? `${shown} … (${bytes.length} bytes)` : shown;
}

/** `1 MiB`, `64 KiB`, `125 bytes` */
export function byteCount(count: number): string {
  if (count > 0 && count % 2 ** 20 === 0) return `${count / 2 ** 20} MiB`;
  if (count > 0 && count % 2 ** 10 === 0) return `${count / 2 ** 10} KiB`;
  return count === 1 ? "1 byte" : `${count} bytes`;
}
