// RFC 6455 §5.4 and §5.5: the orders of frames that no message can have, and control frames in fragments.
import { expectFailure } from "../peer/expect-end.ts";
import { exchange, expectEcho } from "../peer/expect-exchange.ts";
import type { FrameChoice, Peer } from "../peer/peer.ts";
import type { Case, Form } from "../suite/case.ts";
import { Opcode } from "../wire/opcode.ts";
import { onConnection } from "./define.ts";

const some = Buffer.from("Hello");
const begun: FrameChoice = { opcode: Opcode.text, fin: false, payload: some };
const lone = (fin: boolean, payload: Buffer): FrameChoice => ({ opcode: Opcode.continuation, fin, payload });
const anew = (opcode: number, fin: boolean): FrameChoice => ({ opcode, fin, payload: some });
const empty = Buffer.alloc(0);

const orders: readonly (readonly [
  name: string,
  frames: readonly FrameChoice[],
  sends: string,
  form: Form,
])[] = [
  ["lone-continuation-final", [lone(true, some)], "a final continuation with nothing before", "short"],
  [
    "lone-continuation",
    [lone(false, some)],
    "a continuation that is not final, with nothing before",
    "short",
  ],
  [
    "lone-continuation-final-empty",
    [lone(true, empty)],
    "an empty final continuation with nothing before",
    "full",
  ],
  [
    "lone-continuation-empty",
    [lone(false, empty)],
    "an empty continuation, not final, with nothing before",
    "full",
  ],
  ["text-in-text", [begun, anew(Opcode.text, true)], "a whole text inside a text", "short"],
  ["text-begins-in-text", [begun, anew(Opcode.text, false)], "a text that begins inside a text", "full"],
  ["binary-in-text", [begun, anew(Opcode.binary, true)], "a whole binary inside a text", "short"],
  [
    "binary-begins-in-text",
    [begun, anew(Opcode.binary, false)],
    "a binary that begins inside a text",
    "full",
  ],
  [
    "text-in-binary",
    [anew(Opcode.binary, false), anew(Opcode.text, true)],
    "a whole text inside a binary",
    "full",
  ],
  [
    "text-in-continued",
    [begun, lone(false, some), anew(Opcode.text, true)],
    "a whole text behind two fragments",
    "full",
  ],
  [
    "text-in-empty",
    [{ ...begun, payload: empty }, anew(Opcode.text, true)],
    "a whole text behind an empty first fragment",
    "full",
  ],
];

const violated = orders.map(([name, frames, sends, form]) =>
  onConnection({
    id: `6455-5.4-${name}`,
    group: "fragmentation",
    section: "RFC 6455 §5.4",
    form,
    rule: "A message is one opcode followed by continuations until the final one; nothing else may begin before that.",
    sends,
    expects: "close 1002",
    async run(peer) {
      await peer.send(...frames.map((frame) => peer.frame(frame)));
      await expectFailure(peer, [1002]);
    },
  }),
);

const afterMessages: Case[] = [
  {
    name: "continuation-after-whole",
    sends: "a text, and after its echo a final continuation",
    prepare: (peer: Peer) => exchange(peer, some, Opcode.text),
  },
  {
    name: "continuation-after-final",
    sends: "a text in two fragments, and after its echo a final continuation",
    async prepare(peer: Peer) {
      await peer.send(peer.frame(begun), peer.frame(lone(true, some)));
      await expectEcho(peer, Opcode.text, Buffer.from("HelloHello"));
    },
  },
].map(({ name, sends, prepare }) =>
  onConnection({
    id: `6455-5.4-${name}`,
    group: "fragmentation",
    section: "RFC 6455 §5.4",
    form: "short",
    rule: "After the final frame of a message there is nothing left to continue.",
    sends,
    expects: "close 1002",
    async run(peer) {
      await prepare(peer);
      await peer.send(peer.frame(lone(true, some)));
      await expectFailure(peer, [1002]);
    },
  }),
);

const control = (
  [
    ["ping", Opcode.ping, some],
    ["pong", Opcode.pong, some],
    ["close", Opcode.close, Buffer.from([0x0b, 0xb8])],
  ] as const
).flatMap(([name, opcode, payload]) =>
  (["alone", "continued", "in-message"] as const).map((manner) =>
    onConnection({
      id: `6455-5.5-fragmented-${name}-${manner}`,
      group: "fragmentation",
      section: "RFC 6455 §5.5",
      form: manner === "alone" ? "short" : "full",
      rule: '"All control frames MUST have a payload length of 125 bytes or less and MUST NOT be fragmented."',
      sends: `a ${name} that is not final, ${
        {
          alone: "alone",
          continued: "and a final continuation",
          "in-message": "between fragments of a text",
        }[manner]
      }`,
      expects: "close 1002",
      async run(peer) {
        const frame = peer.frame({ opcode, fin: false, payload });
        if (manner === "alone") await peer.send(frame);
        if (manner === "continued") await peer.send(frame, peer.frame(lone(true, some)));
        if (manner === "in-message") await peer.send(peer.frame(begun), frame);
        await expectFailure(peer, [1002]);
      },
    }),
  ),
);

export const fragmentationIllegal: readonly Case[] = [...violated, ...afterMessages, ...control];
