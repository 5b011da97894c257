// The titles of all tests, read from the syntax of the test files. Nothing is run: it takes a moment, and finds a test
// that fails as well, which is for its own package to report.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "vite";
import { filesBelow, root } from "../members.ts";

export interface TestTitle {
  readonly file: string;
  /**
   * The titles from the outermost `describe` inwards, joined by ` › `, as they are written: `%s` and `$name` are not
   * filled in, `${…}` is `…`. Or the title of a row in a table of tests, which is what `%s` stands for.
   */
  readonly title: string;
}

/** Every test of the packages and apps, by file and in the order of the file. */
export function testTitles(): TestTitle[] {
  return ["packages", "apps"]
    .flatMap((kind) => filesBelow(join(root, kind), /\.ts$/))
    .map((file) => file.replaceAll("\\", "/"))
    .filter(
      (file) =>
        /^(?:packages|apps)\/[\w-]+\/test\//.test(file) && !LISTS.some((folder) => file.startsWith(folder)),
    )
    .toSorted()
    .flatMap((file) => titlesIn(file, readFileSync(join(root, file), "utf8")));
}

/** The lists that name titles; what they say must not be found as a title itself. */
const LISTS = ["apps/workspace/test/rfc/", "apps/workspace/test/security/map/"];

export function titlesIn(file: string, source: string): TestTitle[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new SyntaxError(`Cannot read the tests of ${file}: ${errors[0]!.message}`);
  const titles: string[] = [];
  visit(program as unknown as Node, [], titles);
  return titles.map((title) => ({ file, title }));
}

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Walks a syntax tree; `outer` are the titles of the `describe`s around a node. */
function visit(node: Node, outer: readonly string[], found: string[]): void {
  let inner = outer;
  if (node.type === "CallExpression") {
    const [name, title] = [calledName(node["callee"]), textOf((node["arguments"] as unknown[])[0])];
    if (title !== undefined && /^(?:describe|it|test)$/.test(name)) {
      inner = [...outer, title];
      if (name !== "describe") found.push(inner.join(" › "));
    }
  } else {
    const row = rowTitle(node);
    if (row !== undefined) found.push(row);
  }
  for (const child of Object.values(node).flat()) if (isNode(child)) visit(child, inner, found);
}

/** `it` of `it("…")`, of `it.skip("…")`, of `it.each(table)("…")`. */
function calledName(callee: unknown): string {
  if (!isNode(callee)) return "";
  if (callee.type === "Identifier") return callee["name"] as string;
  return calledName(callee["object"] ?? callee["callee"]);
}

/** Tables of tests are arrays whose first element is a title, or objects with a property of that name. */
function rowTitle(node: Node): string | undefined {
  if (node.type === "ArrayExpression") {
    const [title, ...row] = node["elements"] as unknown[];
    return row.length > 0 ? textOf(title) : undefined;
  }
  if (node.type !== "Property" || (node["key"] as Node)["name"] !== "title") return undefined;
  return textOf(node["value"]);
}

/** The text of a string, or of a template with `…` for what is filled in. */
function textOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === "Literal" && typeof node["value"] === "string") return node["value"];
  if (node.type !== "TemplateLiteral") return undefined;
  const parts = node["quasis"] as readonly { readonly value: { readonly cooked: string } }[];
  return parts.map(({ value }) => value.cooked).join("…");
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}
