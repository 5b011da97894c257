// RFC 6455 §5.2: opcodes 3–7 and B–F are reserved, and "If an unknown opcode is received, the receiving endpoint MUST
// _Fail the WebSocket Connection_."
import { expectFailure } from "../peer/expect-end.ts";
import { expectAlive } from "../peer/expect-exchange.ts";
import type { Peer } from "../peer/peer.ts";
import type { Case } from "../suite/case.ts";
import { Opcode } from "../wire/opcode.ts";
import { onConnection } from "./define.ts";

const reserved = [0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf];

const manners: readonly {
  name: string;
  sends: string;
  send: (peer: Peer, opcode: number) => Promise<void>;
}[] = [
  {
    name: "empty",
    sends: "an empty frame with it",
    send: (peer, opcode) => peer.send(peer.frame({ opcode })),
  },
  {
    name: "payload",
    sends: "a frame of five octets with it",
    send: (peer, opcode) => peer.send(peer.frame({ opcode, payload: Buffer.from("Hello") })),
  },
  {
    name: "not-final",
    sends: "a frame with it that is not final",
    send: (peer, opcode) => peer.send(peer.frame({ opcode, fin: false, payload: Buffer.from("Hello") })),
  },
  {
    name: "in-message",
    sends: "it between two fragments of a text",
    send: (peer, opcode) =>
      peer.send(
        peer.frame({ opcode: Opcode.text, fin: false, payload: Buffer.from("Hel") }),
        peer.frame({ opcode }),
      ),
  },
  {
    name: "after-life",
    sends: "it after a ping was answered, in chops of one octet",
    async send(peer, opcode) {
      await expectAlive(peer);
      await peer.sendInChops(peer.frame({ opcode, payload: Buffer.from("!") }));
    },
  },
];

export const opcodes: readonly Case[] = reserved.flatMap((opcode) =>
  manners.map(({ name, sends, send }) =>
    onConnection({
      id: `6455-5.2-opcode-${opcode.toString(16)}-${name}`,
      group: "opcodes",
      section: "RFC 6455 §5.2",
      form: name === "payload" && [3, 7, 0xb, 0xf].includes(opcode) ? "short" : "full",
      rule: '"If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket Connection_."',
      sends: `opcode 0x${opcode.toString(16)}: ${sends}`,
      expects: "close 1002",
      async run(peer) {
        await send(peer, opcode);
        await expectFailure(peer, [1002]);
      },
    }),
  ),
);
