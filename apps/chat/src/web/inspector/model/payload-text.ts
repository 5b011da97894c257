// Bytes for people: as text, as JSON, in hexadecimal, each up to a bound that the caller names.

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** As UTF-8, with what is none as �; control characters visible. */
export function asText(bytes: Uint8Array, maxBytes: number): string {
  return utf8.decode(bytes.subarray(0, maxBytes));
}

/** One line of it, for a list. */
export function asLine(bytes: Uint8Array, maxBytes: number): string {
  // oxlint-disable-next-line no-control-regex -- those are what is to be seen
  return asText(bytes, maxBytes).replaceAll(/[\u0000-\u001f\u007f]/g, "·");
}

/** Whether it reads as text at all. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const text = asText(bytes, 512);
  // oxlint-disable-next-line no-control-regex -- those are what text has not
  return !/[\u0000-\u0008\u000e-\u001f]/.test(text) && !text.slice(0, 500).includes("\ufffd");
}

/** Indented; undefined for what is no JSON. */
export function asJson(bytes: Uint8Array): string | undefined {
  try {
    return JSON.stringify(JSON.parse(utf8.decode(bytes)), null, 2);
  } catch {
    return undefined;
  }
}

export interface HexLine {
  readonly offset: string;
  readonly hex: string;
  readonly text: string;
}

const LINE_BYTES = 16;

export function asHex(bytes: Uint8Array, maxBytes: number, start = 0): readonly HexLine[] {
  const lines: HexLine[] = [];
  const end = Math.min(bytes.length, maxBytes);
  for (let at = 0; at < end; at += LINE_BYTES) {
    const line = [...bytes.subarray(at, Math.min(end, at + LINE_BYTES))];
    lines.push({
      offset: (start + at).toString(16).padStart(4, "0"),
      hex: line.map((octet) => octet.toString(16).padStart(2, "0")).join(" "),
      text: line.map((octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : "·")).join(""),
    });
  }
  return lines;
}

/** 1,024 → "1.0 KiB". */
export function formatBytes(count: number): string {
  if (count < 1024) return `${count} B`;
  const units = ["KiB", "MiB", "GiB"];
  let value = count;
  let unit = -1;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

export function formatClock(time: number): string {
  const date = new Date(time);
  const two = (number: number): string => String(number).padStart(2, "0");
  const milliseconds = String(Math.floor(date.getMilliseconds())).padStart(3, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
}
