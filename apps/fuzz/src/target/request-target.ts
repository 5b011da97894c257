// RequestDecoder and accept: heads of requests, spoilt or not; and whatever was accepted, a client has to take.
import { acceptOffer, resolveDeflateOptions } from "@ws/deflate";
import {
  accept,
  type Accepted,
  type AcceptOptions,
  encodeResponse,
  parseExtensions,
  reject,
  type Rejected,
  RequestDecoder,
  type HeadLimits,
  type RequestHead,
  ResponseDecoder,
  verifyResponse,
} from "@ws/handshake";
import type { FuzzCase } from "../fuzz-case.ts";
import { recuts } from "../generate/cut.ts";
import { PROTOCOLS, requestHead } from "../generate/head.ts";
import { check, checkEqual } from "../oracle/finding.ts";
import type { Random } from "../random.ts";
import { headCase } from "./head-case.ts";
import { type HeadDecoderUnderTest, readHead, shortenHead } from "./read-head.ts";
import type { Target } from "./target.ts";

const DEFLATE = resolveDeflateOptions("server", {});
const OPTIONS: AcceptOptions<unknown> = {
  protocols: PROTOCOLS.slice(0, 2),
  extensions: (offers) => {
    const accepted = acceptOffer(offers, DEFLATE);
    return accepted && { extensions: [accepted.answer], agreed: accepted.agreement };
  },
};

export class RequestTarget implements Target {
  readonly name = "request";
  readonly #create: (limits: HeadLimits) => HeadDecoderUnderTest<RequestHead>;

  constructor(
    create: (limits: HeadLimits) => HeadDecoderUnderTest<RequestHead> = (limits) =>
      new RequestDecoder(limits),
  ) {
    this.#create = create;
  }

  generate(random: Random): FuzzCase {
    return headCase(random, requestHead);
  }

  run({ input, cut, options }: FuzzCase): number {
    const { maxHeaderBytes = 16_384, maxHeaderCount = 100, valid = false } = options;
    const limits = { maxHeaderBytes, maxHeaderCount };
    const read = readHead(this.#create(limits), input, cut, limits);
    const others = recuts(input.length);
    for (const recut of others) {
      const other = readHead(this.#create(limits), input, recut, limits);
      checkEqual("recut", `cut into ${recut.slice(0, 4).join(",")}…`, shortenHead(other), shortenHead(read));
    }
    if (read.error !== undefined) checkRejection(reject(read.error.status, read.error.message));
    if (read.head !== undefined) {
      const result = accept(read.head, OPTIONS);
      check(
        "differential",
        !valid || result.accepted,
        () => `a valid request is refused: ${JSON.stringify(result)}`,
      );
      if (result.accepted) checkAccepted(result, read.head);
      else checkRejection(result);
    }
    check(
      "differential",
      !valid || read.head !== undefined,
      `a valid head is refused: ${read.error?.message}`,
    );
    // The line under way doubles as it grows.
    return 256 * 1024 + (2 + others.length) * (8 * input.length + 20_000);
  }
}

function checkAccepted(result: Accepted<unknown>, request: RequestHead): void {
  const response = new ResponseDecoder().push(encodeResponse(result));
  check("output", response !== undefined, "the response is no head");
  const offered = request.headers.get("sec-websocket-protocol") ?? "";
  const verified = verifyResponse(
    {
      key: request.headers.get("sec-websocket-key") ?? "",
      protocols: offered.split(",").map((protocol) => protocol.trim()),
      extensions: parseExtensions(request.headers.get("sec-websocket-extensions") ?? "") ?? [],
    },
    response!,
  );
  check("output", verified.accepted, () => `a client refuses the response: ${JSON.stringify(verified)}`);
}

function checkRejection(result: Rejected): void {
  const { status } = result;
  check("invariant", status >= 400 && status <= 599, `a rejection has the status ${status}`);
  const decoder = new ResponseDecoder();
  const response = decoder.push(encodeResponse(result));
  check("output", response?.status === status, "the rejection is not a response");
  const length = Number(response?.headers.get("content-length"));
  check(
    "output",
    decoder.rest.length === length,
    `a body of ${decoder.rest.length} bytes announces ${length}`,
  );
}
