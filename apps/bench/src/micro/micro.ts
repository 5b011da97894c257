// The parts of our stack by themselves, in this process: nanoseconds for one, by size. For who changes one of them.
import { cases } from "./cases.ts";

const ROUNDS = 7;
const ROUND_MS = 60;

/** @param names beginnings of names of cases; none stand for all */
export function runMicro(names: readonly string[]): number {
  const chosen = cases.filter(
    ({ name }) => names.length === 0 || names.some((each) => name.startsWith(each)),
  );
  if (chosen.length === 0) throw new RangeError(`Cannot measure ${names.join(", ")}: there is no such case`);
  const runs = chosen.map(({ name, bytes, count = 1, run }) => {
    return { name, bytes: bytes / count, count, run, times: calibrate(run), ns: [] as number[] };
  });
  for (let round = 0; round < ROUNDS; round++) {
    for (const { run, times, count, ns } of runs) ns.push((time(run, times) * 1e6) / (times * count));
  }
  const rows = runs.map(({ name, bytes, ns }) => {
    const best = Math.min(...ns);
    return [
      name,
      { "ns for one": Number(best.toPrecision(3)), "GB/s": Number((bytes / best).toPrecision(3)) },
    ];
  });
  console.log(`The fastest of ${ROUNDS} interleaved rounds, Node ${process.versions.node}`);
  console.table(Object.fromEntries(rows));
  return 0;
}

/** How many times fit into a round, after enough of them to be compiled. */
function calibrate(run: () => void): number {
  let times = 1;
  while (time(run, times) < ROUND_MS / 4) times *= 2;
  return times * 4;
}

function time(run: () => void, times: number): number {
  const start = performance.now();
  for (let i = 0; i < times; i++) run();
  return performance.now() - start;
}
