// For browsers there is something to import, and nothing to call.
import { readFileSync } from "node:fs";
import * as node from "@ws/compat";
import { expect, it } from "vitest";

it("browser › has the same exports, and each says that it does not work there", async () => {
  const { href } = new URL("../src/browser.ts", import.meta.url);
  const browser = (await import(/* @vite-ignore */ href)) as Record<string, () => never>;
  expect(Object.keys(browser).toSorted()).toEqual(Object.keys(node).toSorted());
  for (const refuse of Object.values(browser)) {
    expect(refuse).toThrow("@ws/compat does not work in a browser: use the WebSocket that it has");
  }
});

it("browser › is what bundles are given", () => {
  const { publishConfig } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    publishConfig: { exports: { ".": Record<string, string> } };
  };
  expect(publishConfig.exports["."]["browser"]).toBe("./dist/browser.js");
});
