import { accept, createAcceptor, type OriginPolicy } from "@ws/handshake";
import { describe, expect, test, vi } from "vitest";
import { REQUEST_LINES, requestHead, text, vary } from "./heads.ts";

function isAccepted(host: string, origin: string | undefined, policy?: OriginPolicy): boolean {
  const request = requestHead(vary(REQUEST_LINES, { Host: host, Origin: origin }));
  return accept(request, policy === undefined ? {} : { origin: policy }).accepted;
}

describe("origin, by default", () => {
  test.each([
    ["example.org", "https://example.org"],
    ["example.org", "http://example.org"],
    ["Example.ORG", "HTTPS://eXample.org"],
    ["example.org:443", "https://example.org"],
    ["example.org", "https://example.org:443"],
    ["example.org:80", "http://example.org"],
    ["example.org:8080", "http://example.org:8080"],
    ["example.org:8080", "https://example.org:8080"],
    ["example.org:", "https://example.org"],
    ["localhost:3000", "http://localhost:3000"],
    ["127.0.0.1:3000", "http://127.0.0.1:3000"],
    ["[::1]:3000", "http://[::1]:3000"],
    ["[0:0:0:0:0:0:0:1]", "http://[::1]"],
    ["xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example"],
  ])("lets a page of the same host in: %s, %s (RFC 6455 §10.2)", (host, origin) => {
    expect(isAccepted(host, origin)).toBe(true);
  });

  test.each([
    ["example.org", "https://evil.example"],
    ["example.org", "https://example.org.evil.example"],
    ["example.org", "https://evilexample.org"],
    ["example.org", "https://sub.example.org"],
    ["sub.example.org", "https://example.org"],
    ["example.org", "https://example.org:8443"],
    ["example.org:8443", "https://example.org"],
    ["example.org:80", "https://example.org"],
    ["example.org", "http://example.org:443"],
    ["example.org", "https://example.org."],
    ["example.org", "https://evil.example@example.org"],
    ["example.org", "https://example.org@evil.example"],
    ["example.org", "https://example.org/"],
    ["example.org", "https://example.org/path"],
    ["example.org", "https://example.org#"],
    ["example.org", "https://example.org\\.evil.example"],
    ["example.org", "https://ex%61mple.org"],
    ["example.org", "https://example.org https://evil.example"],
    ["example.org", "https://example.org, https://evil.example"],
    ["example.org", "https:example.org"],
    ["example.org", "https:/example.org"],
    ["example.org", "https:///example.org"],
    ["example.org", "//example.org"],
    ["example.org", "://example.org"],
    ["example.org", "example.org"],
    ["example.org", "h\u00e9ttp://example.org"],
    ["example.org", "null"],
    ["null", "null"],
    ["example.org", ""],
    ["example.org", "file://"],
    ["example.org", "about:blank"],
    ["example.org", "chrome-extension://example.org"],
    ["example.org", "ws://example.org"],
    ["example.org", "1http://example.org"],
  ])("keeps every other page out: %s, %j (RFC 6455 §10.2)", (host, origin) => {
    expect(isAccepted(host, origin)).toBe(false);
  });

  test("lets a client without Origin in, for it is no browser (RFC 6455 §4.2.1)", () => {
    expect(isAccepted("example.org", undefined)).toBe(true);
  });

  test("compares with the host of an absolute target, not with Host (RFC 9112 §3.2.2)", () => {
    const lines = ["GET http://example.org/chat HTTP/1.1", ...REQUEST_LINES.slice(1)];
    const request = (origin: string) => requestHead(text([...lines, `Origin: ${origin}`]));
    expect(accept(request("http://example.org")).accepted).toBe(true);
    expect(accept(request("http://server.example.com")).accepted).toBe(false);
  });
});

