// What the README promises, it does: its examples run, and print what the comments behind `// →` say.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, vi } from "vitest";

const packageFolder = join(import.meta.dirname, "..");
const readme = await readFile(join(packageFolder, "README.md"), "utf8");
const examples = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code!);

it("readme › has examples", () => {
  expect(examples.length).toBeGreaterThan(3);
});

it.each(examples.map((code) => [code.split("\n").find((line) => line.includes("→")) ?? code, code]))(
  "readme › %s",
  async (_, code) => {
    const printed: string[] = [];
    vi.spyOn(console, "log").mockImplementation((...values) => {
      printed.push(
        values.map((value) => (typeof value === "string" ? value : JSON.stringify(value))).join(" "),
      );
    });
    // Beside the package, so that "@ws/frame" is found as it is by its users.
    const folder = await mkdtemp(join(packageFolder, ".vitest-readme-"));
    try {
      const file = join(folder, "example.ts");
      await writeFile(file, code);
      await import(/* @vite-ignore */ file);
    } finally {
      await rm(folder, { recursive: true });
    }
    expect(printed).toEqual([...code.matchAll(/\/\/ → (.*)$/gm)].map(([, text]) => text));
  },
);
