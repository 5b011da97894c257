// A frame as a figure: its first two bytes bit by bit, all its bytes, and what each field says. Eight bytes a row, so that it
// can be read on a phone as it is.
import { escapeText, svg } from "./figure-style.ts";
import { type Field, frameFields } from "./frame-fields.ts";

const CELL = 44;
const ROW = 46;
const PER_ROW = 8;
const LEFT = 2;
const WIDTH = CELL * PER_ROW + 2 * LEFT;
const LETTERS_PER_LINE = 50;

export interface FrameFigure {
  readonly alt: string;
  readonly bytes: Uint8Array;
  /** The first two bytes are drawn as bits, too. */
  readonly bits?: boolean;
  /** What is drawn of a long payload. */
  readonly maxBytes?: number;
  readonly payloadText?: (payload: Uint8Array) => string;
}

export function frameFigure({ alt, bytes, bits = false, maxBytes = 64, payloadText }: FrameFigure): string {
  const fields = frameFields(bytes, payloadText);
  if (fields === undefined) throw new RangeError(`Cannot draw ${alt}: these are no whole frame`);
  const shapes: string[] = [];
  let y = LEFT;
  if (bits) y = drawBits(shapes, bytes, y);
  y = drawBytes(shapes, bytes.subarray(0, maxBytes), fields, y);
  if (bytes.length > maxBytes) {
    shapes.push(
      `<text class="small" x="${LEFT}" y="${y + 8}">… and ${bytes.length - maxBytes} bytes more</text>`,
    );
    y += 18;
  }
  return svg(alt, WIDTH, drawLegend(shapes, fields, y), shapes);
}

/** RFC 6455 §5.2, the first sixteen bits of its figure. */
const BITS: readonly (readonly [name: string, count: number, kind: Field["kind"]])[] = [
  ["FIN", 1, "flags"],
  ["RSV", 3, "flags"],
  ["opcode", 4, "flags"],
  ["MASK", 1, "length"],
  ["length", 7, "length"],
];

function drawBits(shapes: string[], bytes: Uint8Array, y: number): number {
  const size = CELL / 2;
  const head = (bytes[0]! << 8) | bytes[1]!;
  let bit = 0;
  for (const [name, count, kind] of BITS) {
    const middle = LEFT + (bit + count / 2) * size;
    // Of two narrow neighbours one name is higher, so that they do not touch.
    const isNarrow = count === 1;
    shapes.push(
      `<text class="small middle" x="${isNarrow ? Math.max(middle, LEFT + 13) : middle}" y="${y + (isNarrow ? 10 : 24)}">${name}</text>`,
    );
    for (let i = 0; i < count; i++, bit++) {
      const x = LEFT + bit * size;
      shapes.push(`<rect class="${kind}" x="${x}" y="${y + 30}" width="${size}" height="26"/>`);
      shapes.push(
        `<text class="mono middle" x="${x + size / 2}" y="${y + 48}">${(head >> (15 - bit)) & 1}</text>`,
      );
    }
  }
  return y + 70;
}

function drawBytes(shapes: string[], bytes: Uint8Array, fields: readonly Field[], y: number): number {
  for (const [i, byte] of bytes.entries()) {
    const x = LEFT + (i % PER_ROW) * CELL;
    const top = y + Math.floor(i / PER_ROW) * ROW;
    const kind = fields.find(({ start, end }) => i >= start && i < end)?.kind ?? "payload";
    const letter = byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·";
    shapes.push(`<rect class="${kind}" x="${x}" y="${top}" width="${CELL}" height="40"/>`);
    shapes.push(
      `<text class="mono middle" x="${x + CELL / 2}" y="${top + 18}">${byte.toString(16).padStart(2, "0")}</text>`,
    );
    shapes.push(
      `<text class="mono small middle" x="${x + CELL / 2}" y="${top + 33}">${escapeText(letter)}</text>`,
    );
  }
  return y + Math.ceil(bytes.length / PER_ROW) * ROW + 8;
}

function drawLegend(shapes: string[], fields: readonly Field[], top: number): number {
  let y = top;
  for (const { kind, text, start, end } of fields) {
    const bytes = end - start === 1 ? `byte ${start}` : `bytes ${start}–${end - 1}`;
    shapes.push(`<rect class="${kind}" x="${LEFT}" y="${y}" width="14" height="14"/>`);
    for (const line of wrap(`${bytes}: ${text}`)) {
      shapes.push(`<text x="${LEFT + 22}" y="${y + 12}">${escapeText(line)}</text>`);
      y += 17;
    }
    y += 5;
  }
  return y;
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length >= LETTERS_PER_LINE) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
