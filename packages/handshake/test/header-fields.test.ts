import { HeaderFields } from "@ws/handshake";
import { describe, expect, test } from "vitest";

describe("HeaderFields", () => {
  const fields = HeaderFields.fromRaw(["Host", "example.org", "Via", "a", "x-empty", "", "vIA", "b"]);

  test("finds a field whatever the case of its name", () => {
    expect(fields.get("host")).toBe("example.org");
    expect(fields.get("HOST")).toBe("example.org");
    expect(fields.has("hOsT")).toBe(true);
  });

  test("joins the values of a repeated field, and lists them", () => {
    expect(fields.get("via")).toBe("a, b");
    expect(fields.values("via")).toEqual(["a", "b"]);
  });

  test("is empty without lines", () => {
    expect([...new HeaderFields()]).toEqual([]);
  });

  test("tells an empty field from an absent one", () => {
    expect(fields.get("x-empty")).toBe("");
    expect(fields.has("x-empty")).toBe(true);
    expect(fields.get("x-absent")).toBeUndefined();
    expect(fields.values("x-absent")).toEqual([]);
    expect(fields.has("x-absent")).toBe(false);
  });

  test("lists every line in order, as spelled", () => {
    expect([...fields]).toEqual([
      ["Host", "example.org"],
      ["Via", "a"],
      ["x-empty", ""],
      ["vIA", "b"],
    ]);
  });

  test("does not let an iteration change what it holds", () => {
    for (const line of fields) line[1] = "changed";
    expect(fields.get("host")).toBe("example.org");
    expect([...fields][0]).toEqual(["Host", "example.org"]);
  });

  test("gives back the flat list that it was read from, for its receiver to keep", () => {
    const raw = fields.toRaw();
    expect(raw).toEqual(["Host", "example.org", "Via", "a", "x-empty", "", "vIA", "b"]);
    raw[1] = "changed";
    expect(fields.get("host")).toBe("example.org");
  });

  test("keeps names of Object.prototype apart from fields", () => {
    const empty = new HeaderFields();
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      expect(empty.has(name)).toBe(false);
      expect(empty.get(name)).toBeUndefined();
      expect(HeaderFields.fromRaw([name, "x"]).get(name)).toBe("x");
    }
  });

  test("refuses a list that is not pairs", () => {
    expect(() => HeaderFields.fromRaw(["Host"])).toThrow(TypeError);
  });

  test("reads the headers of node:http2, without pseudo-header fields, symbols and what is undefined", () => {
    const headers = {
      ":status": 200,
      ":protocol": "websocket",
      "x-a": "1",
      "x-none": undefined,
      "x-number": 5,
      "x-empty": [],
      "set-cookie": ["a=1", "b=2"],
      [Symbol("sensitiveHeaders")]: ["x-a"],
    };
    expect([...HeaderFields.fromHttp2(headers)]).toEqual([
      ["x-a", "1"],
      ["x-number", "5"],
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ]);
  });

  test("reads a field called __proto__ from the headers of node:http2", () => {
    const headers = Object.create(null) as Record<string, string>;
    headers["__proto__"] = "x";
    expect(HeaderFields.fromHttp2(headers).get("__proto__")).toBe("x");
    expect(HeaderFields.fromHttp2({}).has("__proto__")).toBe(false);
  });
});
