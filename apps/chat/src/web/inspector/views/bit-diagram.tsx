// A frame drawn bit by bit, in rows as in the figure of RFC 6455 §5.2. Choosing a field says what it is.
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import type { CapturedFrame } from "../../../shared/inspector.ts";
import { type FrameField, frameFields } from "../model/frame-fields.ts";

/** So much of the payload is drawn. */
const DRAWN_PAYLOAD_BYTES = 8;

interface Cell {
  readonly field: FrameField;
  readonly row: number;
  readonly column: number;
  readonly span: number;
  readonly bits: string;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

export interface BitDiagramProps {
  readonly frame: CapturedFrame;
  readonly chosen: Signal<string>;
  readonly bitsPerRow: 16 | 32;
}

export function BitDiagram({ frame, chosen, bitsPerRow }: BitDiagramProps): JSX.Element {
  const fields = frameFields(frame);
  const bytes = drawnBytes(frame);
  const cells = fields.flatMap((field) => cellsOf(field, bytes, bitsPerRow));
  const drawnBits = bytes.length * 8;
  return (
    <div class={`bits bits-${bitsPerRow}`} role="group" aria-label="The frame, bit by bit">
      {Array.from({ length: bitsPerRow }, (_, bit) => (
        <span
          key={bit}
          class="bit-number"
          aria-hidden="true"
          style={{ gridColumn: String(bit + 1), gridRow: "1" }}
        >
          {bit % (bitsPerRow / 4) === 0 || bit === bitsPerRow - 1 ? bit : "·"}
        </span>
      ))}
      {cells.map(({ field, row, column, span, bits, isFirst, isLast }) => (
        <button
          key={`${field.name} ${row}`}
          type="button"
          class={`bit-cell${span <= 2 ? " is-tight" : ""}${isFirst ? "" : " goes-on"}${isLast ? "" : " is-open"}`}
          data-field={field.name}
          aria-pressed={chosen.value === field.name}
          aria-label={`${field.name}: ${field.value}`}
          tabIndex={isFirst ? 0 : -1}
          style={{ gridColumn: `${column + 1} / span ${span}`, gridRow: String(row + 2) }}
          onClick={() => (chosen.value = field.name)}
        >
          <span class="bit-name">{isFirst ? field.name : "…"}</span>
          <span class="bit-value">{bits}</span>
        </button>
      ))}
      {frame.payloadLength > DRAWN_PAYLOAD_BYTES && (
        <span
          class="bit-rest"
          style={{
            gridColumn: `1 / span ${bitsPerRow}`,
            gridRow: String(Math.ceil(drawnBits / bitsPerRow) + 2),
          }}
        >
          and {(frame.payloadLength - DRAWN_PAYLOAD_BYTES).toLocaleString("en")} more bytes
        </span>
      )}
    </div>
  );
}

/** As on the wire: masked again, where it was. */
function drawnBytes({ header, payload, isMasked, maskKey }: CapturedFrame): Uint8Array {
  const drawn = payload.slice(0, DRAWN_PAYLOAD_BYTES);
  if (isMasked) {
    for (let i = 0; i < drawn.length; i++) drawn[i]! ^= (maskKey >>> (24 - 8 * (i & 3))) & 0xff;
  }
  const bytes = new Uint8Array(header.length + drawn.length);
  bytes.set(header);
  bytes.set(drawn, header.length);
  return bytes;
}

function cellsOf(field: FrameField, bytes: Uint8Array, bitsPerRow: number): Cell[] {
  const end = Math.min(field.firstBit + field.bits, bytes.length * 8);
  const cells: Cell[] = [];
  for (let bit = field.firstBit; bit < end;) {
    const row = Math.floor(bit / bitsPerRow);
    const stop = Math.min(end, (row + 1) * bitsPerRow);
    cells.push({
      field,
      row,
      column: bit % bitsPerRow,
      span: stop - bit,
      bits: bitsText(bytes, bit, stop),
      isFirst: bit === field.firstBit,
      isLast: stop === end,
    });
    bit = stop;
  }
  return cells;
}

/** In binary up to seven bits, in hexadecimal octets beyond. */
function bitsText(bytes: Uint8Array, from: number, to: number): string {
  if (to - from >= 8 && from % 8 === 0) {
    return [...bytes.subarray(from / 8, to / 8)]
      .map((octet) => octet.toString(16).padStart(2, "0"))
      .join(" ");
  }
  let text = "";
  for (let bit = from; bit < to; bit++) text += (bytes[bit >> 3]! >> (7 - (bit & 7))) & 1;
  return text;
}
