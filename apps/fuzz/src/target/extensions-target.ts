// parseExtensions, acceptOffer and verifyAnswer: header values, spoilt or not; whatever is agreed has to work.
import {
  acceptOffer,
  type Agreement,
  createOffer,
  type DeflateOptions,
  MessageDeflate,
  resolveDeflateOptions,
  verifyAnswer,
} from "@ws/deflate";
import { type ExtensionOffer, formatExtensions, parseExtensions } from "@ws/handshake";
import { fromLatin1, latin1 } from "../bytes.ts";
import type { FuzzCase } from "../fuzz-case.ts";
import { extensionValue } from "../generate/head.ts";
import { mutateBytes, splice } from "../mutate/byte-mutator.ts";
import { check, checkEqual } from "../oracle/finding.ts";
import type { Random } from "../random.ts";
import type { Target } from "./target.ts";

const SETTINGS: readonly DeflateOptions[] = [
  {},
  { serverNoContextTakeover: false, clientNoContextTakeover: false },
  { serverNoContextTakeover: true, serverMaxWindowBits: 9 },
  {
    clientMaxWindowBits: 8,
    clientNoContextTakeover: true,
    serverNoContextTakeover: false,
    serverMaxWindowBits: 8,
  },
];
const PIECES = [
  ",",
  ";",
  "=",
  '"',
  "\\",
  " ",
  "\t",
  '""',
  "permessage-deflate",
  "; server_max_window_bits=1000",
  "; __proto__=1",
  "; client_max_window_bits=08",
  "; server_max_window_bits=15.0",
  "; client_max_window_bits=-8",
  "; toString",
  "\x00",
  "; server_no_context_takeover=true",
  "; server_max_window_bits",
  "; client_max_window_bits=1e1",
  ", ".repeat(40),
  "; a".repeat(40),
  "\xff",
  "; server_max_window_bits=0x9",
  '; server_max_window_bits="1\\5"',
];
const SAMPLE = new Uint8Array(Buffer.from("the same again, ".repeat(100)));

export type ParseUnderTest = (value: string) => ExtensionOffer[] | undefined;

export class ExtensionsTarget implements Target {
  readonly name = "extensions";
  readonly #parse: ParseUnderTest;

  constructor(parse: ParseUnderTest = parseExtensions) {
    this.#parse = parse;
  }

  generate(random: Random): FuzzCase {
    let input = latin1(extensionValue(random));
    const valid = random.oneIn(6);
    if (valid) return { input, cut: [], options: { valid } };
    for (let i = random.below(3); i >= 0; i--) {
      if (random.oneIn(2)) input = mutateBytes(input, random);
      else {
        const at = random.below(input.length + 1);
        input = latin1(
          fromLatin1(input.subarray(0, at)) + random.pick(PIECES) + fromLatin1(input.subarray(at)),
        );
      }
    }
    if (random.oneIn(8)) input = splice(input, latin1(extensionValue(random)), random);
    return { input, cut: [], options: {} };
  }

  run({ input, options }: FuzzCase): number {
    const value = fromLatin1(input);
    const offers = this.#parse(value);
    check("differential", options.valid !== true || offers !== undefined, "a valid value is refused");
    checkEqual("recut", "with spaces around it", this.#parse(` \t${value} `), offers);
    let agreements = 0;
    if (offers !== undefined) {
      check("invariant", offers.length > 0 && offers.length <= 32, `there are ${offers.length} extensions`);
      checkEqual("output", "written and read again", this.#parse(formatExtensions(offers)), offers);
      for (const settings of SETTINGS) agreements += negotiate(offers, settings);
    }
    return 256 * 1024 + 64 * input.length + agreements * 600_000;
  }
}

function negotiate(offers: readonly ExtensionOffer[], settings: DeflateOptions): number {
  const server = resolveDeflateOptions("server", settings);
  const client = resolveDeflateOptions("client", settings);
  for (const offer of offers) {
    const verdict = verifyAnswer(offer, client);
    if (typeof verdict !== "string") checkAgreement(verdict);
  }
  let agreements = 0;
  // What the peer offered, and what our own client would.
  for (const list of [offers, [...offers.slice(0, 1), createOffer(client)]]) {
    const accepted = acceptOffer(list, server);
    if (accepted === undefined) continue;
    agreements++;
    const { answer, agreement } = accepted;
    checkAgreement(agreement);
    checkEqual("output", "the answer, read again", parseExtensions(formatExtensions([answer])), [answer]);
    if (list === offers) {
      checkWorks(agreement, agreement);
      continue;
    }
    const alone = acceptOffer([createOffer(client)], server);
    if (alone === undefined) continue;
    const verified = verifyAnswer(alone.answer, client);
    check(
      "output",
      typeof verified !== "string",
      () => `our client refuses our server's answer: ${JSON.stringify(verified)}`,
    );
    if (typeof verified !== "string") checkWorks(alone.agreement, verified);
  }
  return agreements;
}

function checkAgreement({ serverMaxWindowBits, clientMaxWindowBits }: Agreement): void {
  for (const bits of [serverMaxWindowBits, clientMaxWindowBits]) {
    check("invariant", Number.isInteger(bits) && bits >= 8 && bits <= 15, `a window of ${bits} bits`);
  }
}

/** Two ends set up by what each agreed on understand each other, twice. */
function checkWorks(server: Agreement, client: Agreement): void {
  const small = { thresholdBytes: 0, level: 1, memLevel: 1 };
  const one = new MessageDeflate("server", server, resolveDeflateOptions("server", small));
  const other = new MessageDeflate("client", client, resolveDeflateOptions("client", small));
  for (const [from, to] of [
    [one, other],
    [other, one],
    [one, other],
    [other, one],
  ] as const) {
    const compressed = from.compress(SAMPLE);
    const message = compressed && to.decompress(compressed, SAMPLE.length);
    checkEqual("output", "a message there and back", message, SAMPLE);
  }
}
