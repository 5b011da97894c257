// RFC 7692 §7.2.2: streams that no decompressor can make a message of.
import { BlockWriter } from "../deflate/deflate-blocks.ts";
import { expectFailure } from "../peer/expect-end.ts";
import { describe } from "../peer/expect-exchange.ts";
import type { Case, Form } from "../suite/case.ts";
import { Opcode } from "../wire/opcode.ts";
import { bare } from "./compression-offers.ts";
import { onConnection } from "./define.ts";
import { fragments } from "./fragments.ts";
import { binaryOf, proseOf } from "./payloads.ts";

const group = "compression, violations";

const blocks = (): BlockWriter => new BlockWriter();

/** `unsure`: a lenient decoder may see something in it; an echo is non-strict then. */
const damaged: readonly (readonly [
  name: string,
  about: string,
  bytes: Buffer,
  form: Form,
  unsure?: boolean,
])[] = [
  ["reserved-block", "a block of the reserved type 3", blocks().reserved().bytes(), "short"],
  ["noise", "random octets", binaryOf(100, 99), "short"],
  ["ff", "forty octets 0xff", Buffer.alloc(40, 0xff), "full"],
  [
    "stored-lengths",
    "a stored block whose LEN and NLEN contradict",
    Buffer.from("000500faf048656c6c6f00", "hex"),
    "short",
  ],
  [
    "distance-too-far",
    "a match further back than anything sent",
    blocks()
      .fixed([Buffer.from("abc"), [4, 5]])
      .message(),
    "short",
  ],
  [
    "distance-into-nothing",
    "a match before the first octet",
    blocks()
      .fixed([[1, 3]])
      .message(),
    "full",
  ],
  [
    "distance-32768",
    "a match 32,768 octets back, where five are known",
    blocks()
      .fixed([Buffer.from("abcde"), [32_768, 5]])
      .message(),
    "full",
  ],
  [
    "truncated-stored",
    "a stored block of 100 octets that ends after five",
    blocks().stored(Buffer.from("Hello"), { claimed: 100 }).bytes(),
    "full",
    true,
  ],
  [
    "truncated-fixed",
    "a fixed block cut in the middle of its codes",
    blocks()
      .fixed([proseOf(60)])
      .message()
      .subarray(0, 30),
    "full",
    true,
  ],
  [
    "truncated-dynamic",
    "a dynamic block cut in its code lengths",
    Buffer.from("ed9d6b", "hex"),
    "full",
    true,
  ],
  [
    "zlib-header",
    "a zlib stream instead of a raw one",
    Buffer.from("789cf248cdc9c907005c", "hex"),
    "full",
    true,
  ],
  [
    "gzip-header",
    "a gzip stream instead of a raw one",
    Buffer.from("1f8b0800000000000003f248cdc9c90700", "hex"),
    "full",
    true,
  ],
  [
    "good-then-bad",
    "a good block, then one of the reserved type",
    blocks()
      .fixed([Buffer.from("Hello")])
      .reserved()
      .bytes(),
    "full",
  ],
];

export const compressionDamage: readonly Case[] = damaged.flatMap(([name, about, bytes, form, unsure]) =>
  [false, true].map((cut) =>
    onConnection({
      id: `7692-7.2.2-${name}${cut ? "-in-fragments" : ""}`,
      group,
      section: "RFC 7692 §7.2.2, RFC 6455 §7.4.1",
      form: cut ? "full" : form,
      compression: bare,
      rule: "A message that cannot be decompressed is no message; the connection fails.",
      sends: `binary with RSV1: ${about}${cut ? ", in fragments of one octet" : ""}`,
      expects: "close 1007 or 1002 (the RFC names no code)",
      async run(peer) {
        const sizes = cut ? Array<number>(bytes.length).fill(1) : [bytes.length];
        await peer.send(...fragments(peer, Opcode.binary, bytes, sizes, 4));
        const arrival = await peer.next("close 1007 or 1002", 2_000);
        if (unsure && arrival.kind === "message") {
          peer.judgement.saw(describe(arrival));
          return peer.judgement.nonStrict("made a message of a damaged stream");
        }
        if (arrival.kind === "quiet") {
          peer.judgement.fail("took a damaged stream without a word");
        }
        peer.unread([arrival]);
        await expectFailure(peer, [1007, 1002]);
      },
    }),
  ),
);
