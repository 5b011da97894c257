// RFC 6455 §5.5.1 and §7.1: the closing handshake, and what comes around it.
import { expectCloseReply, expectFailure, expectTcpEnd } from "../peer/expect-end.ts";
import { describe, refuse } from "../peer/expect-exchange.ts";
import type { Peer } from "../peer/peer.ts";
import type { Case } from "../suite/case.ts";
import { byteCount } from "../wire/hex.ts";
import { Opcode } from "../wire/opcode.ts";
import { onConnection } from "./define.ts";
import { binaryOf, textOf } from "./payloads.ts";

const group = "closing";
const answer =
  '"If an endpoint receives a Close frame and did not previously send a Close frame, the endpoint MUST send a Close frame in response."';

const reasons: readonly (readonly [name: string, code: number | undefined, reason: Buffer])[] = [
  ["empty", undefined, Buffer.alloc(0)],
  ["1000", 1000, Buffer.alloc(0)],
  ["reason", 1000, Buffer.from("done")],
  ["reason-122", 1000, textOf(122)],
  ["reason-123", 1000, textOf(123)],
  ["reason-multibyte", 1000, Buffer.from("κόσμε 𝄞 ".repeat(6))],
  ["reason-bom", 1000, Buffer.from("\uFEFFdone")],
  ["reason-nul", 1000, Buffer.from("a\0b")],
];

const replied = reasons.flatMap(([name, code, reason]) =>
  [false, true].map((chopped) =>
    onConnection({
      id: `6455-5.5.1-close-${name}${chopped ? "-in-chops" : ""}`,
      group,
      section: "RFC 6455 §5.5.1",
      form: !chopped && ["empty", "1000", "reason-123"].includes(name) ? "short" : "full",
      rule: answer,
      sends: `Close ${code ?? "without a body"}${reason.length > 0 ? `, ${reason.length} bytes of reason` : ""}${chopped ? ", in TCP pieces of one octet" : ""}`,
      expects: "a Close in return, then the end of TCP",
      async run(peer) {
        const frame = peer.close(code, reason);
        await (chopped ? peer.sendInChops(frame) : peer.send(frame));
        await expectCloseReply(peer, code);
        await expectTcpEnd(peer);
      },
    }),
  ),
);

const refused: Case[] = [
  ...[124, 200, 65_534].map((length) =>
    onConnection({
      id: `6455-5.5-close-reason-${length}`,
      group,
      section: "RFC 6455 §5.5",
      form: length === 124 ? "short" : "full",
      rule: '"All control frames MUST have a payload length of 125 bytes or less".',
      sends: `Close 1000 with ${byteCount(length)} of reason`,
      expects: "close 1002",
      async run(peer) {
        await peer.send(peer.close(1000, textOf(length)));
        await expectRefusal(peer, [1002]);
      },
    }),
  ),
  onConnection({
    id: "6455-5.5.1-close-one-octet",
    group,
    section: "RFC 6455 §5.5.1",
    form: "short",
    rule: '"If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer".',
    sends: "Close with a body of one octet",
    expects: "close 1002",
    async run(peer) {
      await peer.send(peer.frame({ opcode: Opcode.close, payload: Buffer.from([0x03]) }));
      await expectRefusal(peer, [1002]);
    },
  }),
  ...[
    ["lone-continuation", "80"],
    ["overlong", "c0af"],
    ["surrogate", "eda080"],
    ["truncated", "e282"],
    ["too-high", "f4908080"],
    ["late", "cebae1bdb9cf83cebcceb5eda080656469746564"],
  ].map(([name, hex]) =>
    onConnection({
      id: `6455-5.5.1-close-reason-${name}`,
      group,
      section: "RFC 6455 §5.5.1, §8.1",
      form: name === "surrogate" ? "short" : "full",
      rule: "The reason is UTF-8; bytes that are not fail the connection (§8.1).",
      sends: `Close 1000 with a reason that is not UTF-8: ${hex}`,
      expects: "close 1007, or 1002 (the RFC names no code for a reason)",
      async run(peer) {
        await peer.send(peer.close(1000, Buffer.from(hex ?? "", "hex")));
        await expectRefusal(peer, [1007, 1002]);
      },
    }),
  ),
];

/** Like `expectFailure` for frames that look like a Close: the reply of a peer that took it for one is a failure. */
export async function expectRefusal(peer: Peer, codes: readonly number[]): Promise<void> {
  const arrival = await peer.next(`close ${codes.join(" or ")}`);
  if (arrival.kind === "close" && (arrival.code === undefined || arrival.code === 1000)) {
    peer.judgement.saw(describe(arrival));
    peer.judgement.fail("took an illegal Close for a normal one");
  }
  peer.unread([arrival]);
  await expectFailure(peer, codes, { unfinishedFrame: true });
}

/** After our Close the peer owes its own and the end of TCP, whatever else we send. */
async function expectOnlyClose(peer: Peer): Promise<void> {
  const arrival = await peer.next("the Close frame that answers ours");
  if (arrival.kind !== "close") refuse(peer, arrival, "a Close and nothing before it");
  peer.judgement.saw(describe(arrival));
  if (arrival.code !== undefined && arrival.code !== 1000) {
    peer.judgement.fail(`looked at what came behind the Close: it answered with ${arrival.code}`);
  }
  await expectTcpEnd(peer);
}

const behind: readonly (readonly [name: string, what: string, frame: (peer: Peer) => Buffer])[] = [
  ["text", "a text", (peer) => peer.text("too late")],
  [
    "fragment",
    "a fragment",
    (peer) => peer.frame({ opcode: Opcode.text, fin: false, payload: Buffer.from("x") }),
  ],
  ["close", "a second Close", (peer) => peer.close(1000)],
  ["other-close", "a second Close with 3000", (peer) => peer.close(3000)],
  ["violation", "a frame with reserved bits", (peer) => peer.frame({ opcode: Opcode.text, rsv: 7 })],
  ["reserved-opcode", "a reserved opcode", (peer) => peer.frame({ opcode: 0xb })],
  ["invalid-text", "text that is not UTF-8", (peer) => peer.text(Buffer.from([0xff]))],
  ["64k", "64 KiB of binary", (peer) => peer.binary(binaryOf(65_536))],
];

const ignored = behind.map(([name, what, frame]) =>
  onConnection({
    id: `6455-5.5.1-behind-close-${name}`,
    group,
    section: "RFC 6455 §5.5.1, §1.4",
    form: name === "text" || name === "close" ? "short" : "full",
    rule: "After a Close no more data is expected: what follows it is discarded.",
    sends: `Close 1000 and ${what} in one segment`,
    expects: "one Close, nothing else, the end of TCP",
    async run(peer) {
      await peer.send(peer.close(1000), frame(peer));
      await expectOnlyClose(peer);
    },
  }),
);

export const closing: readonly Case[] = [...replied, ...refused, ...ignored];
