import { describe, expect, it } from "vitest";
import { linkify } from "../../src/web/state/linkify.ts";

const links = (text: string): readonly string[] =>
  linkify(text).flatMap((part) => (part.kind === "link" ? [part.href] : []));

describe("the addresses in a text", () => {
  it.each([
    ["see https://example.org/a?b=1#c.", ["https://example.org/a?b=1#c"]],
    ["(https://example.org/a_(b))", ["https://example.org/a_(b)"]],
    ["(see https://example.org/)", ["https://example.org/"]],
    ["two: http://a.example, http://b.example!", ["http://a.example/", "http://b.example/"]],
    ["no: ftp://a.example javascript:alert(1) xhttp://a.example http:// http://%", []],
    ["after one that is none: http://% https://example.org", ["https://example.org/"]],
  ])("of %j are found, with nothing around them", (text, hrefs) => {
    expect(links(text)).toEqual(hrefs);
  });

  it("and all else come to the text again", () => {
    const text = "a http://a.example/, b (http://b.example) http://% c";
    expect(
      linkify(text)
        .map((part) => part.text)
        .join(""),
    ).toBe(text);
  });

  // Each address that was none had the rest of its word looked at again: a hostile message held up the page at every drawing.
  it.each([
    ["addresses that are none", "http://%".repeat(50_000)],
    ["brackets", `http://a.example/${")".repeat(400_000)}`],
  ])("are looked for in a time that grows with the text, also where it is all %s", (_what, text) => {
    const start = performance.now();
    linkify(text);
    expect(performance.now() - start).toBeLessThan(1500);
  });
});
