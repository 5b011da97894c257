// Who says what to whom, and when: two lines of life, and between them every frame that passed, as it was on the wire.
import { escapeText, svg } from "./figure-style.ts";

const WIDTH = 356;
const CLIENT_X = 40;
const SERVER_X = WIDTH - 40;
const STEP = 46;

export interface Passing {
  readonly from: "client" | "server";
  readonly text: string;
  /** The bytes, where they are few. */
  readonly bytes?: Uint8Array;
}

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");

export function exchangeFigure(alt: string, passings: readonly Passing[]): string {
  const bottom = 44 + passings.length * STEP;
  const shapes = [
    `<text class="middle bold" x="${CLIENT_X}" y="16">client</text>`,
    `<text class="middle bold" x="${SERVER_X}" y="16">server</text>`,
    `<path d="M${CLIENT_X} 26V${bottom}M${SERVER_X} 26V${bottom}"/>`,
  ];
  for (const [i, { from, text, bytes }] of passings.entries()) {
    const y = 56 + i * STEP;
    const [start, end, head] = from === "client" ? [CLIENT_X, SERVER_X, -7] : [SERVER_X, CLIENT_X, 7];
    shapes.push(`<path d="M${start} ${y}H${end}m${head} -4l${-head} 4l${head} 4"/>`);
    shapes.push(`<text class="middle" x="${WIDTH / 2}" y="${y - 7}">${escapeText(text)}</text>`);
    if (bytes !== undefined) {
      shapes.push(`<text class="mono small middle" x="${WIDTH / 2}" y="${y + 14}">${hex(bytes)}</text>`);
    }
  }
  return svg(alt, WIDTH, bottom + 8, shapes);
}
