// ResponseDecoder and verifyResponse: heads of responses, spoilt or not, interim ones too.
import { resolveDeflateOptions, verifyAnswer } from "@ws/deflate";
import {
  createRequest,
  type HeadLimits,
  ResponseDecoder,
  type ResponseHead,
  verifyResponse,
  type VerifyOptions,
} from "@ws/handshake";
import type { FuzzCase } from "../fuzz-case.ts";
import { recuts } from "../generate/cut.ts";
import { KEY, PROTOCOLS, responseHead } from "../generate/head.ts";
import { check, checkEqual } from "../oracle/finding.ts";
import type { Random } from "../random.ts";
import { headCase } from "./head-case.ts";
import { type HeadDecoderUnderTest, type ReadHead, readHead, shortenHead } from "./read-head.ts";
import type { Target } from "./target.ts";

const REQUEST = createRequest({
  url: new URL("ws://example.org/chat"),
  key: KEY,
  protocols: PROTOCOLS,
  extensions: "permessage-deflate; client_max_window_bits",
});
const DEFLATE = resolveDeflateOptions("client", {});
const OPTIONS: VerifyOptions<unknown> = {
  extensions: ([answer, another]) => {
    if (answer === undefined || another !== undefined) return { refused: "there are several" };
    const agreed = verifyAnswer(answer, DEFLATE);
    return typeof agreed === "string" ? { refused: agreed } : { agreed };
  },
};
const CODES = [
  "UNEXPECTED_STATUS",
  "UNSUPPORTED_HTTP_VERSION",
  "MISSING_UPGRADE",
  "WRONG_UPGRADE",
  "MISSING_CONNECTION_UPGRADE",
  "MISSING_ACCEPT",
  "DUPLICATE_ACCEPT",
  "WRONG_ACCEPT",
  "MALFORMED_EXTENSIONS",
  "UNOFFERED_EXTENSION",
  "REFUSED_EXTENSIONS",
  "DUPLICATE_PROTOCOL",
  "UNOFFERED_PROTOCOL",
];

export class ResponseTarget implements Target {
  readonly name = "response";
  readonly #create: (limits: HeadLimits) => HeadDecoderUnderTest<ResponseHead>;

  constructor(
    create: (limits: HeadLimits) => HeadDecoderUnderTest<ResponseHead> = (limits) =>
      new ResponseDecoder(limits),
  ) {
    this.#create = create;
  }

  generate(random: Random): FuzzCase {
    return headCase(random, responseHead);
  }

  run({ input, cut, options }: FuzzCase): number {
    const { maxHeaderBytes = 16_384, maxHeaderCount = 100, valid = false } = options;
    const limits = { maxHeaderBytes, maxHeaderCount };
    const read = this.#read(input, cut, limits);
    const others = recuts(input.length);
    for (const recut of others) {
      const other = this.#read(input, recut, limits);
      checkEqual(
        "recut",
        `cut into ${recut.slice(0, 4).join(",")}…`,
        other.map(shortenHead),
        read.map(shortenHead),
      );
    }
    const { head, error } = read.at(-1)!;
    check("differential", !valid || head !== undefined, `a valid head is refused: ${error?.message}`);
    if (head !== undefined) {
      const { status } = head;
      check(
        "invariant",
        Number.isInteger(status) && status >= 100 && status <= 999,
        `the status is ${status}`,
      );
      const result = verifyResponse(REQUEST, head, OPTIONS);
      check(
        "differential",
        !valid || result.accepted,
        () => `a valid response is refused: ${JSON.stringify(result)}`,
      );
      if (result.accepted) {
        const isOffered = result.protocol === "" || PROTOCOLS.includes(result.protocol);
        check("invariant", status === 101 && isOffered, `status ${status}, protocol ${result.protocol}`);
      } else {
        check("invariant", CODES.includes(result.code), `the code ${result.code} is not documented`);
      }
    }
    return 256 * 1024 + (1 + others.length) * read.length * (8 * input.length + 20_000);
  }

  /** The interim responses and the one behind them. */
  #read(input: Uint8Array, cut: readonly number[], limits: HeadLimits): ReadHead<ResponseHead>[] {
    const heads: ReadHead<ResponseHead>[] = [];
    for (let left = input; ;) {
      const read = readHead(this.#create(limits), left, cut, limits);
      heads.push(read);
      const status = read.head?.status ?? 0;
      if (status < 100 || status === 101 || status > 199 || heads.length > 5) return heads;
      left = read.rest;
    }
  }
}
