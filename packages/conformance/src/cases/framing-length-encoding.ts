// RFC 6455 §5.2: "the minimal number of bytes MUST be used to encode the length", and the bit that must be 0.
import { expectFailure } from "../peer/expect-end.ts";
import type { Case, Form } from "../suite/case.ts";
import { Opcode, opcodeName } from "../wire/opcode.ts";
import { onConnection } from "./define.ts";
import { binaryOf } from "./payloads.ts";

const section = "RFC 6455 §5.2";
const group = "framing";

const wasteful: readonly (readonly [opcode: number, bits: 16 | 64, length: number, form: Form])[] = [
  [Opcode.binary, 16, 0, "short"],
  [Opcode.binary, 16, 1, "full"],
  [Opcode.binary, 16, 124, "full"],
  [Opcode.binary, 16, 125, "short"],
  [Opcode.text, 16, 0, "full"],
  [Opcode.text, 16, 125, "full"],
  [Opcode.binary, 64, 0, "full"],
  [Opcode.binary, 64, 1, "full"],
  [Opcode.binary, 64, 125, "short"],
  [Opcode.binary, 64, 126, "full"],
  [Opcode.binary, 64, 65_535, "short"],
  [Opcode.text, 64, 126, "full"],
  [Opcode.ping, 16, 5, "short"],
  [Opcode.ping, 64, 5, "full"],
  [Opcode.pong, 16, 5, "full"],
  [Opcode.close, 16, 2, "full"],
];

const nonMinimal = wasteful.map(([opcode, lengthBits, length, form]) =>
  onConnection({
    id: `6455-5.2-non-minimal-${opcodeName(opcode)}-${length}-in-${lengthBits}-bits`,
    group,
    section,
    form,
    rule: '"in all cases, the minimal number of bytes MUST be used to encode the length"',
    sends: `${opcodeName(opcode)} of ${length} bytes under a ${lengthBits}-bit length`,
    expects: "close 1002",
    async run(peer) {
      const payload =
        opcode === Opcode.close ? Buffer.from([0x03, 0xe8]) : binaryOf(length).map((octet) => octet & 0x7f);
      await peer.send(peer.frame({ opcode, payload, lengthBits }));
      if (opcode === Opcode.close) await failedClose(peer);
      else await expectFailure(peer, [1002]);
    },
  }),
);

/** A peer that takes the wasteful Close answers with its code; one that does not fails with 1002. */
async function failedClose(peer: Parameters<typeof expectFailure>[0]): Promise<void> {
  const arrival = await peer.next("close 1002");
  if (arrival.kind === "close" && arrival.code === 1000) {
    peer.judgement.saw("close 1000");
    peer.judgement.fail("took the frame for a normal Close");
  }
  peer.unread([arrival]);
  await expectFailure(peer, [1002]);
}

const highBit = [
  { name: "only", declaredLength: 2n ** 63n },
  { name: "and-5", declaredLength: 2n ** 63n + 5n },
  { name: "all-bits", declaredLength: 2n ** 64n - 1n },
].map(({ name, declaredLength }) =>
  onConnection({
    id: `6455-5.2-length-high-bit-${name}`,
    group,
    section,
    form: name === "and-5" ? "full" : "short",
    rule: 'A 64-bit length: "the most significant bit MUST be 0".',
    sends: `a binary header that declares ${declaredLength} bytes, and five octets`,
    expects: "close 1002, without waiting for the payload",
    async run(peer) {
      const payload = Buffer.from("Hello");
      await peer.send(peer.frame({ opcode: Opcode.binary, payload, declaredLength, lengthBits: 64 }));
      await expectFailure(peer, [1002], { unfinishedFrame: true });
    },
  }),
);

export const framingLengthEncoding: readonly Case[] = [...nonMinimal, ...highBit];
