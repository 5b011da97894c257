import { acceptOffer, type DeflateOptions, resolveDeflateOptions } from "@ws/deflate";
import { describe, expect, it } from "vitest";
import { brief, extension, format, INVALID_BITS, UNKNOWN_NAMES } from "./extensions.ts";

/** A server that demands nothing. */
const EASY: DeflateOptions = { serverNoContextTakeover: false, clientNoContextTakeover: false };

function answerTo(offers: string | readonly string[], options: DeflateOptions = EASY): string | undefined {
  const accepted = acceptOffer(
    [offers].flat().map((offer) => extension(offer)),
    resolveDeflateOptions("server", options),
  );
  return accepted && `${format(accepted.answer)} → ${brief(accepted.agreement)}`;
}

describe("acceptOffer › a server that demands nothing", () => {
  it.each([
    ["", "", "s15 c15"],
    ["; client_max_window_bits", "", "s15 c15"],
    ["; server_no_context_takeover", "; server_no_context_takeover", "s15. c15"],
    ["; client_no_context_takeover", "; client_no_context_takeover", "s15 c15."],
    [
      "; client_no_context_takeover; server_no_context_takeover",
      "; server_no_context_takeover; client_no_context_takeover",
      "s15. c15.",
    ],
    ["; server_max_window_bits=8", "; server_max_window_bits=8", "s8 c15"],
    ["; server_max_window_bits=10", "; server_max_window_bits=10", "s10 c15"],
    ["; server_max_window_bits=15", "; server_max_window_bits=15", "s15 c15"],
    ["; client_max_window_bits=8", "; client_max_window_bits=8", "s15 c8"],
    ["; client_max_window_bits=14", "; client_max_window_bits=14", "s15 c14"],
    ["; client_max_window_bits=15", "", "s15 c15"],
    [
      "; client_max_window_bits=9; server_max_window_bits=10; client_no_context_takeover; server_no_context_takeover",
      "; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=9",
      "s10. c9.",
    ],
  ])("answers what the client asks for: permessage-deflate%s (RFC 7692 §7.1)", (offer, answer, agreement) => {
    expect(answerTo(`permessage-deflate${offer}`)).toBe(`permessage-deflate${answer} → ${agreement}`);
  });
});

describe("acceptOffer › a server with wishes", () => {
  it.each<[DeflateOptions, string, string, string]>([
    // By default it remembers nothing, and asks the client not to.
    [{}, "", "; server_no_context_takeover; client_no_context_takeover", "s15. c15."],
    [{ ...EASY, serverNoContextTakeover: true }, "", "; server_no_context_takeover", "s15. c15"],
    [{ ...EASY, clientNoContextTakeover: true }, "", "; client_no_context_takeover", "s15 c15."],
    // RFC 7692 §7.1.2.1: a server may limit its window where the client did not ask for it.
    [{ ...EASY, serverMaxWindowBits: 9 }, "", "; server_max_window_bits=9", "s9 c15"],
    [
      { ...EASY, serverMaxWindowBits: 9 },
      "; server_max_window_bits=12",
      "; server_max_window_bits=9",
      "s9 c15",
    ],
    [
      { ...EASY, serverMaxWindowBits: 12 },
      "; server_max_window_bits=9",
      "; server_max_window_bits=9",
      "s9 c15",
    ],
    [{ ...EASY, clientMaxWindowBits: 9 }, "; client_max_window_bits", "; client_max_window_bits=9", "s15 c9"],
    [
      { ...EASY, clientMaxWindowBits: 9 },
      "; client_max_window_bits=12",
      "; client_max_window_bits=9",
      "s15 c9",
    ],
    [
      { ...EASY, clientMaxWindowBits: 12 },
      "; client_max_window_bits=9",
      "; client_max_window_bits=9",
      "s15 c9",
    ],
    [
      { ...EASY, clientMaxWindowBits: 8, serverMaxWindowBits: 8 },
      "; client_max_window_bits",
      "; server_max_window_bits=8; client_max_window_bits=8",
      "s8 c8",
    ],
  ])("%j › permessage-deflate%s (RFC 7692 §7.1)", (options, offer, answer, agreement) => {
    expect(answerTo(`permessage-deflate${offer}`, options)).toBe(
      `permessage-deflate${answer} → ${agreement}`,
    );
  });

  it("declines a client that cannot limit its window where that is demanded (RFC 7692 §7.1.2.2)", () => {
    const options = { ...EASY, clientMaxWindowBits: 14 };
    expect(answerTo("permessage-deflate", options)).toBeUndefined();
    expect(answerTo("permessage-deflate; server_max_window_bits=10", options)).toBeUndefined();
  });
});

