// What axe finds wrong with a page: contrast, names, roles. Of each rule that is broken, where.
import axe, { type AxeResults, type RunOptions } from "axe-core";
import type { Page } from "playwright-core";

export interface JudgeOptions {
  /** Only what a theme can change: for the second theme, where all else was judged in the first. */
  readonly isSecondTheme?: boolean;
  /** Only what is inside of it. */
  readonly within?: string;
}

/** What is right is not told. */
const OPTIONS: RunOptions = { resultTypes: ["violations"] };
const COLOURS: RunOptions = { ...OPTIONS, runOnly: ["color-contrast"] };

export async function violations(
  page: Page,
  { isSecondTheme = false, within }: JudgeOptions = {},
): Promise<readonly (readonly string[])[]> {
  // Half a megabyte of it, once for each document.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  const found = await page.evaluate(judge, [within, isSecondTheme ? COLOURS : OPTIONS] as const);
  return found.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
}

/** Runs in the page. */
async function judge([within, options]: readonly [string | undefined, RunOptions]): Promise<
  AxeResults["violations"]
> {
  const { axe: there } = globalThis as unknown as { readonly axe: typeof axe };
  return (await there.run(within ?? document, options)).violations;
}
