// RFC 6455 §5.4: "Clients and servers MUST support receiving both fragmented and unfragmented messages."
import { expectAlive, expectEcho, expectEchoUnlessTooBig, expectPong } from "../peer/expect-exchange.ts";
import type { Case, Form } from "../suite/case.ts";
import { byteCount } from "../wire/hex.ts";
import { Opcode, opcodeName } from "../wire/opcode.ts";
import { onConnection } from "./define.ts";
import { fragments } from "./fragments.ts";
import { binaryOf, textOf } from "./payloads.ts";

const group = "fragmentation";
const section = "RFC 6455 §5.4";

const shapes: readonly (readonly [name: string, sizes: readonly number[], form: Form])[] = [
  ["two", [5, 5], "short"],
  ["three", [5, 5, 5], "full"],
  ["octets", Array<number>(40).fill(1), "short"],
  ["empty-first", [0, 10], "short"],
  ["empty-last", [10, 0], "short"],
  ["empty-between", [5, 0, 5], "full"],
  ["empties-everywhere", [0, 0, 3, 0, 0, 4, 0, 0], "full"],
  ["all-empty", [0, 0, 0], "short"],
  ["two-empty", [0, 0], "full"],
  ["growing", [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024], "full"],
  ["boundaries", [125, 126, 127, 65_535, 65_536], "full"],
];

const legal = [Opcode.text, Opcode.binary].flatMap((opcode) =>
  shapes.flatMap(([name, sizes, form]) =>
    [0, 1].map((chop) => {
      const total = sizes.reduce((sum, size) => sum + size, 0);
      // A hundred thousand pieces of one octet would show nothing more than pieces of 997.
      const size = chop === 0 ? 0 : total > 5000 ? 997 : 1;
      return onConnection({
        id: `6455-5.4-${opcodeName(opcode)}-${name}${chop === 0 ? "" : "-in-chops"}`,
        group,
        section,
        form: chop === 0 ? form : "full",
        deadlineMs: 15_000,
        rule: "A fragmented message equals one whose payload is the concatenation of its fragments, empty ones included.",
        sends: `${opcodeName(opcode)} in fragments of ${sizes.length > 12 ? `${sizes.length} × ${sizes[0]}` : sizes.join(", ")} bytes${size > 0 ? `, TCP pieces of ${size}` : ""}`,
        expects: "the message back, as one",
        async run(peer) {
          const payload = opcode === Opcode.text ? textOf(total) : binaryOf(total);
          const frames = fragments(peer, opcode, payload, sizes);
          await (size === 0 ? peer.send(...frames) : peer.sendInChops(Buffer.concat(frames), size));
          await expectEcho(peer, opcode, payload);
        },
      });
    }),
  ),
);

const floods: Case[] = (
  [
    [65_536, 64, "full"],
    [16_384, 64, "short"],
    [65_536, 1, "full"],
    [4096, 256, "full"],
    [1024, 1024, "full"],
  ] as const
).flatMap(([count, size, form]) =>
  [Opcode.text, Opcode.binary].map((opcode) =>
    onConnection({
      id: `6455-5.4-${opcodeName(opcode)}-${count}-fragments-of-${size}`,
      group,
      section,
      form: opcode === Opcode.binary ? form : "full",
      heavy: true,
      deadlineMs: 60_000,
      rule: '"A sender MAY create fragments of any size for non-control messages."',
      sends: `${opcodeName(opcode)} of ${byteCount(count * size)} in ${count} fragments of ${size} bytes`,
      expects: "the message back, or close 1009 (RFC 6455 §10.4)",
      async run(peer) {
        const payload = opcode === Opcode.text ? textOf(count * size) : binaryOf(count * size);
        await peer.send(...fragments(peer, opcode, payload, Array<number>(count).fill(size)));
        await expectEchoUnlessTooBig(peer, opcode, payload);
      },
    }),
  ),
);

