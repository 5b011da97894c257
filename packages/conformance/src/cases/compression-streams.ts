// RFC 7692 §7.2.1 and §7.2.3: DEFLATE streams that look unusual and are legal: block types, BFINAL, several blocks, flushes.
import { BlockWriter } from "../deflate/deflate-blocks.ts";
import { expectEcho } from "../peer/expect-exchange.ts";
import type { Case, Form } from "../suite/case.ts";
import { Opcode } from "../wire/opcode.ts";
import { bare } from "./compression-offers.ts";
import { sendCompressed } from "./compression-messages.ts";
import { onConnection } from "./define.ts";
import { fragments } from "./fragments.ts";
import { proseOf } from "./payloads.ts";

const group = "compression, streams";

const hello = Buffer.from("Hello");
const fromHex = (hex: string): Buffer => Buffer.from(hex.replaceAll(" ", ""), "hex");

/** A payload on the wire, and what it inflates to. */
interface Stream {
  readonly name: string;
  readonly section: string;
  readonly about: string;
  readonly form: Form;
  readonly bytes: Buffer;
  readonly text: Buffer;
}

const blocks = (): BlockWriter => new BlockWriter();

const streams: readonly Stream[] = [
  {
    name: "one-block",
    section: "§7.2.3.1",
    about: "the RFC's own example",
    form: "short",
    bytes: fromHex("f2 48 cd c9 c9 07 00"),
    text: hello,
  },
  {
    name: "stored",
    section: "§7.2.3.3",
    about: "a block with no compression",
    form: "short",
    bytes: fromHex("00 05 00 fa ff 48 65 6c 6c 6f 00"),
    text: hello,
  },
  {
    name: "final",
    section: "§7.2.3.4",
    about: "a block with BFINAL set to 1",
    form: "short",
    bytes: fromHex("f3 48 cd c9 c9 07 00 00"),
    text: hello,
  },
  {
    name: "two-blocks",
    section: "§7.2.3.5",
    about: "two blocks",
    form: "short",
    bytes: fromHex("f2 48 05 00 00 00 ff ff ca c9 c9 07 00"),
    text: hello,
  },
  {
    name: "empty",
    section: "§7.2.3.6",
    about: "an empty message as one octet 0x00",
    form: "short",
    bytes: fromHex("00"),
    text: Buffer.alloc(0),
  },
  {
    name: "empty-fixed",
    section: "§7.2.1",
    about: "an empty message as an empty fixed block",
    form: "full",
    bytes: blocks().fixed([]).message(),
    text: Buffer.alloc(0),
  },
  {
    name: "empty-final",
    section: "§7.2.3.4",
    about: "an empty message as an empty final block",
    form: "full",
    bytes: blocks().fixed([], true).message(),
    text: Buffer.alloc(0),
  },
  {
    name: "final-then-more",
    section: "§7.2.1",
    about:
      'a final block, then another: "MAY use both DEFLATE blocks with the "BFINAL" bit set to 0 and … 1"',
    form: "full",
    bytes: blocks()
      .fixed([Buffer.from("Hel")], true)
      .fixed([Buffer.from("lo")])
      .message(),
    text: hello,
  },
  {
    name: "final-thrice",
    section: "§7.2.1",
    about: "three final blocks",
    form: "full",
    bytes: blocks()
      .fixed([Buffer.from("H")], true)
      .stored(Buffer.from("el"), { final: true })
      .fixed([Buffer.from("lo")], true)
      .message(),
    text: hello,
  },
  {
    name: "final-stored",
    section: "§7.2.1",
    about: "a stored block with BFINAL set to 1",
    form: "full",
    bytes: blocks().stored(hello, { final: true }).message(),
    text: hello,
  },
  {
    name: "empty-blocks",
    section: "§7.2.1",
    about: "empty stored blocks before, between and behind",
    form: "full",
    bytes: blocks()
      .stored(Buffer.alloc(0))
      .fixed([Buffer.from("Hel")])
      .stored(Buffer.alloc(0))
      .stored(Buffer.alloc(0))
      .fixed([Buffer.from("lo")])
      .stored(Buffer.alloc(0))
      .message(),
    text: hello,
  },
  {
    name: "octet-blocks",
    section: "§7.2.1",
    about: "a stored block for each octet",
    form: "full",
    bytes: [...hello].reduce((writer, octet) => writer.stored(Buffer.from([octet])), blocks()).message(),
    text: hello,
  },
  {
    name: "mixed-blocks",
    section: "§7.2.1",
    about: "stored and fixed blocks in turn, with matches across them",
    form: "full",
    bytes: blocks()
      .stored(Buffer.from("abcdef"))
      .fixed([[6, 6]])
      .stored(Buffer.from("!"))
      .fixed([[7, 3], Buffer.from("?")])
      .message(),
    text: Buffer.from("abcdefabcdef!abc?"),
  },
  {
    name: "overlapping-match",
    section: "§7.2.1",
    about: "matches that overlap themselves",
    form: "full",
    bytes: blocks()
      .fixed([Buffer.from("x"), [1, 10], [1, 10], [1, 3]])
      .message(),
    text: Buffer.from("x".repeat(24)),
  },
];

const each = streams.flatMap(({ name, section, about, form, bytes, text }) => [
  onConnection({
    id: `7692-7.2.3-${name}`,
    group,
    section: `RFC 7692 ${section}`,
    form,
    compression: bare,
    rule: name.startsWith("final-t")
      ? 'A final block is padded to an octet, and "The next DEFLATE block follows the padded data if any."'
      : "A sender may use blocks of any type and number, final or not.",
    sends: `text "${text.toString()}": ${about}`,
    expects: "the text back",
    async run(peer) {
      await peer.send(peer.frame({ opcode: Opcode.text, rsv: 4, payload: bytes }));
      await expectEcho(peer, Opcode.text, text);
    },
  }),
  onConnection({
    id: `7692-7.2.3-${name}-cut-and-followed`,
    group,
    section: `RFC 7692 ${section}, §6.1`,
    form: "full",
    compression: bare,
    rule: "A compressed message may be cut into fragments anywhere, and the window goes on behind it.",
    sends: `${about}: in fragments cut at each octet in turn, in octets, in TCP pieces, and then a usual message`,
    expects: "every echo",
    async run(peer) {
      for (let cut = 0; cut <= bytes.length; cut++) {
        await peer.send(...fragments(peer, Opcode.text, bytes, [cut, bytes.length - cut], 4));
        await expectEcho(peer, Opcode.text, text);
      }
      await peer.send(...fragments(peer, Opcode.text, bytes, Array<number>(bytes.length).fill(1), 4));
      await expectEcho(peer, Opcode.text, text);
      await peer.sendInChops(peer.frame({ opcode: Opcode.text, rsv: 4, payload: bytes }));
      await expectEcho(peer, Opcode.text, text);
      // Whether the window reaches back across a final block, the RFC does not say; nothing here relies on it.
      if (!name.includes("final")) peer.compressor.remember(text);
      const usual = Buffer.concat([text, proseOf(300), text]);
      await sendCompressed(peer, Opcode.text, usual);
      await expectEcho(peer, Opcode.text, usual);
    },
  }),
]);

export const compressionStreams: readonly Case[] = each;
