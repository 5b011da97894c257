// RFC 6455 §5.2, payload length: every form, every boundary between forms, whole and in pieces.
import { exchange, expectEcho, expectEchoUnlessTooBig } from "../peer/expect-exchange.ts";
import type { Peer } from "../peer/peer.ts";
import type { Case, Form } from "../suite/case.ts";
import { byteCount } from "../wire/hex.ts";
import { Opcode, opcodeName } from "../wire/opcode.ts";
import { onConnection } from "./define.ts";
import { binaryOf, textOf } from "./payloads.ts";

const section = "RFC 6455 §5.2";
const group = "framing";

const shortLengths = [0, 1, 125, 126, 127, 65_535, 65_536];
const fullLengths = [
  2, 3, 4, 5, 7, 8, 63, 64, 124, 128, 129, 255, 256, 257, 1000, 4095, 4096, 32_767, 32_768, 65_534, 65_537,
];
const largeLengths = [2 ** 17, 2 ** 18, 2 ** 20, 2 ** 22, 2 ** 24];

const types = [
  { opcode: Opcode.text, payloadOf: textOf },
  { opcode: Opcode.binary, payloadOf: binaryOf },
];

function lengthForm(length: number): string {
  return length < 126 ? "7-bit" : length < 65_536 ? "16-bit" : "64-bit";
}

const whole = types.flatMap(({ opcode, payloadOf }) =>
  [...shortLengths, ...fullLengths].map((length) =>
    onConnection({
      id: `6455-5.2-length-${opcodeName(opcode)}-${length}`,
      group,
      section,
      form: shortLengths.includes(length) ? "short" : "full",
      rule: `A payload of ${byteCount(length)} is carried under a ${lengthForm(length)} length.`,
      sends: `${opcodeName(opcode)} of ${byteCount(length)} in one frame, twice`,
      expects: "both back, unchanged",
      async run(peer) {
        await exchange(peer, payloadOf(length), opcode);
        await exchange(peer, payloadOf(length), opcode);
      },
    }),
  ),
);

const large = types.flatMap(({ opcode, payloadOf }) =>
  largeLengths.map((length) =>
    onConnection({
      id: `6455-5.2-length-${opcodeName(opcode)}-${length}`,
      group,
      section,
      form: length === 2 ** 20 && opcode === Opcode.binary ? "short" : "full",
      heavy: true,
      deadlineMs: 60_000,
      rule: `A payload of ${byteCount(length)} is carried under a 64-bit length, or refused for its size.`,
      sends: `${opcodeName(opcode)} of ${byteCount(length)} in one frame`,
      expects: "the same back, or close 1009 (RFC 6455 §10.4 leaves limits to implementations)",
      async run(peer) {
        const payload = payloadOf(length);
        await peer.send(peer.frame({ opcode, payload }));
        await expectEchoUnlessTooBig(peer, opcode, payload);
      },
    }),
  ),
);

const choppings: readonly (readonly [length: number, chop: number, form: Form])[] = [
  [0, 1, "full"],
  [1, 1, "full"],
  [125, 1, "short"],
  [126, 1, "short"],
  [300, 1, "full"],
  [300, 2, "full"],
  [300, 3, "full"],
  [300, 5, "full"],
  [300, 7, "full"],
  [65_535, 997, "full"],
  [65_536, 997, "short"],
  [2 ** 18, 4096, "full"],
  [2 ** 20, 65_535, "full"],
];

const chopped = types.flatMap(({ opcode, payloadOf }) =>
  choppings.map(([length, chop, form]) =>
    onConnection({
      id: `6455-5.2-chops-${opcodeName(opcode)}-${length}-by-${chop}`,
      group,
      section,
      form,
      deadlineMs: 20_000,
      rule: "A frame may arrive in pieces of any size; TCP has no boundaries.",
      sends: `${opcodeName(opcode)} of ${byteCount(length)} in TCP pieces of ${byteCount(chop)}`,
      expects: "the message back, unchanged",
      async run(peer) {
        const payload = payloadOf(length);
        await peer.sendInChops(peer.frame({ opcode, payload }), chop);
        await expectEcho(peer, opcode, payload);
      },
    }),
  ),
);

const together: Case[] = [2, 10, 500].map((count) =>
  onConnection({
    id: `6455-5.2-frames-in-one-segment-${count}`,
    group,
    section,
    form: count === 10 ? "short" : "full",
    rule: "Many frames may arrive in one piece.",
    sends: `${count} text messages, one write`,
    expects: "all of them back, in order",
    async run(peer: Peer) {
      const payloads = Array.from({ length: count }, (_, i) => Buffer.from(`message ${i}`));
      await peer.send(...payloads.map((payload) => peer.text(payload)));
      for (const payload of payloads) await expectEcho(peer, Opcode.text, payload);
    },
  }),
);

export const framingLengths: readonly Case[] = [...whole, ...large, ...chopped, ...together];