const withControl: Case[] = [
  onConnection({
    id: "6455-5.4-ping-between-fragments",
    group,
    section: "RFC 6455 §5.4, §5.5.2",
    form: "short",
    rule: '"An endpoint MUST be capable of handling control frames in the middle of a fragmented message."',
    sends: "a fragment, a ping, and the last fragment only after the pong",
    expects: "the pong before the message ends, then the message",
    async run(peer) {
      const [first, last] = fragments(peer, Opcode.text, Buffer.from("one two"), [4, 3]);
      await peer.send(first as Buffer, peer.ping("between"));
      await expectPong(peer, "between");
      await peer.send(last as Buffer);
      await expectEcho(peer, Opcode.text, Buffer.from("one two"));
    },
  }),
  onConnection({
    id: "6455-5.4-ping-after-each-fragment",
    group,
    section: "RFC 6455 §5.4, §5.5.2",
    form: "full",
    rule: '"Control frames MAY be injected in the middle of a fragmented message."',
    sends: "twenty fragments, after each a ping whose pong is awaited",
    expects: "twenty pongs, then the message",
    async run(peer) {
      const payload = textOf(200);
      for (const [i, fragment] of fragments(
        peer,
        Opcode.text,
        payload,
        Array<number>(20).fill(10),
      ).entries()) {
        await peer.send(fragment);
        if (i < 19) await expectAlive(peer);
      }
      await expectEcho(peer, Opcode.text, payload);
    },
  }),
  onConnection({
    id: "6455-5.4-pong-between-fragments",
    group,
    section: "RFC 6455 §5.4, §5.5.3",
    form: "full",
    rule: "An unsolicited pong in the middle of a message changes nothing.",
    sends: "fragment, pong, fragment in one segment",
    expects: "the message back",
    async run(peer) {
      const [first, last] = fragments(peer, Opcode.binary, Buffer.from("onetwo"), [3, 3]);
      await peer.send(
        first as Buffer,
        peer.frame({ opcode: Opcode.pong, payload: Buffer.from("?") }),
        last as Buffer,
      );
      await expectEcho(peer, Opcode.binary, Buffer.from("onetwo"));
    },
  }),
  onConnection({
    id: "6455-5.4-ping-between-fragments-in-chops",
    group,
    section: "RFC 6455 §5.4, §5.5.2",
    form: "full",
    rule: "Control frames between fragments work however TCP cuts them.",
    sends: "fragment, ping, fragment, ping, fragment in TCP pieces of one octet",
    expects: "both pongs and the message",
    async run(peer) {
      const [a, b, c] = fragments(peer, Opcode.text, textOf(30), [10, 10, 10]);
      await peer.sendInChops(
        Buffer.concat([a as Buffer, peer.ping("1"), b as Buffer, peer.ping("2"), c as Buffer]),
      );
      await expectPong(peer, "1");
      await expectPong(peer, "2");
      await expectEcho(peer, Opcode.text, textOf(30));
    },
  }),
  onConnection({
    id: "6455-5.4-messages-in-turn",
    group,
    section,
    form: "full",
    rule: "Fragmented and whole messages may follow each other in any order.",
    sends: "whole text, fragmented binary, whole binary, fragmented text, empty text, in one segment",
    expects: "five messages back, each with its own type",
    async run(peer) {
      const messages = [
        [Opcode.text, textOf(9), [9]],
        [Opcode.binary, binaryOf(9), [4, 5]],
        [Opcode.binary, binaryOf(3), [3]],
        [Opcode.text, textOf(90), [30, 30, 30]],
        [Opcode.text, textOf(0), [0]],
      ] as const;
      await peer.send(
        ...messages.flatMap(([opcode, payload, sizes]) => fragments(peer, opcode, payload, sizes)),
      );
      for (const [opcode, payload] of messages) await expectEcho(peer, opcode, payload);
    },
  }),
];

export const fragmentationLegal: readonly Case[] = [...legal, ...floods, ...withControl];
