// All loads, in the order of the report.
import { broadcasts } from "./broadcasts.ts";
import { clients } from "./clients.ts";
import { compressed } from "./compressed.ts";
import { echoes } from "./echoes.ts";
import { growth } from "./growth.ts";
import { handshakes } from "./handshakes.ts";
import { idle } from "./idle.ts";
import type { Load } from "./load.ts";

export const loads: readonly Load[] = [
  ...echoes,
  ...broadcasts,
  ...handshakes,
  ...compressed,
  ...growth,
  ...clients,
  ...idle,
];

/**
 * @param names whole names, or beginnings of them; none stand for all
 * @throws RangeError for one that stands for nothing
 */
export function selectLoads(names: readonly string[]): readonly Load[] {
  if (names.length === 0) return loads;
  for (const name of names) {
    if (loads.some((load) => load.name.startsWith(name))) continue;
    throw new RangeError(`Cannot run load ${name}: there are ${loads.map((load) => load.name).join(", ")}`);
  }
  // A name that is the beginning of another stands for itself.
  const exact = new Set(loads.map((load) => load.name));
  return loads.filter((load) =>
    names.some((name) => (exact.has(name) ? load.name === name : load.name.startsWith(name))),
  );
}
