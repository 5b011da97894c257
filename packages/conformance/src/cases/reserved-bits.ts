// RFC 6455 §5.2, RSV1 to RSV3: each and every combination, on every opcode, without an extension that gives them meaning.
import { expectFailure } from "../peer/expect-end.ts";
import type { Case } from "../suite/case.ts";
import { Opcode, opcodeName } from "../wire/opcode.ts";
import { onConnection } from "./define.ts";

const opcodes = [Opcode.text, Opcode.binary, Opcode.continuation, Opcode.close, Opcode.ping, Opcode.pong];

function bitsOf(rsv: number): string {
  return rsv.toString(2).padStart(3, "0");
}

function isShort(rsv: number, opcode: number): boolean {
  return [1, 2, 4].includes(rsv) && [Opcode.text, Opcode.ping].includes(opcode as 1 | 9);
}

const each = opcodes.flatMap((opcode) =>
  [1, 2, 3, 4, 5, 6, 7].map((rsv) =>
    onConnection({
      id: `6455-5.2-rsv-${bitsOf(rsv)}-${opcodeName(opcode)}`,
      group: "reserved bits",
      section: "RFC 6455 §5.2",
      form: isShort(rsv, opcode) ? "short" : "full",
      rule: 'Reserved bits: if nothing negotiated "defines the meaning of such a nonzero value, the receiving endpoint MUST _Fail the WebSocket Connection_".',
      sends: `${opcodeName(opcode)} with RSV bits ${bitsOf(rsv)}`,
      expects: "close 1002",
      async run(peer) {
        const payload = opcode === Opcode.close ? Buffer.from([0x0b, 0xb8]) : Buffer.from("Hello");
        const first = peer.frame({ opcode: Opcode.text, fin: false, payload: Buffer.from("first ") });
        const frame = peer.frame({ opcode, rsv, payload });
        await (opcode === Opcode.continuation ? peer.send(first, frame) : peer.send(frame));
        await expectFailure(peer, [1002]);
      },
    }),
  ),
);

const variants = [
  onConnection({
    id: "6455-5.2-rsv-behind-valid-message",
    group: "reserved bits",
    section: "RFC 6455 §5.2",
    form: "short",
    rule: "A frame with reserved bits fails the connection wherever it stands.",
    sends: "a valid text, a text with RSV2 and a ping, in one segment",
    expects: "close 1002, after the first echo or without it, and no pong",
    async run(peer) {
      const bad = peer.frame({ opcode: Opcode.text, rsv: 2, payload: Buffer.from("bad") });
      await peer.send(peer.text("good"), bad, peer.ping());
      await expectFailure(peer, [1002], { echoesAreFine: true });
    },
  }),
  onConnection({
    id: "6455-5.2-rsv-header-alone",
    group: "reserved bits",
    section: "RFC 6455 §5.2",
    form: "full",
    rule: "The first two octets show the violation; nothing is gained by waiting for the payload.",
    sends: "the header of a 1,000-byte text with RSV3, nothing more",
    expects: "close 1002 at once",
    async run(peer) {
      await peer.send(peer.frame({ opcode: Opcode.text, rsv: 1, declaredLength: 1000n }));
      await expectHeaderFailure(peer);
    },
  }),
  onConnection({
    id: "6455-5.2-rsv-in-chops",
    group: "reserved bits",
    section: "RFC 6455 §5.2",
    form: "full",
    rule: "Reserved bits are seen as well when the frame comes octet by octet.",
    sends: "binary with RSV1 in TCP pieces of one octet",
    expects: "close 1002",
    async run(peer) {
      await peer.sendInChops(peer.frame({ opcode: Opcode.binary, rsv: 4, payload: Buffer.from("H") }));
      await expectFailure(peer, [1002]);
    },
  }),
];

/** Whoever waits for the payload gets it late, and is judged non-strict if it fails then. */
async function expectHeaderFailure(peer: Parameters<typeof expectFailure>[0]): Promise<void> {
  const arrival = await peer.next("close 1002", 500);
  if (arrival.kind === "quiet") {
    peer.judgement.nonStrict("waits for the payload of a frame whose header is already wrong");
    await peer.send(Buffer.alloc(1000, 0x20));
  } else peer.unread([arrival]);
  await expectFailure(peer, [1002]);
}

export const reservedBits: readonly Case[] = [...each, ...variants];
