// RFC 7692 §7.2: messages of many sizes and cuts under every set of parameters. The message reader inflates what comes
// back with exactly the agreed window and takeover, so a peer that uses more memory than agreed is caught by it.
import { expectEcho } from "../peer/expect-exchange.ts";
import type { Peer } from "../peer/peer.ts";
import type { Case, Form } from "../suite/case.ts";
import { byteCount } from "../wire/hex.ts";
import { Opcode } from "../wire/opcode.ts";
import { compressionWith, encodeParameters, nameOf, type Parameters } from "./compression-offers.ts";
import { onConnection } from "./define.ts";
import { evenly, fragments } from "./fragments.ts";
import { binaryOf, proseOf } from "./payloads.ts";

const bits = [8, 9, 10, 11, 12, 13, 14, 15];

const parameterSets: readonly Parameters[] = [
  {},
  { serverNoContextTakeover: true },
  { clientNoContextTakeover: true },
  { serverNoContextTakeover: true, clientNoContextTakeover: true },
  ...bits.map((serverMaxWindowBits) => ({ serverMaxWindowBits })),
  ...bits.map((clientMaxWindowBits) => ({ clientMaxWindowBits })),
  { serverMaxWindowBits: 9, clientMaxWindowBits: 9 },
  {
    serverNoContextTakeover: true,
    clientNoContextTakeover: true,
    serverMaxWindowBits: 9,
    clientMaxWindowBits: 9,
  },
];

const sizes = [0, 16, 64, 256, 1024, 8192, 65_536, 131_072];

const shortSet = new Set([
  "bare/0",
  "bare/256",
  "bare/65536",
  "server-no-takeover-client-no-takeover/1024",
  "server-bits-9/8192",
  "client-bits-9/8192",
]);

/** Sends a compressed message in fragments of `size` compressed octets, 0 for one frame. */
export async function sendCompressed(
  peer: Peer,
  opcode: number,
  payload: Uint8Array,
  size = 0,
): Promise<void> {
  const bytes = peer.compressor.compress(payload);
  await peer.send(
    ...fragments(peer, opcode, bytes, size === 0 ? [bytes.length] : evenly(bytes.length, size), 4),
  );
}

/** Repeats beyond a small window: whoever looks further back than agreed finds matches. */
function farRepeats(size: number, windowBits: number): Buffer {
  const unit = binaryOf(Math.min(2 ** windowBits + 300, 30_000), 7);
  return Buffer.alloc(Math.max(size, unit.length * 2), unit);
}

const matrix = parameterSets.flatMap((wanted) =>
  sizes.map((size) => {
    const name = nameOf(wanted);
    const smallest = Math.min(wanted.serverMaxWindowBits ?? 15, wanted.clientMaxWindowBits ?? 15);
    const form: Form = shortSet.has(`${name}/${size}`) ? "short" : "full";
    return onConnection({
      id: `7692-7.2-${name}-${size}`,
      group: "compression, messages",
      section: "RFC 7692 §7.1, §7.2",
      form,
      deadlineMs: 20_000,
      compression: compressionWith(wanted),
      rule: "Compressed messages of any size and cut come back, compressed within the agreed window and takeover.",
      sends: `${encodeParameters(wanted)}: ${byteCount(size)} of prose twice, in fragments, incompressible, uncompressed, and with far repeats`,
      expects: "six echoes; matches no further back than agreed",
      async run(peer) {
        const prose = proseOf(size);
        const noise = binaryOf(size, size + 1);
        await sendCompressed(peer, Opcode.text, prose);
        await sendCompressed(peer, Opcode.text, prose);
        await sendCompressed(peer, Opcode.text, prose, Math.max(1, Math.ceil(size / 40)));
        await sendCompressed(peer, Opcode.binary, noise, Math.ceil(size / 3));
        await peer.send(peer.binary(noise));
        const far = farRepeats(Math.min(size, 8192), smallest);
        await sendCompressed(peer, Opcode.binary, far);
        const echoes = [];
        for (const payload of [prose, prose, prose])
          echoes.push(await expectEcho(peer, Opcode.text, payload));
        for (const payload of [noise, noise, far])
          echoes.push(await expectEcho(peer, Opcode.binary, payload));
        peer.judgement.saw(
          `${echoes.filter(({ compressed }) => compressed).length} of ${echoes.length} compressed`,
        );
      },
    });
  }),
);

const long: Case[] = [
  onConnection({
    id: "7692-7.2-thousand-messages",
    group: "compression, messages",
    section: "RFC 7692 §7.2.2",
    form: "full",
    heavy: true,
    deadlineMs: 60_000,
    compression: compressionWith({}),
    rule: "The window is kept over any number of messages.",
    sends: "1,000 compressed messages of 1 KiB, each different, every tenth uncompressed",
    expects: "1,000 echoes",
    async run(peer) {
      for (let batch = 0; batch < 20; batch++) {
        const payloads = Array.from({ length: 50 }, (_, i) =>
          proseOf(1024 + batch * 50 + i).subarray(batch * 50 + i),
        );
        for (const [i, payload] of payloads.entries()) {
          await (i % 10 === 9 ? peer.send(peer.text(payload)) : sendCompressed(peer, Opcode.text, payload));
        }
        for (const payload of payloads) await expectEcho(peer, Opcode.text, payload);
      }
    },
  }),
  ...[2 ** 20, 2 ** 22].map((size) =>
    onConnection({
      id: `7692-7.2-large-${size}`,
      group: "compression, messages",
      section: "RFC 7692 §7.2",
      form: "full",
      heavy: true,
      deadlineMs: 60_000,
      compression: compressionWith({}),
      rule: "Size limits count what a message inflates to; within them large messages pass.",
      sends: `${byteCount(size)} of prose, compressed, in fragments of 4,096 octets`,
      expects: "the echo, or close 1009",
      async run(peer) {
        const payload = proseOf(size);
        await sendCompressed(peer, Opcode.text, payload, 4096);
        const arrival = await peer.next("the echo or close 1009");
        if (arrival.kind === "close" && arrival.code === 1009)
          return peer.judgement.note("refuses this size with 1009 (allowed)");
        peer.unread([arrival]);
        await expectEcho(peer, Opcode.text, payload);
      },
    }),
  ),
];

export const compressionMessages: readonly Case[] = [...matrix, ...long];
