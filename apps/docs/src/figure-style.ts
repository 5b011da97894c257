// How a figure looks where it is an image of its own. On the site its colours are those of .vitepress/theme/style.css.

/** What the parts of a frame are filled with, on a light and on a dark page; the ink on them has more than 7:1. */
const FILLS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  flags: ["#cfe3ff", "#1c3f66"],
  length: ["#ffe1b8", "#5a3d0a"],
  key: ["#e6d6ff", "#43306b"],
  payload: ["#cdeed2", "#1d4a2b"],
  code: ["#ffd3d0", "#662420"],
};

const ink = (theme: 0 | 1): string =>
  [
    `--figure-ink:${["#24292f", "#e6edf3"][theme]};--figure-line:${["#6e7781", "#8b949e"][theme]}`,
    ...Object.entries(FILLS).map(([name, fills]) => `--figure-${name}:${fills[theme]}`),
  ].join(";");

export const imageStyle: string = [
  `.figure{${ink(0)}}`,
  `@media(prefers-color-scheme:dark){.figure{${ink(1)}}}`,
  ".figure text{fill:var(--figure-ink);font:13px system-ui,sans-serif}",
  ".figure .mono{font-family:ui-monospace,monospace}",
  ".figure .small{font-size:11px}",
  ".figure .middle{text-anchor:middle}",
  ".figure .bold{font-weight:600}",
  ".figure rect{stroke:var(--figure-line)}",
  ".figure path{fill:none;stroke:var(--figure-line);stroke-width:1.5}",
  ...Object.keys(FILLS).map((name) => `.figure .${name}{fill:var(--figure-${name})}`),
].join("\n");

export const escapeText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** The frame around what was drawn. `alt` is what somebody is told who does not see it. */
export function svg(alt: string, width: number, height: number, shapes: readonly string[]): string {
  return [
    `<svg class="figure" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeText(alt)}">`,
    `<style>\n${imageStyle}\n</style>`,
    ...shapes,
    "</svg>\n",
  ].join("\n");
}
