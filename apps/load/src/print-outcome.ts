// An outcome for people, with all of it in a file.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Outcome } from "./outcome.ts";

/** @returns the code to end with: 1 where something that must hold did not */
export async function printOutcome(
  { result, checks, table }: Outcome<unknown>,
  file: string,
): Promise<number> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ checks, result }, null, 2)}\n`);
  console.table(table);
  for (const { what, measured, bound, passed } of checks) {
    console.log(
      `${passed ? "ok    " : "FAILED"} ${what}: ${measured}${bound === undefined ? "" : ` (${bound})`}`,
    );
  }
  console.log(`\nAll that was measured: ${file}`);
  return checks.every(({ passed }) => passed) ? 0 : 1;
}
