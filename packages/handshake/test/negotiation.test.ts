import { accept, createAcceptor, type AcceptOptions } from "@ws/handshake";
import { describe, expect, test, vi } from "vitest";
import { accepted, REQUEST_LINES, requestHead, text, vary } from "./heads.ts";

const EXAMPLE = requestHead(text(REQUEST_LINES));

const offering = (value: string | string[]) =>
  requestHead(vary(REQUEST_LINES, { "Sec-WebSocket-Protocol": value }));

const answer = (name: string, value: string) => () => ({
  extensions: [{ name, params: [["p", value]] as const }],
  agreed: undefined,
});

describe("accept, subprotocols", () => {
  test("chooses the server's preferred one among those offered (RFC 6455 §4.2.2)", () => {
    const result = accepted(offering("chat, superchat"), { protocols: ["other", "superchat", "chat"] });
    expect(result.protocol).toBe("superchat");
    expect(result.headers).toContainEqual(["Sec-WebSocket-Protocol", "superchat"]);
  });

  test("reads several lines as one list (RFC 6455 §11.3.4)", () => {
    expect(accepted(offering(["a", "b,c"]), { protocols: ["c"] }).protocol).toBe("c");
  });

  test("skips empty elements and whitespace (RFC 9110 §5.6.1.2)", () => {
    expect(accepted(offering(" ,a ,\t, b,"), { protocols: ["b"] }).protocol).toBe("b");
  });

  test("compares with case", () => {
    expect(accepted(offering("Chat"), { protocols: ["chat"] }).protocol).toBe("");
  });

  test.each<[title: string, options: AcceptOptions]>([
    ["the server speaks none", {}],
    ["none is in common", { protocols: ["other"] }],
    ["the function chooses none", { protocols: () => undefined }],
  ])("sends no subprotocol when %s (RFC 6455 §4.2.2)", (_title, options) => {
    const result = accepted(offering("chat"), options);
    expect(result.protocol).toBe("");
    expect(result.headers.map(([name]) => name)).not.toContain("Sec-WebSocket-Protocol");
  });

  test("gives a function the offers and the request", () => {
    const request = offering("a, b");
    const protocols = vi.fn<(offered: readonly string[]) => string>(() => "b");
    expect(accepted(request, { protocols }).protocol).toBe("b");
    expect(protocols).toHaveBeenCalledExactlyOnceWith(["a", "b"], request);
  });

  test("does not ask a function when nothing is offered", () => {
    expect(accepted(EXAMPLE, { protocols: () => "chat" }).protocol).toBe("");
  });

  test("throws when a function chooses what was not offered (RFC 6455 §4.2.2)", () => {
    expect(() => accept(offering("a"), { protocols: () => "b" })).toThrow(TypeError);
    expect(() => accept(offering("a"), { protocols: () => "" })).toThrow(TypeError);
  });

  test.each(["", "a b", "a,b", "\u00e9", "a\r\n"])("refuses to speak %j, at once", (protocol) => {
    expect(() => createAcceptor({ protocols: [protocol] })).toThrow(TypeError);
  });

  test("does not see changes to the list after it was given", () => {
    const protocols = ["chat"];
    const acceptor = createAcceptor({ protocols });
    protocols.length = 0;
    expect(acceptor(offering("chat"))).toMatchObject({ protocol: "chat" });
  });
});

describe("accept, extensions", () => {
  const offer = "permessage-deflate; client_max_window_bits, permessage-deflate; x=1; x=2, other";
  const request = requestHead(vary(REQUEST_LINES, { "Sec-WebSocket-Extensions": offer }));

  test("declines all by default (RFC 6455 §4.2.2)", () => {
    const result = accepted(request);
    expect(result.extensions).toEqual([]);
    expect(result.headers.map(([name]) => name)).not.toContain("Sec-WebSocket-Extensions");
  });

  test("hands the offers over as they came, and the answer back (RFC 6455 §9.1)", () => {
    const extensions = [{ name: "permessage-deflate", params: [["server_max_window_bits", "10"]] as const }];
    const result = accepted(request, {
      extensions: (offers) => {
        expect(offers).toEqual([
          { name: "permessage-deflate", params: [["client_max_window_bits", true]] },
          {
            name: "permessage-deflate",
            params: [
              ["x", "1"],
              ["x", "2"],
            ],
          },
          { name: "other", params: [] },
        ]);
        return { extensions, agreed: { windowBits: 10 } };
      },
    });
    expect(result.agreed?.windowBits).toBe(10);
    expect(result.extensions).toEqual(extensions);
    expect(result.headers).toContainEqual([
      "Sec-WebSocket-Extensions",
      "permessage-deflate; server_max_window_bits=10",
    ]);
  });

  test("reads several lines as one list (RFC 6455 §9.1)", () => {
    const lines = requestHead(vary(REQUEST_LINES, { "Sec-WebSocket-Extensions": ["a", "b; c, d"] }));
    const extensions = vi.fn<(offers: readonly { name: string }[]) => undefined>();
    accepted(lines, { extensions });
    expect(extensions.mock.calls[0]?.[0].map(({ name }) => name)).toEqual(["a", "b", "d"]);
  });

  test("does not ask when nothing is offered", () => {
    const extensions = vi.fn<() => undefined>();
    expect(accepted(EXAMPLE, { extensions }).agreed).toBeUndefined();
    expect(extensions).not.toHaveBeenCalled();
  });

  test("sends no field for an empty answer", () => {
    const result = accepted(request, { extensions: () => ({ extensions: [], agreed: "nothing" }) });
    expect(result.agreed).toBe("nothing");
    expect(result.headers).toHaveLength(3);
  });

  test("throws when the answer was not offered, or is no extension (RFC 6455 §4.2.2)", () => {
    expect(() => accept(request, { extensions: answer("absent", "1") })).toThrow(TypeError);
    expect(() => accept(request, { extensions: answer("other", "1\r\n") })).toThrow(TypeError);
    expect(() => accept(request, { extensions: answer("other", "") })).toThrow(TypeError);
  });
});
