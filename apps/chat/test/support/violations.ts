// What axe finds wrong with a page: contrast, names, roles. Of each rule that is broken, where.
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

export interface JudgeOptions {
  /** Only what a theme can change: for the second theme, where all else was judged in the first. */
  readonly isSecondTheme?: boolean;
  /** Only what is inside of it. */
  readonly within?: string;
}

export async function violations(
  page: Page,
  { isSecondTheme = false, within }: JudgeOptions = {},
): Promise<readonly (readonly string[])[]> {
  // There are no frames: without a page of its own for each judgement it takes half the time. What is right is not told.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).setLegacyMode();
  if (isSecondTheme) axe.withRules(["color-contrast"]);
  if (within !== undefined) axe.include(within);
  const found = (await axe.analyze()).violations;
  return found.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
}