describe("acceptOffer › declines (RFC 7692 §7.1)", () => {
  it.each(INVALID_BITS)("server_max_window_bits=%j", (value) => {
    expect(answerTo(`permessage-deflate`)).toBeDefined();
    expect(
      acceptOffer(
        [{ name: "permessage-deflate", params: [["server_max_window_bits", value]] }],
        resolveDeflateOptions("server", EASY),
      ),
    ).toBeUndefined();
  });

  it.each(INVALID_BITS)("client_max_window_bits=%j", (value) => {
    expect(
      acceptOffer(
        [{ name: "permessage-deflate", params: [["client_max_window_bits", value]] }],
        resolveDeflateOptions("server", EASY),
      ),
    ).toBeUndefined();
  });

  it.each([
    ["server_max_window_bits"],
    ["server_no_context_takeover=true"],
    ["server_no_context_takeover=1"],
    ["server_no_context_takeover="],
    ["client_no_context_takeover=false"],
    ["client_no_context_takeover=15"],
  ])("a value where none may be, or none where one must be: %s", (params) => {
    expect(answerTo(`permessage-deflate; ${params}`)).toBeUndefined();
  });

  it.each([
    ["server_no_context_takeover; server_no_context_takeover"],
    ["client_no_context_takeover; client_no_context_takeover"],
    ["server_max_window_bits=10; server_max_window_bits=10"],
    ["server_max_window_bits=10; server_max_window_bits=11"],
    ["client_max_window_bits; client_max_window_bits"],
    ["client_max_window_bits; client_max_window_bits=10"],
    ["client_max_window_bits=10; server_max_window_bits=9; client_max_window_bits"],
  ])("a parameter twice: %s", (params) => {
    expect(answerTo(`permessage-deflate; ${params}`)).toBeUndefined();
  });

  it.each(UNKNOWN_NAMES)("an unknown parameter, with a value and without: %j", (name) => {
    expect(answerTo(`permessage-deflate; ${name}`)).toBeUndefined();
    expect(answerTo(`permessage-deflate; ${name}=10`)).toBeUndefined();
    expect(answerTo(`permessage-deflate; server_max_window_bits=10; ${name}`)).toBeUndefined();
  });

  it("no offer at all, and offers of other extensions", () => {
    expect(answerTo([])).toBeUndefined();
    expect(answerTo(["x-webkit-deflate-frame", "permessage-bzip2", "__proto__", ""])).toBeUndefined();
    expect(answerTo(["Permessage-Deflate", "permessage-deflate2", "deflate"])).toBeUndefined();
  });
});

describe("acceptOffer › several offers (RFC 7692 §5, §7.1)", () => {
  it("takes the first that it can accept, as the client prefers", () => {
    expect(answerTo(["permessage-deflate; server_max_window_bits=10", "permessage-deflate"])).toBe(
      "permessage-deflate; server_max_window_bits=10 → s10 c15",
    );
    expect(answerTo(["permessage-deflate", "permessage-deflate; server_max_window_bits=10"])).toBe(
      "permessage-deflate → s15 c15",
    );
  });

  it("falls back behind offers that are invalid", () => {
    expect(
      answerTo([
        "permessage-deflate; unknown",
        "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; client_no_context_takeover",
        "permessage-deflate",
      ]),
    ).toBe("permessage-deflate; client_no_context_takeover → s15 c15.");
  });

  it("falls back behind offers that it cannot satisfy", () => {
    const options = { ...EASY, clientMaxWindowBits: 10 };
    expect(answerTo(["permessage-deflate", "permessage-deflate; client_max_window_bits"], options)).toBe(
      "permessage-deflate; client_max_window_bits=10 → s15 c10",
    );
  });

  it("skips other extensions before, between and behind", () => {
    expect(
      answerTo([
        "mux; max-channels=4",
        "permessage-deflate; client_max_window_bits=0",
        "permessage-snappy; server_max_window_bits=9",
        "permessage-deflate; server_max_window_bits=9",
        "x",
      ]),
    ).toBe("permessage-deflate; server_max_window_bits=9 → s9 c15");
  });

  it("accepts the RFC's example with a fallback (RFC 7692 §7.1.3)", () => {
    const offers = [
      "permessage-deflate; client_max_window_bits; server_max_window_bits=10",
      "permessage-deflate; client_max_window_bits",
    ];
    expect(answerTo(offers)).toBe("permessage-deflate; server_max_window_bits=10 → s10 c15");
  });

  it("reads a thousand offers of a thousand parameters in no time, and accepts the last", () => {
    const params = Array.from({ length: 1000 }, (_, i): [string, string] => [`p${i}`, "1"]);
    const hostile = Array.from({ length: 1000 }, () => ({ name: "permessage-deflate", params }));
    const accepted = acceptOffer(
      [...hostile, extension("permessage-deflate")],
      resolveDeflateOptions("server", EASY),
    );
    expect(accepted?.answer).toEqual({ name: "permessage-deflate", params: [] });
  });
});
