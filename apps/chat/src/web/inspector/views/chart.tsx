// A small line chart of the last two minutes, one or two lines, drawn as SVG. Says in words what it shows.
import type { JSX } from "preact";

export interface ChartLine {
  readonly name: string;
  readonly tone: "received" | "sent" | "single";
  /** Undefined where nothing is known: the line has a gap, and a value alone is a dot. */
  readonly values: readonly (number | undefined)[];
}

export interface ChartProps {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly format: (value: number) => string;
}

const WIDTH = 240;
const HEIGHT = 64;

export function Chart({ title, lines, format }: ChartProps): JSX.Element {
  const known = lines.flatMap(({ values }) => values.filter((value) => value !== undefined));
  const max = Math.max(1, ...known);
  const latest = (values: ChartLine["values"]): string => {
    const value = values.findLast((each) => each !== undefined);
    return value === undefined ? "—" : format(value);
  };
  const now = lines.map(({ name, values }) => `${name} ${latest(values)}`);
  const label = `${title}, last two minutes: now ${now.join(", ")}; at most ${known.length === 0 ? "nothing" : format(Math.max(...known))}`;
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong>
        <span class="grow" />
        {lines.map(({ name, tone, values }) => (
          <span key={name} class={`legend is-${tone}`}>
            {name} <b>{latest(values)}</b>
          </span>
        ))}
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
        <path class="chart-grid" d={`M0 .5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - 0.5}H${WIDTH}`} />
        {lines.map(({ name, tone, values }) => (
          <path key={name} class={`chart-line is-${tone}`} d={pathOf(values, max)} />
        ))}
      </svg>
      <div class="chart-scale" aria-hidden="true">
        <span>2 min ago</span>
        <span>{known.length === 0 ? "no values yet" : `max ${format(Math.max(...known))}`}</span>
        <span>now</span>
      </div>
    </figure>
  );
}

function pathOf(values: readonly (number | undefined)[], max: number): string {
  const x = (i: number): string => ((i / (values.length - 1)) * WIDTH).toFixed(1);
  const y = (value: number): string => (HEIGHT - 2 - (value / max) * (HEIGHT - 6)).toFixed(1);
  let path = "";
  let isDown = false;
  values.forEach((value, i) => {
    if (value === undefined) {
      isDown = false;
      return;
    }
    // A line of no length is a dot, by its round ends.
    path += isDown ? `L${x(i)} ${y(value)}` : `M${x(i)} ${y(value)}h0`;
    isDown = true;
  });
  return path;
}
