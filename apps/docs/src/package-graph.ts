// Which package stands on which, as their manifests say: those that need no other at the bottom, each line to what is needed.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { svg } from "./figure-style.ts";
import { root } from "./site-paths.ts";

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const BOX = { width: 112, height: 32 };
const STEP_X = 128;
const STEP_Y = 110;

/** Each package of ours, and those of ours that it needs. */
export function needs(): Map<string, string[]> {
  const manifests = readdirSync(join(root, "packages")).map(
    (name) => JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")) as Manifest,
  );
  const names = new Set(manifests.map(({ name }) => name));
  return new Map(
    manifests.map(({ name, dependencies = {} }) => [
      name,
      Object.keys(dependencies).filter((dependency) => names.has(dependency)),
    ]),
  );
}

/** How many floors are below a package. There are no cycles; a test of the layers sees to that. */
function floorOf(name: string, graph: ReadonlyMap<string, readonly string[]>): number {
  return Math.max(-1, ...(graph.get(name) ?? []).map((below) => floorOf(below, graph))) + 1;
}

export function packageGraph(): string {
  const graph = needs();
  const floors: string[][] = [];
  for (const name of [...graph.keys()].toSorted()) (floors[floorOf(name, graph)] ??= []).push(name);
  const columns = Math.max(...floors.map((floor) => floor.length));
  const width = columns * STEP_X;
  const places = new Map<string, { readonly x: number; readonly y: number }>();
  for (const [level, floor] of floors.entries()) {
    const left = (width - floor.length * STEP_X) / 2;
    for (const [i, name] of floor.entries()) {
      places.set(name, { x: left + i * STEP_X + STEP_X / 2, y: 8 + (floors.length - 1 - level) * STEP_Y });
    }
  }
  const shapes: string[] = [];
  for (const [name, below] of graph) {
    const from = places.get(name)!;
    for (const other of below) {
      const to = places.get(other)!;
      shapes.push(`<path d="M${from.x} ${from.y + BOX.height}L${to.x} ${to.y}"/>`);
    }
  }
  for (const [name, { x, y }] of places) {
    const kind = name.startsWith("@ws/rooms") ? "payload" : "flags";
    shapes.push(
      `<rect class="${kind}" x="${x - BOX.width / 2}" y="${y}" width="${BOX.width}" height="${BOX.height}"/>`,
      `<text class="small middle" x="${x}" y="${y + 20}">${name}</text>`,
    );
  }
  const alt = `The packages and what they need: ${[...graph]
    .map(([name, below]) => `${name} ${below.length === 0 ? "needs none" : `needs ${below.join(", ")}`}`)
    .join("; ")}`;
  return svg(alt, width, 8 + floors.length * STEP_Y - STEP_Y + BOX.height + 8, shapes);
}
