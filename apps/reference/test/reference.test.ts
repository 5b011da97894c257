// Every public symbol is told, in a docstring whose links lead somewhere; and the pages have every name that can be imported.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { ApiPage } from "../src/api-page.ts";
import { entryPoints, root } from "../src/entry-points.ts";
import { PageRouter } from "../src/page-router.ts";
import { type PublicApi, readPublicApi } from "../src/public-api.ts";
import { exportsOf, undocumented } from "../src/undocumented.ts";

/** What needs no docstring of ours, and why. */
const EXCEPTIONS: readonly (readonly [why: string, names: RegExp])[] = [
  ["the name of an error's class", /Error\.name$/],
  ["a constant of the WHATWG interface", /WebSocket\.(?:CONNECTING|OPEN|CLOSING|CLOSED)$/],
  ["what the language looks for by a symbol: `await using`, `toString`", /\.\[\w+\]$/],
  ["what Node's streams call", /\._(?:read|write|writev|final)$/],
  [
    "what else is exported, as properties of the class for `require`",
    /^@ws\/compat WebSocket\.(?:createWebSocketStream|extension|Sender|Server|subprotocol|WebSocket|WebSocketServer)$/,
  ],
];

let api: PublicApi;
let router: PageRouter;

beforeAll(async () => {
  api = await readPublicApi();
  router = new PageRouter(api.application);
  router.buildPages(api.project);
  // A compiler reads all packages: seconds, or minutes where the machine does much else besides.
}, 300_000);

describe("docstrings", () => {
  it("are there for each export, and for what one calls and sets", () => {
    const missing = undocumented(api.modules);
    expect(missing.filter((name) => !EXCEPTIONS.some(([, names]) => names.test(name)))).toEqual([]);
    for (const [why, names] of EXCEPTIONS) {
      expect(
        missing.some((name) => names.test(name)),
        `an exception that is needed: ${why}`,
      ).toBe(true);
    }
  });

  it("are missed where one is taken away", () => {
    const [entry, module] = [...api.modules].find(([{ name }]) => name === "@ws/connection")!;
    const connection = exportsOf(module).find(({ name }) => name === "Connection")!;
    const { comment } = connection;
    delete connection.comment;
    expect(undocumented(new Map([[entry, module]]))).toContain("@ws/connection Connection");
    if (comment !== undefined) connection.comment = comment;
  });

  it("link to what is there", () => expect(api.warnings).toEqual([]));
});

function pageOf(name: string): string {
  const [entry, module] = [...api.modules].find(([one]) => one.name === name)!;
  return new ApiPage(api.application, router, entry, module).markdown();
}

describe("a page", () => {
  it("tells a parameter, its default, what comes back and what is thrown", () => {
    const [, close = ""] = pageOf("@ws/connection").split("{#Connection.close}");
    expect(close).toMatch(/^- `code`: 1000–1003, .* Default: `CloseCode\.normal`\.$/m);
    expect(close).toMatch(/^\*\*Returns\*\* how the connection ended/m);
    expect(close).toMatch(/^\*\*Throws\*\* RangeError or TypeError/m);
  });

  it("tells what is said of one alternative of a type", () => {
    expect(pageOf("@ws/client")).toMatch(/^- <code v-pre>&quot;BAD_REDIRECT&quot;<\/code> The server sent/m);
  });

  it("links to where a name is at home that is passed on or inherited", () => {
    const page = pageOf("@ws/server");
    expect(page).toContain("(/reference/connection.html#Connection)");
    expect(page).toContain("(/reference/connection.html#ConnectionOptions.maxMessageBytes)");
  });

  it("has what is inherited from a type that nobody can import", () => {
    expect(pageOf("@ws/server")).toContain("{#WebSocketServerOptions.authenticate}");
  });
});

describe.each(entryPoints())("the page of $name", ({ name, source }) => {
  it("has every name that an import finds", async () => {
    const page = pageOf(name);
    const exported = Object.keys((await import(pathToFileURL(join(root, source)).href)) as object);
    const told = exported.filter((one) => page.includes(`[\`${one}\`](`));
    expect(told).toEqual(exported);
    expect(page).not.toContain("__namedParameters");
  });
});
