import { formatExtensions, parseExtensions, type ExtensionOffer } from "@ws/handshake";
import { describe, expect, test } from "vitest";

const list = (count: number, separator: string) => Array.from({ length: count }, () => "x").join(separator);

describe("parseExtensions", () => {
  test.each<[value: string, expected: ExtensionOffer[]]>([
    ["permessage-deflate", [{ name: "permessage-deflate", params: [] }]],
    [
      "foo; bar; baz=2",
      [
        {
          name: "foo",
          params: [
            ["bar", true],
            ["baz", "2"],
          ],
        },
      ],
    ],
    [
      "foo;bar;baz=2",
      [
        {
          name: "foo",
          params: [
            ["bar", true],
            ["baz", "2"],
          ],
        },
      ],
    ],
    [" foo\t;\tbar = 2 ", [{ name: "foo", params: [["bar", "2"]] }]],
    [
      "deflate-stream, mux; max-channels=4; flow-control",
      [
        { name: "deflate-stream", params: [] },
        {
          name: "mux",
          params: [
            ["max-channels", "4"],
            ["flow-control", true],
          ],
        },
      ],
    ],
    [
      ",, a ,\t, b,",
      [
        { name: "a", params: [] },
        { name: "b", params: [] },
      ],
    ],
    ['a; b="c"', [{ name: "a", params: [["b", "c"]] }]],
    [
      String.raw`a; b="\c\d" ; e`,
      [
        {
          name: "a",
          params: [
            ["b", "cd"],
            ["e", true],
          ],
        },
      ],
    ],
    [
      "a, a; b; b; b=1",
      [
        { name: "a", params: [] },
        {
          name: "a",
          params: [
            ["b", true],
            ["b", true],
            ["b", "1"],
          ],
        },
      ],
    ],
    ["A; B=C", [{ name: "A", params: [["B", "C"]] }]],
    ["!#$%&'*+-.^_`|~09azAZ", [{ name: "!#$%&'*+-.^_`|~09azAZ", params: [] }]],
  ])("reads %j (RFC 6455 §9.1)", (value, expected) => {
    expect(parseExtensions(value)).toEqual(expected);
  });

  test.each([
    "",
    " ",
    ",",
    ", ,",
    ";",
    "=",
    '"',
    "a b",
    "a;",
    "a; ;b",
    "a;,b",
    ";a",
    "a; b c",
    "a; b=",
    "a; =b",
    "a; b==c",
    "a; b=c=d",
    "a=b",
    '"a"',
    'a; "b"',
    'a; b=""',
    'a; b="c d"',
    'a; b="c,d"',
    'a; b="c',
    String.raw`a; b="c\"`,
    String.raw`a; b="\ "`,
    'a; b="c"d',
    'a; b=c"d"',
    'a; b="c" "d"',
    "a/b",
    "a\u00a0",
    "\u00e9",
    "a\0",
    "a\r\nb",
    "\u0161",
  ])("finds %j malformed (RFC 6455 §9.1)", (value) => {
    expect(parseExtensions(value)).toBeUndefined();
  });

  test("takes 32 elements and 32 parameters, and not one more", () => {
    expect(parseExtensions(list(32, ","))).toHaveLength(32);
    expect(parseExtensions(list(33, ","))).toBeUndefined();
    expect(parseExtensions(`${",".repeat(31)}x`)).toHaveLength(1);
    expect(parseExtensions(`${",".repeat(32)}x`)).toBeUndefined();
    expect(parseExtensions(`x;${list(32, ";")}`)?.[0]?.params).toHaveLength(32);
    expect(parseExtensions(`x;${list(33, ";")}`)).toBeUndefined();
  });
});

describe("formatExtensions", () => {
  test("writes names and parameters in order (RFC 6455 §9.1)", () => {
    expect(
      formatExtensions([
        { name: "a", params: [] },
        {
          name: "b",
          params: [
            ["c", true],
            ["d", "1"],
            ["c", true],
          ],
        },
      ]),
    ).toBe("a, b; c; d=1; c");
  });

  test.each<[title: string, offer: unknown]>([
    ["an empty name", { name: "", params: [] }],
    ["a name that is no token", { name: "a,b", params: [] }],
    ["a parameter that is no token", { name: "a", params: [["b=c", true]] }],
    ["a value that is no token", { name: "a", params: [["b", "c\r\nd: e"]] }],
    ["an empty value", { name: "a", params: [["b", ""]] }],
    ["a value that is a number", { name: "a", params: [["b", 10]] }],
    ["a value that is missing", { name: "a", params: [["b"]] }],
  ])("refuses %s", (_title, offer) => {
    expect(() => formatExtensions([offer as ExtensionOffer])).toThrow(TypeError);
  });
});
