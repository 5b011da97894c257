// Invalid text is invalid from its first wrong octet on. An endpoint that says so before the rest arrives is strict; one
// that waits for the end of the message keeps the RFC (§8.1 names no moment) and is non-strict here.
import { expectFailure, gradeFailure } from "../peer/expect-end.ts";
import { refuse } from "../peer/expect-exchange.ts";
import type { Peer } from "../peer/peer.ts";
import type { Case } from "../suite/case.ts";
import { Opcode } from "../wire/opcode.ts";
import { inspectUtf8 } from "../wire/utf8.ts";
import { onConnection } from "./define.ts";
import { invalidSamples } from "./utf8-samples.ts";

const group = "UTF-8, failing fast";
const section = "RFC 6455 §8.1";
const rule =
  "Bytes that no continuation can repair are not UTF-8 as soon as they arrive; nothing is gained by waiting for the end.";

/** How long a peer has to notice an octet inside an unfinished frame, where no ping can ask whether it did. */
const noticeMs = 400;

const prefix = Buffer.from("κόσμε ");
const rest = Buffer.from(" and so on");

const hopeless = invalidSamples.flatMap(({ name, about, bytes }) => {
  const { invalidAt } = inspectUtf8(bytes);
  return invalidAt === undefined
    ? []
    : [{ name, about, start: Buffer.concat([prefix, bytes.subarray(0, invalidAt + 1)]) }];
});

const shortNames = new Set(["overlong-2-slash", "surrogate-first-high", "too-high-first"]);

const inFragment = hopeless.map(({ name, about, start }) =>
  onConnection({
    id: `6455-8.1-fail-fast-fragment-${name}`,
    group,
    section,
    form: shortNames.has(name) ? "short" : "full",
    rule,
    sends: `a text fragment, not final, up to the first wrong octet, and a ping: ${about}`,
    expects: "close 1007 before the message ends",
    async run(peer) {
      await peer.send(peer.frame({ opcode: Opcode.text, fin: false, payload: start }));
      await endsEarly(peer, () => peer.send(peer.frame({ opcode: Opcode.continuation, payload: rest })));
    },
  }),
);

const inContinuation = hopeless.slice(0, 4).map(({ name, about, start }) =>
  onConnection({
    id: `6455-8.1-fail-fast-continuation-${name}`,
    group,
    section,
    form: "full",
    rule,
    sends: `a valid fragment, then a continuation, not final, that goes wrong, and a ping: ${about}`,
    expects: "close 1007 before the message ends",
    async run(peer) {
      await peer.send(
        peer.frame({ opcode: Opcode.text, fin: false, payload: prefix }),
        peer.frame({ opcode: Opcode.continuation, fin: false, payload: start }),
      );
      await endsEarly(peer, () => peer.send(peer.frame({ opcode: Opcode.continuation, payload: rest })));
    },
  }),
);

/** A pong proves that the bytes before the ping were processed, and that the peer let them pass. */
async function endsEarly(peer: Peer, finish: () => Promise<void>): Promise<void> {
  let arrival = await peer.next("close 1007", noticeMs);
  if (arrival.kind === "quiet") {
    await peer.send(peer.ping("noticed?"));
    arrival = await peer.next("close 1007, or the pong that shows it was not noticed");
  }
  if (arrival.kind === "pong") {
    peer.judgement.nonStrict("waits for the end of the message before it fails");
    await finish();
    return expectFailure(peer, [1007]);
  }
  if (arrival.kind === "message" || arrival.kind === "quiet") refuse(peer, arrival, "close 1007");
  return gradeFailure(peer, arrival, [1007]);
}

const inFrame = hopeless.map(({ name, about, start }) =>
  onConnection({
    id: `6455-8.1-fail-fast-frame-${name}`,
    group,
    section,
    form: name === "surrogate-first-high" ? "short" : "full",
    rule,
    sends: `the first octets of a text frame, up to the first wrong one, while ten more are declared: ${about}`,
    expects: "close 1007 before the frame ends",
    async run(peer) {
      const whole = peer.text(Buffer.concat([start, rest]));
      await peer.send(whole.subarray(0, -rest.length));
      const arrival = await peer.next("close 1007", noticeMs);
      if (arrival.kind === "quiet") {
        peer.judgement.nonStrict("waits for the end of the frame before it fails");
        await peer.send(whole.subarray(-rest.length));
      } else peer.unread([arrival]);
      await expectFailure(peer, [1007], { unfinishedFrame: arrival.kind !== "quiet" });
    },
  }),
);

export const utf8FailFast: readonly Case[] = [...inFragment, ...inContinuation, ...inFrame];
