// A chart of horizontal bars as SVG, by hand: groups of bars on a scale where each step doubles. It reads on light and on
// dark pages, because it follows what the reader's system prefers and has no background of its own.

export interface BarChart {
  readonly title: string;
  /** What the length of a bar means. */
  readonly subtitle: string;
  readonly series: readonly string[];
  readonly groups: readonly { readonly title: string; readonly values: readonly (number | undefined)[] }[];
  /** Below the chart. */
  readonly notes: readonly string[];
}

const WIDTH = 900;
const LABELS = 350;
const RIGHT = 60;
const BAR = 12;
const GAP = 12;
const TOP = 96;
const NOTE = 16;
/** Each in light and in dark. */
const COLOURS = [
  ["#0b6bcb", "#5aa9f5"],
  ["#8a8f98", "#8f96a1"],
  ["#b7791f", "#e0a94a"],
  ["#2f855a", "#5bbf8c"],
  ["#9b3fb5", "#cf86e3"],
  ["#c2413b", "#f08a84"],
  ["#0f7f8c", "#58c4d0"],
  ["#5b4bc4", "#a79bf2"],
] as const;

export function barChart({ title, subtitle, series, groups, notes }: BarChart): string {
  const values = groups.flatMap((group) => group.values).filter((value) => value !== undefined);
  const lowest = Math.floor(Math.log2(Math.min(1, ...values)));
  const highest = Math.max(lowest + 1, Math.ceil(Math.log2(Math.max(1, ...values))));
  const x = (value: number): number =>
    LABELS + ((WIDTH - LABELS - RIGHT) * (Math.log2(value) - lowest)) / (highest - lowest);

  const parts: string[] = [];
  let y = TOP;
  for (const group of groups) {
    const start = y;
    for (const [i, value] of group.values.entries()) {
      if (value === undefined) continue;
      // One bar is as long as the base, and grows from there to either side.
      const [from, to] = [Math.min(x(1), x(value)), Math.max(x(1), x(value))];
      parts.push(
        `<rect class="s${i}" x="${round(from)}" y="${y}" width="${round(Math.max(to - from, 2))}" height="${BAR - 2}" rx="2"/>`,
        value < 1
          ? text(from - 4, y + BAR - 3, number(value), "value end")
          : text(to + 4, y + BAR - 3, number(value), "value"),
      );
      y += BAR;
    }
    parts.push(text(LABELS - 46, (start + y) / 2 + 3, group.title, "label end"));
    y += GAP;
  }
  const grid: string[] = [];
  for (let power = lowest; power <= highest; power++) {
    const at = round(x(2 ** power));
    grid.push(
      `<line class="${power === 0 ? "axis" : "grid"}" x1="${at}" x2="${at}" y1="${TOP - 8}" y2="${y - GAP + 4}"/>`,
      text(at, TOP - 14, `${power < 0 ? `1/${2 ** -power}` : 2 ** power}×`, "tick middle"),
    );
  }
  const legend = series.map((name, i) => {
    const at = 16 + i * 108;
    return `<rect class="s${i}" x="${at}" y="52" width="10" height="10" rx="2"/>${text(at + 15, 61, name, "label")}`;
  });
  const footer = notes.map((note, i) => text(16, y + 8 + i * NOTE, note, "tick"));
  const height = y + 8 + notes.length * NOTE;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(title)}">
<style>
text{font:12px system-ui,sans-serif;fill:#1f2328}.title{font-size:16px;font-weight:600}.tick,.value{font-size:10px;fill:#59636e}.end{text-anchor:end}.middle{text-anchor:middle}
.grid{stroke:#d1d9e0}.axis{stroke:#59636e}
${COLOURS.map(([light], i) => `.s${i}{fill:${light}}`).join("")}
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.tick,.value{fill:#9198a1}.grid{stroke:#3d444d}.axis{stroke:#9198a1}${COLOURS.map(([, dark], i) => `.s${i}{fill:${dark}}`).join("")}}
</style>
${text(16, 24, title, "title")}
${text(16, 42, subtitle, "tick")}
${[...legend, ...grid, ...parts, ...footer].join("\n")}
</svg>
`;
}

function text(x: number, y: number, content: string, kind: string): string {
  return `<text class="${kind}" x="${round(x)}" y="${round(y)}">${escape(content)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function number(value: number): string {
  return `${value >= 10 ? value.toFixed(0) : value.toFixed(value >= 1 ? 1 : 2)}×`;
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
