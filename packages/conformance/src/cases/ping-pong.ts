// RFC 6455 §5.5.2 and §5.5.3.
import { expectFailure } from "../peer/expect-end.ts";
import { describe, exchange, expectAlive, expectEcho, expectPong, refuse } from "../peer/expect-exchange.ts";
import type { Peer } from "../peer/peer.ts";
import type { Case } from "../suite/case.ts";
import { Opcode } from "../wire/opcode.ts";
import { onConnection } from "./define.ts";
import { binaryOf } from "./payloads.ts";

const group = "ping and pong";
const must =
  '"Upon receipt of a Ping frame, an endpoint MUST send a Pong frame in response", with identical "Application data".';

const payloads: readonly (readonly [name: string, payload: Buffer])[] = [
  ["empty", Buffer.alloc(0)],
  ["text", Buffer.from("Hello, world!")],
  ["one-octet", Buffer.from([0])],
  ["not-utf8", Buffer.from("00fffe00ff80c0", "hex")],
  ["124", binaryOf(124)],
  ["125", binaryOf(125)],
];

const echoed = payloads.flatMap(([name, payload]) =>
  [false, true].map((chopped) =>
    onConnection({
      id: `6455-5.5.2-ping-${name}${chopped ? "-in-chops" : ""}`,
      group,
      section: "RFC 6455 §5.5.2, §5.5.3",
      form: name === "125" || (name === "empty" && !chopped) ? "short" : "full",
      rule: must,
      sends: `a ping of ${payload.length} bytes${chopped ? " in TCP pieces of one octet" : ""}`,
      expects: "a pong with the same bytes",
      async run(peer) {
        await (chopped ? peer.sendInChops(peer.ping(payload)) : peer.send(peer.ping(payload)));
        await expectPong(peer, payload);
      },
    }),
  ),
);

const tooLong = [126, 127, 1000, 65_535, 65_536].flatMap((length) =>
  [Opcode.ping, Opcode.pong].map((opcode) => {
    const name = opcode === Opcode.ping ? "ping" : "pong";
    return onConnection({
      id: `6455-5.5-${name}-${length}`,
      group,
      section: "RFC 6455 §5.5",
      form: length === 126 ? "short" : "full",
      rule: '"All control frames MUST have a payload length of 125 bytes or less".',
      sends: `a ${name} of ${length} bytes`,
      expects: "close 1002",
      async run(peer) {
        await peer.send(peer.frame({ opcode, payload: binaryOf(length) }));
        await expectFailure(peer, [1002]);
      },
    });
  }),
);

const tooLongHeader = onConnection({
  id: "6455-5.5-ping-126-header-alone",
  group,
  section: "RFC 6455 §5.5",
  form: "full",
  rule: "The header of a control frame that is too long is enough to refuse it.",
  sends: "the header of a ping of 126 bytes, nothing more",
  expects: "close 1002 at once",
  async run(peer) {
    await peer.send(peer.frame({ opcode: Opcode.ping, declaredLength: 126n }));
    const arrival = await peer.next("close 1002", 500);
    if (arrival.kind === "quiet") {
      peer.judgement.nonStrict("waits for the payload of a frame whose header is already wrong");
      await peer.send(Buffer.alloc(126, 0x20));
    } else peer.unread([arrival]);
    await expectFailure(peer, [1002]);
  },
});

/** RFC 6455 §5.5.3 lets an endpoint answer "only the most recently processed Ping frame". */
async function expectPongs(peer: Peer, count: number): Promise<void> {
  const last = `ping ${count - 1}`;
  let answered = 0;
  let next = 0;
  for (;;) {
    const arrival = await peer.next(`the pong for "${last}"`);
    if (arrival.kind !== "pong") {
      // RFC 6455 §7.1.1: an endpoint may close "via any means available when necessary, such as when under attack".
      if (count < 100 || arrival.kind === "message") refuse(peer, arrival, "a pong");
      peer.judgement.saw(describe(arrival));
      return peer.judgement.nonStrict(`took ${count} pings at once for an attack`);
    }
    const number = Number(/^ping (\d+)$/.exec(arrival.payload.toString())?.[1] ?? -1);
    if (number < next)
      peer.judgement.fail(`a pong out of order: "${arrival.payload.toString()}" after ${next} were passed`);
    answered++;
    next = number + 1;
    if (next === count) break;
  }
  // Pongs that come behind the last one are out of order as well.
  await peer.send(peer.ping("behind"));
  const behind = await peer.next("the pong for a ping behind them");
  if (behind.kind !== "pong" || behind.payload.toString() !== "behind")
    refuse(peer, behind, "the pong for a ping behind them");
  peer.judgement.saw(`${answered} pongs for ${count} pings`);
  if (answered < count) peer.judgement.note("answers only the newest of several pings (allowed, §5.5.3)");
}

