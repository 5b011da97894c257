import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import * as events from "node:events";
import * as stream from "node:stream";
import { runInThisContext } from "node:vm";
import * as connection from "@ws/connection";
import { expect, it, vi } from "vitest";

const modules: Record<string, object> = {
  "@ws/connection": connection,
  "node:events": events,
  "node:stream": stream,
};

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const examples = Array.from(readme.matchAll(/^## (.+?)$.+?^```ts\n(.+?)^```$/gms), ([, title, code]) => ({
  title: title!,
  code: code!,
}));

it("README › has examples", () => {
  expect(examples.length).toBeGreaterThanOrEqual(4);
});

it.each(examples)("README › $title › prints what it says", async ({ code }) => {
  const printed: string[] = [];
  vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => {
    printed.push(values.map((value) => (typeof value === "string" ? value : inspect(value))).join(" "));
  });
  const body = code.replaceAll(/^import (\{.+?\}) from (".+?");$/gm, "const $1 = modules[$2];");
  const run = runInThisContext(`(async (modules) => {${body}\n})`) as (from: typeof modules) => Promise<void>;
  await run(modules);
  const promised = Array.from(code.matchAll(/console\.log\(.*\/\/ (.+)$/gm), ([, text]) => text);
  expect(printed.join(" ")).toContain(promised.join(" "));
});
