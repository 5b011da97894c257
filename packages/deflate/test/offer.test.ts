import { createOffer, type DeflateOptions, resolveDeflateOptions, verifyAnswer } from "@ws/deflate";
import { describe, expect, it } from "vitest";
import { brief, extension, format, INVALID_BITS, UNKNOWN_NAMES } from "./extensions.ts";

function verdict(answer: string, options: DeflateOptions = {}): string {
  const result = verifyAnswer(
    extension(`permessage-deflate${answer}`),
    resolveDeflateOptions("client", options),
  );
  return typeof result === "string" ? result : brief(result);
}

describe("createOffer", () => {
  it.each<[DeflateOptions, string]>([
    [{}, "; client_max_window_bits"],
    [{ serverNoContextTakeover: true }, "; server_no_context_takeover; client_max_window_bits"],
    [{ clientNoContextTakeover: true }, "; client_no_context_takeover; client_max_window_bits"],
    [{ serverMaxWindowBits: 8 }, "; server_max_window_bits=8; client_max_window_bits"],
    [{ serverMaxWindowBits: 15 }, "; client_max_window_bits"],
    [{ clientMaxWindowBits: 8 }, "; client_max_window_bits=8"],
    [{ clientMaxWindowBits: 15 }, "; client_max_window_bits"],
    [
      {
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        serverMaxWindowBits: 9,
        clientMaxWindowBits: 10,
      },
      "; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=10",
    ],
    [{ thresholdBytes: 0, maxCompressedBytes: 10, level: 9, memLevel: 1 }, "; client_max_window_bits"],
  ])("%j → permessage-deflate%s (RFC 7692 §7.1)", (options, offer) => {
    expect(format(createOffer(resolveDeflateOptions("client", options)))).toBe(`permessage-deflate${offer}`);
  });
});

describe("verifyAnswer › agrees (RFC 7692 §7.1)", () => {
  it.each<[DeflateOptions, string, string]>([
    [{}, "", "s15 c15"],
    // A server may forget, limit its window, and ask the same of us, without having been asked.
    [{}, "; server_no_context_takeover", "s15. c15"],
    [{}, "; client_no_context_takeover", "s15 c15."],
    [{}, "; server_max_window_bits=8", "s8 c15"],
    [{}, "; server_max_window_bits=15", "s15 c15"],
    [{}, "; client_max_window_bits=8", "s15 c8"],
    [{}, "; client_max_window_bits=15", "s15 c15"],
    [
      {},
      "; client_max_window_bits=9; server_max_window_bits=10; client_no_context_takeover; server_no_context_takeover",
      "s10. c9.",
    ],
    [{ serverNoContextTakeover: true }, "; server_no_context_takeover", "s15. c15"],
    [{ serverMaxWindowBits: 10 }, "; server_max_window_bits=10", "s10 c15"],
    [{ serverMaxWindowBits: 10 }, "; server_max_window_bits=9", "s9 c15"],
    [{ clientMaxWindowBits: 10 }, "; client_max_window_bits=10", "s15 c10"],
    [{ clientMaxWindowBits: 10 }, "; client_max_window_bits=8", "s15 c8"],
    // RFC 7692 §7.1.1.2, §7.1.2.2: to a server these two are hints; what we said we keep to.
    [{ clientNoContextTakeover: true }, "", "s15 c15."],
    [{ clientMaxWindowBits: 10 }, "", "s15 c10"],
  ])("%j › permessage-deflate%s", (options, answer, agreement) => {
    expect(verdict(answer, options)).toBe(agreement);
  });
});

describe("verifyAnswer › refuses (RFC 7692 §7.1)", () => {
  const WRONG = "a parameter is unknown, repeated, or has a wrong value";

  it.each<[DeflateOptions, string, string]>([
    [
      { serverNoContextTakeover: true },
      "",
      "server_no_context_takeover was offered and is not in the answer",
    ],
    [
      { serverNoContextTakeover: true },
      "; client_no_context_takeover",
      "server_no_context_takeover was offered and is not in the answer",
    ],
    [{ serverMaxWindowBits: 10 }, "", "server_max_window_bits is 15, at most 10 was offered"],
    [
      { serverMaxWindowBits: 10 },
      "; server_max_window_bits=11",
      "server_max_window_bits is 11, at most 10 was offered",
    ],
    [
      { clientMaxWindowBits: 10 },
      "; client_max_window_bits=11",
      "client_max_window_bits is 11, at most 10 was offered",
    ],
    [
      { clientMaxWindowBits: 8 },
      "; client_max_window_bits=15",
      "client_max_window_bits is 15, at most 8 was offered",
    ],
    [{}, "; client_max_window_bits", "client_max_window_bits has no value"],
    [{}, "; server_max_window_bits", WRONG],
    [{}, "; server_no_context_takeover=1", WRONG],
    [{}, "; client_no_context_takeover=", WRONG],
    [{}, "; server_no_context_takeover; server_no_context_takeover", WRONG],
    [{}, "; client_no_context_takeover; client_no_context_takeover", WRONG],
    [{}, "; server_max_window_bits=9; server_max_window_bits=9", WRONG],
    [{}, "; client_max_window_bits=9; client_max_window_bits=10", WRONG],
  ])("%j › permessage-deflate%s", (options, answer, reason) => {
    expect(verdict(answer, options)).toBe(reason);
  });

  it.each(INVALID_BITS)("a window of %j bits, on either side", (value) => {
    const options = resolveDeflateOptions("client", {});
    for (const name of ["server_max_window_bits", "client_max_window_bits"]) {
      expect(verifyAnswer({ name: "permessage-deflate", params: [[name, value]] }, options)).toBe(WRONG);
    }
  });

  it.each(UNKNOWN_NAMES)("an unknown parameter, with a value and without: %j", (name) => {
    expect(verdict(`; ${name}`)).toBe(WRONG);
    expect(verdict(`; server_max_window_bits=10; ${name}=10`)).toBe(WRONG);
  });
});