describe("origin, by a list", () => {
  const list = [
    "https://Example.org:443",
    "http://localhost:3000",
    "chrome-extension://AbCd",
    "http://[::1]",
  ];

  test.each([
    "https://example.org",
    "https://example.org:443",
    "http://localhost:3000",
    "chrome-extension://abcd",
    "http://[::1]:80",
  ])("lets %s in", (origin) => {
    expect(isAccepted("elsewhere.example", origin, list)).toBe(true);
  });

  test.each([
    "http://example.org",
    "https://example.org:8443",
    "https://sub.example.org",
    "http://localhost",
    "chrome-extension://efgh",
    "https://elsewhere.example",
    "null",
    "",
    "nonsense",
  ])("keeps %j out, same host or not", (origin) => {
    expect(isAccepted("elsewhere.example", origin, list)).toBe(false);
  });

  test("keeps every page out when it is empty", () => {
    expect(isAccepted("example.org", "https://example.org", [])).toBe(false);
    expect(isAccepted("example.org", undefined, [])).toBe(true);
  });

  test.each([
    "example.org",
    "https://example.org/",
    "https://example.org/path",
    "https://*.example.org",
    "*",
    "null",
    "",
    "https://",
    "https://a@b",
    "https://a b",
    "https://a:b",
    7,
  ])("cannot hold %j: it is refused at once", (entry) => {
    expect(() => createAcceptor({ origin: [entry as string] })).toThrow(TypeError);
  });

  test("does not see changes to the list after it was given", () => {
    const origins = ["https://example.org"];
    const acceptor = createAcceptor({ origin: origins });
    origins.push("https://evil.example");
    const request = requestHead(vary(REQUEST_LINES, { Origin: "https://evil.example" }));
    expect(acceptor(request)).toMatchObject({ status: 403, code: "FOREIGN_ORIGIN" });
  });
});

describe("origin, by a function", () => {
  test("gets the header as it came, and the request", () => {
    const request = requestHead(vary(REQUEST_LINES, { Origin: "null" }));
    const origin = vi.fn<() => boolean>(() => true);
    expect(accept(request, { origin }).accepted).toBe(true);
    expect(origin).toHaveBeenCalledExactlyOnceWith("null", request);
  });

  test("is not asked without an Origin, nor about several", () => {
    const origin = vi.fn<() => boolean>(() => true);
    expect(isAccepted("example.org", undefined, origin)).toBe(true);
    const two = requestHead(vary(REQUEST_LINES, { Origin: ["http://a", "http://b"] }));
    expect(accept(two, { origin })).toMatchObject({ code: "DUPLICATE_ORIGIN" });
    expect(origin).not.toHaveBeenCalled();
  });

  test("lets in only by true, not by a promise", () => {
    const policies: unknown[] = [
      () => false,
      () => undefined,
      () => "yes",
      () => 1,
      () => Promise.resolve(true),
    ];
    for (const policy of policies) {
      expect(isAccepted("example.org", "https://example.org", policy as OriginPolicy)).toBe(false);
    }
  });
});

describe("origin, by choice", () => {
  test("can be anything", () => {
    for (const origin of ["https://evil.example", "null", "nonsense", ""]) {
      expect(isAccepted("example.org", origin, "any")).toBe(true);
    }
  });

  test.each(["*", "all", "same_origin", true, {}])("cannot be %j: it is refused at once", (policy) => {
    expect(() => createAcceptor({ origin: policy as OriginPolicy })).toThrow(TypeError);
  });
});

describe("origin, one request after another", () => {
  test.each([
    ["the host of the request before", "b.example", "https://a.example", false],
    ["the port that is default in the other scheme", "a.example:80", "https://a.example", false],
    ["the same host again", "a.example", "https://a.example", true],
    ["the same host in another spelling", "A.example:443", "https://a.example", true],
  ])("is judged by its own host and scheme: %s", (_title, host, origin, expected) => {
    for (const before of ["http://a.example", "https://a.example"]) {
      expect(isAccepted("a.example", before)).toBe(true);
    }
    expect(isAccepted(host, origin)).toBe(expected);
  });
});

describe("accept, schemes and hosts to the letter", () => {
  test.each(["a://h", "z0://h", "az9+-.://h", "http://a9z.example", "http://09-az.example"])(
    "knows the origin %s (RFC 3986 §3.1)",
    (origin) => {
      const request = requestHead(vary(REQUEST_LINES, { Origin: origin }));
      expect(accept(request, { origin: [origin] })).toMatchObject({ accepted: true });
    },
  );

  test.each([
    "://h",
    "0a://h",
    "9://h",
    "+a://h",
    "a_b://h",
    "a/b://h",
    "a:b://h",
    "{://h",
    "`://h",
    "a{://h",
    "a`://h",
    "app://",
  ])("takes %s for no origin (RFC 3986 §3.1)", (origin) => {
    expect(() => createAcceptor({ origin: [origin] })).toThrow(TypeError);
  });
});
