// Numbers as people read them in the lab.

const KiB = 1024;
const MiB = 1024 * KiB;

/** `64 KiB − 1`, `1 MiB`, `70,001 B`: exact wherever a preset is. */
export function formatSize(bytes: number): string {
  if (bytes % MiB === 0 && bytes > 0) return `${bytes / MiB} MiB`;
  if (bytes % KiB === 0 && bytes > 0) return `${bytes / KiB} KiB`;
  if ((bytes + 1) % (16 * KiB) === 0) return `${formatSize(bytes + 1)} − 1`;
  return `${formatCount(bytes)} B`;
}

/** Three digits that count. */
export function formatBytes(bytes: number): string {
  if (bytes < KiB) return `${bytes} B`;
  return bytes < MiB ? `${digits(bytes / KiB)} KiB` : `${digits(bytes / MiB)} MiB`;
}

export function formatMs(ms: number): string {
  return ms >= 1000 ? `${digits(ms / 1000)} s` : `${digits(ms)} ms`;
}

/** Bytes per millisecond, as MiB/s. */
export function formatRate(bytesPerMs: number): string {
  return `${digits((bytesPerMs * 1000) / MiB)} MiB/s`;
}

export function formatCount(count: number): string {
  return count.toLocaleString("en-GB");
}

export function formatRange(
  { min, max }: { readonly min: number; readonly max: number },
  format: (value: number) => string = formatCount,
): string {
  const [least, most] = [format(min), format(max)];
  return least === most ? least : `${least}–${most}`;
}

function digits(value: number): string {
  return value >= 100 ? formatCount(Math.round(value)) : String(Number(value.toPrecision(3)));
}
