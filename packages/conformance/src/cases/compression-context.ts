// RFC 7692 §7.2.2 and §6: what the window holds from message to message, and what does not pass through it.
import { constants } from "node:zlib";
import { BlockWriter } from "../deflate/deflate-blocks.ts";
import { expectEcho, expectPong } from "../peer/expect-exchange.ts";
import type { Peer } from "../peer/peer.ts";
import type { Case } from "../suite/case.ts";
import { Opcode } from "../wire/opcode.ts";
import { sendCompressed } from "./compression-messages.ts";
import { bare } from "./compression-offers.ts";
import { onConnection } from "./define.ts";
import { fragments } from "./fragments.ts";
import { binaryOf, proseOf } from "./payloads.ts";

const group = "compression, streams";

const hello = Buffer.from("Hello");

/** RFC 7692 §7.1.1.2 and §7.1.2.1: a peer may have it that we keep no context, or a smaller one. */
function needReach(peer: Peer, distance: number): void {
  const { reach } = peer.compressor;
  if (reach < distance)
    peer.judgement.notOffered(`agreed that we point ${reach} octets back; ${distance} are needed`);
}

/** A message whose only block is a match into the message before it. */
async function sendBackReference(peer: Peer, distance: number, length: number): Promise<void> {
  await peer.send(
    peer.frame({
      opcode: Opcode.binary,
      rsv: 4,
      payload: new BlockWriter().fixed([[distance, length]]).message(),
    }),
  );
}

export const compressionContext: readonly Case[] = [
  onConnection({
    id: "7692-7.2.3.2-shared-window",
    group,
    section: "RFC 7692 §7.2.3.2",
    form: "short",
    compression: bare,
    rule: "With context takeover a message may point into the one before it.",
    sends: 'the RFC\'s example: "Hello" as f2 48 cd c9 c9 07 00 and then as f2 00 11 00 00',
    expects: '"Hello" twice',
    async run(peer) {
      needReach(peer, hello.length);
      for (const hex of ["f2 48 cd c9 c9 07 00", "f2 00 11 00 00"]) {
        await peer.send(
          peer.frame({ opcode: Opcode.text, rsv: 4, payload: Buffer.from(hex.replaceAll(" ", ""), "hex") }),
        );
        await expectEcho(peer, Opcode.text, hello);
      }
    },
  }),
  ...[32_768, 32_767, 16_385, 1].map((distance) =>
    onConnection({
      id: `7692-7.2.2-reach-${distance}`,
      group,
      section: "RFC 7692 §7.2.1, §7.2.2",
      form: distance === 32_768 ? "short" : "full",
      compression: bare,
      rule: "The window holds the last 32,768 octets of earlier messages, every one of them.",
      sends: `40,000 octets, then a message that is one match ${distance} octets back`,
      expects: "both, unchanged",
      async run(peer) {
        needReach(peer, distance);
        const first = binaryOf(40_000);
        await sendCompressed(peer, Opcode.binary, first);
        await expectEcho(peer, Opcode.binary, first);
        await sendBackReference(peer, distance, 10);
        const unit = first.subarray(40_000 - distance, Math.min(40_000, 40_000 - distance + 10));
        await expectEcho(peer, Opcode.binary, Buffer.alloc(10, unit));
      },
    }),
  ),
  onConnection({
    id: "7692-7.2.2-window-across-uncompressed",
    group,
    section: "RFC 7692 §7.2.2",
    form: "full",
    compression: bare,
    rule: "Messages that are not compressed do not pass through the window.",
    sends: "a compressed message, an uncompressed one, a match into the first",
    expects: "all three",
    async run(peer) {
      needReach(peer, 10);
      await sendCompressed(peer, Opcode.binary, Buffer.from("0123456789"));
      await peer.send(peer.binary(Buffer.from("not in the window")));
      await sendBackReference(peer, 10, 10);
      await expectEcho(peer, Opcode.binary, Buffer.from("0123456789"));
      await expectEcho(peer, Opcode.binary, Buffer.from("not in the window"));
      await expectEcho(peer, Opcode.binary, Buffer.from("0123456789"));
    },
  }),
  onConnection({
    id: "7692-6.1-control-between-fragments",
    group,
    section: "RFC 7692 §6.1",
    form: "short",
    compression: bare,
    rule: "Control frames between fragments are not compressed and are no part of the stream.",
    sends: "a compressed message in twenty fragments with pings between",
    expects: "every pong and the message",
    async run(peer) {
      const payload = proseOf(3000);
      const bytes = peer.compressor.compress(payload);
      const sizes = Array<number>(20).fill(Math.ceil(bytes.length / 20));
      for (const [i, fragment] of fragments(peer, Opcode.text, bytes, sizes, 4).entries()) {
        await peer.send(fragment, ...(i < 19 ? [peer.ping(`${i}`)] : []));
      }
      for (let i = 0; i < 19; i++) await expectPong(peer, `${i}`);
      await expectEcho(peer, Opcode.text, payload);
    },
  }),
  ...([0, 1, 9] as const).map((level) =>
    onConnection({
      id: `7692-7.2.1-level-${level}`,
      group,
      section: "RFC 7692 §7.2.1",
      form: "full",
      compression: bare,
      rule: '"An endpoint MAY use multiple DEFLATE blocks" of any type "to compress one message".',
      sends: `100,000 octets of prose at zlib level ${level}${level === 0 ? " (stored blocks only)" : ""}`,
      expects: "the message back",
      async run(peer) {
        const payload = proseOf(100_000);
        const bytes = peer.compressor.compress(payload, level === 0 ? constants.Z_NO_COMPRESSION : level);
        await peer.send(peer.frame({ opcode: Opcode.text, rsv: 4, payload: bytes }));
        await expectEcho(peer, Opcode.text, payload);
      },
    }),
  ),
  onConnection({
    id: "7692-6-uncompressed-messages",
    group,
    section: "RFC 7692 §6",
    form: "short",
    compression: bare,
    rule: "On a compressed connection a message without RSV1 is not compressed.",
    sends: "plain text, plain empty binary, plain fragments, and a compressed text",
    expects: "all back",
    async run(peer) {
      await peer.send(
        peer.text("plain"),
        peer.binary(Buffer.alloc(0)),
        ...fragments(peer, Opcode.text, Buffer.from("onetwo"), [3, 3]),
      );
      await sendCompressed(peer, Opcode.text, Buffer.from("compressed"));
      await expectEcho(peer, Opcode.text, Buffer.from("plain"));
      await expectEcho(peer, Opcode.binary, Buffer.alloc(0));
      await expectEcho(peer, Opcode.text, Buffer.from("onetwo"));
      await expectEcho(peer, Opcode.text, Buffer.from("compressed"));
    },
  }),
  onConnection({
    id: "7692-7.2.2-no-octets",
    group,
    section: "RFC 7692 §7.2.3.6",
    form: "full",
    compression: bare,
    rule: "A compressed message has at least one octet; what becomes of one without the RFC does not say.",
    sends: "an empty frame with RSV1",
    expects: "an empty echo or a failure, noted; a live connection or a Close",
    async run(peer) {
      await peer.send(peer.frame({ opcode: Opcode.text, rsv: 4 }), peer.ping("alive?"));
      const arrival = await peer.next("an empty echo, a pong, or a Close");
      peer.judgement.saw(arrival.kind);
      if (arrival.kind === "message" && arrival.payload.length > 0)
        peer.judgement.fail("made something of nothing");
      if (arrival.kind === "message") peer.judgement.note("takes it for an empty message");
      if (arrival.kind === "close") peer.judgement.note(`refuses it with ${arrival.code}`);
    },
  }),
];
