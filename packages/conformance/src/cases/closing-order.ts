// RFC 6455 §5.5.1 and §7.1.1: what may come around a Close, who ends TCP, and TCP that ends without one.
import { drain, expectCloseReply, expectTcpEnd } from "../peer/expect-end.ts";
import { expectAlive, expectEcho } from "../peer/expect-exchange.ts";
import type { Peer } from "../peer/peer.ts";
import type { Case } from "../suite/case.ts";
import { Opcode } from "../wire/opcode.ts";
import { onConnection } from "./define.ts";
import { binaryOf } from "./payloads.ts";

const group = "closing";

const around: Case[] = [
  onConnection({
    id: "6455-5.5.2-ping-behind-close",
    group,
    section: "RFC 6455 §5.5.2",
    form: "short",
    rule: 'A ping is answered "unless it already received a Close frame".',
    sends: "Close 1000 and a ping in one segment",
    expects: "a Close; no pong is owed",
    async run(peer) {
      await peer.send(peer.close(1000), peer.ping("late"));
      const arrival = await peer.next("the Close frame that answers ours");
      if (arrival.kind === "pong")
        peer.judgement.note("answers a ping that came behind a Close (not owed, not forbidden)");
      else peer.unread([arrival]);
      await expectCloseReply(peer, 1000);
      await expectTcpEnd(peer);
    },
  }),
  onConnection({
    id: "6455-5.5.1-close-in-message",
    group,
    section: "RFC 6455 §5.4, §5.5.1",
    form: "short",
    rule: "A Close may come in the middle of a fragmented message, as every control frame.",
    sends: "a first fragment and Close 1000",
    expects: "a Close in return, no failure",
    async run(peer) {
      await peer.send(
        peer.frame({ opcode: Opcode.text, fin: false, payload: Buffer.from("unfinished") }),
        peer.close(1000),
      );
      await expectCloseReply(peer, 1000);
      await expectTcpEnd(peer);
    },
  }),
  onConnection({
    id: "6455-5.5.1-message-before-close",
    group,
    section: "RFC 6455 §5.5.1",
    form: "full",
    rule: "An endpoint may send what it has under way before it answers a Close, and must not after.",
    sends: "ten texts and Close 1000 in one segment",
    expects: "any number of echoes, then a Close, then nothing (the observer looks for data after it)",
    async run(peer) {
      await peer.send(...Array.from({ length: 10 }, (_, i) => peer.text(`message ${i}`)), peer.close(1000));
      await expectCloseReply(peer, 1000);
      await expectTcpEnd(peer);
    },
  }),
  onConnection({
    id: "6455-5.5.1-close-during-big-echo",
    group,
    section: "RFC 6455 §5.5.1, §5.4",
    form: "short",
    heavy: true,
    deadlineMs: 20_000,
    rule: "A Close reply stands between frames, never inside one, even with much output under way.",
    sends: "eight binary messages of 256 KiB and Close 1000 in one write",
    expects: "whole frames only, then a Close, then the end of TCP",
    async run(peer) {
      const big = binaryOf(2 ** 18);
      await peer.send(...Array.from({ length: 8 }, () => peer.binary(big)));
      await peer.send(peer.close(1000));
      await expectCloseReply(peer, 1000);
      await expectTcpEnd(peer);
    },
  }),
  onConnection({
    id: "6455-7.1.1-server-ends-tcp",
    group,
    section: "RFC 6455 §5.5.1, §7.1.1",
    form: "short",
    roles: ["server"],
    rule: '"The server MUST close the underlying TCP connection immediately" after both Close frames.',
    sends: "Close 1000, and nothing more",
    expects: "a Close, then the end of TCP without the client ending it",
    async run(peer) {
      await peer.send(peer.close(1000));
      await expectCloseReply(peer, 1000);
      if (!(await drain(peer, 2_000))) peer.judgement.fail("left TCP open after the closing handshake");
      peer.judgement.saw("TCP end");
    },
  }),
  onConnection({
    id: "6455-7.1.1-client-waits-for-tcp-end",
    group,
    section: "RFC 6455 §5.5.1, §7.1.1",
    form: "short",
    roles: ["client"],
    rule: '"the client SHOULD wait for the server to close the connection but MAY close the connection at any time after".',
    sends: "Close 1000, and leaves TCP open for 100 ms",
    expects: "a Close, and the end of TCP only after ours",
    async run(peer) {
      await peer.send(peer.close(1000));
      await expectCloseReply(peer, 1000);
      // That nothing happens has no other evidence than time: once both sides closed, no ping is answered.
      const early = await peer.next("nothing", 100);
      if (early.kind !== "quiet")
        peer.judgement.nonStrict("ended TCP before the server did (§7.1.1: SHOULD wait)");
      await expectTcpEnd(peer);
    },
  }),
];

const dropped: Case[] = (
  [
    ["idle", "nothing", () => []],
    [
      "in-message",
      "a first fragment",
      (peer: Peer) => [peer.frame({ opcode: Opcode.text, fin: false, payload: Buffer.from("x") })],
    ],
    ["in-frame", "half a frame", (peer: Peer) => [peer.text("unfinished business").subarray(0, 8)]],
    ["in-header", "one octet of a frame", () => [Buffer.from([0x81])]],
  ] as const
).map(([name, what, parts]) =>
  onConnection({
    id: `6455-7.1.4-tcp-end-${name}`,
    group,
    section: "RFC 6455 §7.1.4, §7.1.1",
    form: name === "idle" ? "short" : "full",
    rule: "TCP that ends without a closing handshake closes the connection, not cleanly; nothing keeps it half open.",
    sends: `a message that is echoed, ${what}, and the end of TCP without a Close`,
    expects: "the end of TCP in return",
    async run(peer) {
      await peer.send(peer.text("first"));
      await expectEcho(peer, Opcode.text, Buffer.from("first"));
      const bytes = parts(peer);
      if (bytes.length > 0) await peer.send(...bytes);
      peer.transport.end();
      if (await drain(peer, 2_000)) peer.judgement.saw("TCP end");
      else peer.judgement.nonStrict("kept TCP half open for 2 s");
    },
  }),
);

const openUntilAsked = onConnection({
  id: "6455-7.1-stays-open",
  group,
  section: "RFC 6455 §5.1",
  form: "full",
  rule: "A connection stays open until one side closes it.",
  sends: "a hundred pings in turn",
  expects: "a hundred pongs",
  async run(peer) {
    for (let i = 0; i < 100; i++) await expectAlive(peer);
  },
});

export const closingOrder: readonly Case[] = [...around, ...dropped, openUntilAsked];
