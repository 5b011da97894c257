// Sizes for people, in the units of memory.
const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${number.format(Math.round(bytes / 102.4) / 10)} KiB`;
  return `${number.format(bytes / (1024 * 1024))} MiB`;
}
