// What is found in sources: test titles and citations.
import { describe, expect, it } from "vitest";
import { citationsIn } from "./citations.ts";
import { titlesIn } from "./titles.ts";

function titles(source: string): string[] {
  return titlesIn("some.test.ts", source).map(({ title }) => title);
}

describe("test titles", () => {
  it("are found inside describe, each and loops, with what is around them", () => {
    const source = `
      describe.each(ROLES)("protocol (%s)", (role) => {
        describe("closing", () => {
          it("ends", () => {});
          it.each<Row>([1, 2])("takes %i", async () => {});
          for (const code of codes) test.skip(\`refuses \${code} for good\`, () => {});
        });
      });
      it("stands alone", () => {});`;
    expect(titles(source)).toEqual([
      "protocol (%s) › closing › ends",
      "protocol (%s) › closing › takes %i",
      "protocol (%s) › closing › refuses … for good",
      "stands alone",
    ]);
  });

  it("are found in tables", () => {
    expect(titles('const rows = [["no key", 1], ...more.map((x) => [`key ${x}`, 2])];')).toEqual([
      "no key",
      "key …",
    ]);
    expect(titles('const vectors = [{ title: "rejects it (RFC 6455 §5.2)", first: 0x80 }];')).toEqual([
      "rejects it (RFC 6455 §5.2)",
    ]);
  });

  it("are not what other calls are given", () => {
    expect(titles('expect("it"); commit("x", () => it2("y")); describe("empty", () => {});')).toEqual([]);
  });
});

describe("citations", () => {
  const sections = (text: string): string[] =>
    citationsIn("file.ts", text).map((one) => `${one.rfc} ${one.section}`);

  it("are one or several sections of one or several RFCs", () => {
    expect(sections('RFC 6455 §5.5.2: "Upon receipt of a Ping frame"')).toEqual(["6455 5.5.2"]);
    expect(sections("(RFC 6455 §5.3, §10.3, RFC 7692 §6)")).toEqual(["6455 5.3", "6455 10.3", "7692 6"]);
    expect(sections("RFC 6455 §5–§7, and RFC 6455 §7.4.1 and §7.4.2.")).toEqual([
      "6455 5",
      "6455 7",
      "6455 7.4.1",
      "6455 7.4.2",
    ]);
    expect(sections("§5.5 of something, RFC 6455 at large")).toEqual([]);
  });

  it("carry what is quoted behind them", () => {
    const [first, second] = citationsIn("file.ts", 'RFC 6455 §5.1: "a", RFC 6455 §5.2: "b"');
    expect([first?.text, second?.text]).toEqual([': "a", ', ': "b"']);
  });
});
