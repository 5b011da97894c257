// The import statements of a source file.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../members.ts";

export interface Import {
  readonly from: string;
  readonly isTypeOnly: boolean;
}

const STATEMENT = /^\s*(?:import|export)\s+(type\s+)?(?:[\w*\s{},$]*?\sfrom\s+)?"([^"\n]+)"/gm;
const DYNAMIC = /\bimport\(\s*"([^"\n]+)"\s*\)/g;

export function importsOf(file: string): Import[] {
  const source = code(file);
  return [
    ...[...source.matchAll(STATEMENT)].map((match) => ({
      from: match[2]!,
      isTypeOnly: match[1] !== undefined,
    })),
    ...[...source.matchAll(DYNAMIC)].map((match) => ({ from: match[1]!, isTypeOnly: false })),
  ];
}

/** The text of a source file without its comments, whose examples import freely. */
export function code(file: string): string {
  return readFileSync(join(root, file), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}