const many = [10, 1000].flatMap((count) =>
  [false, true].map((chopped) =>
    onConnection({
      id: `6455-5.5.3-${count}-pings${chopped ? "-in-chops" : ""}`,
      group,
      section: "RFC 6455 §5.5.3",
      form: count === 10 && !chopped ? "short" : "full",
      deadlineMs: 15_000,
      rule: "Pings are answered in order; an endpoint that is behind may answer only the most recent one.",
      sends: `${count} pings${chopped ? " in TCP pieces of seven octets" : " at once"}`,
      expects: `${count} pongs in order, or fewer that end with the last`,
      async run(peer) {
        const pings = Buffer.concat(Array.from({ length: count }, (_, i) => peer.ping(`ping ${i}`)));
        await (chopped ? peer.sendInChops(pings, 7) : peer.send(pings));
        await expectPongs(peer, count);
      },
    }),
  ),
);

const unsolicited: Case[] = ["", "unsolicited", "x".repeat(125)].map((payload) =>
  onConnection({
    id: `6455-5.5.3-unsolicited-pong-${payload.length}`,
    group,
    section: "RFC 6455 §5.5.3",
    form: payload.length === 11 ? "short" : "full",
    rule: '"A Pong frame MAY be sent unsolicited." "A response to an unsolicited Pong frame is not expected."',
    sends: `a pong of ${payload.length} bytes nobody asked for, then a ping`,
    expects: "a pong for the ping and nothing else",
    async run(peer) {
      await peer.send(peer.frame({ opcode: Opcode.pong, payload: Buffer.from(payload) }));
      await expectAlive(peer);
    },
  }),
);

const mixtures: Case[] = [
  onConnection({
    id: "6455-5.5.3-pong-ping-pong",
    group,
    section: "RFC 6455 §5.5.3",
    form: "full",
    rule: "Unsolicited pongs around a ping change nothing.",
    sends: "a pong, a ping, a pong, a text, all at once",
    expects: "a pong for the ping, and the text back",
    async run(peer) {
      const pong = peer.frame({ opcode: Opcode.pong, payload: Buffer.from("x") });
      await peer.send(pong, peer.ping("asked"), pong, peer.text("text"));
      await expectPong(peer, "asked");
      await expectEcho(peer, Opcode.text, Buffer.from("text"));
    },
  }),
  onConnection({
    id: "6455-5.5.2-ping-around-messages",
    group,
    section: "RFC 6455 §5.5.2",
    form: "short",
    rule: "Pings are answered with messages before, between and behind them.",
    sends: "text, ping, binary, ping in one segment",
    expects: "both pongs and both messages",
    async run(peer) {
      await peer.send(peer.text("one"), peer.ping("a"), peer.binary(Buffer.from("two")), peer.ping("b"));
      await expectPong(peer, "a");
      await expectPong(peer, "b");
      await expectEcho(peer, Opcode.text, Buffer.from("one"));
      await expectEcho(peer, Opcode.binary, Buffer.from("two"));
    },
  }),
  onConnection({
    id: "6455-5.5.2-ping-after-idle-exchange",
    group,
    section: "RFC 6455 §5.5.2",
    form: "full",
    rule: must,
    sends: "fifty times a message and, after its echo, a ping",
    expects: "every echo and every pong",
    async run(peer) {
      for (let i = 0; i < 50; i++) {
        await exchange(peer, Buffer.from(`message ${i}`), Opcode.text);
        await expectAlive(peer);
      }
    },
  }),
];

export const pingPong: readonly Case[] = [
  ...echoed,
  ...tooLong,
  tooLongHeader,
  ...many,
  ...unsolicited,
  ...mixtures,
];
