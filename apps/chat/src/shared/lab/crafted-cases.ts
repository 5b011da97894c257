// The frames to try: each breaks one rule, which is named, and has the close code with which a server answers. The page
// shows the table, the tests play it. The first group breaks nothing, to compare with.
import { type CraftedFrame, craft } from "./crafted-frame.ts";
import { LAB_LIMITS } from "./lab-limits.ts";

export interface CraftedCase {
  readonly id: string;
  readonly title: string;
  readonly rule: string;
  /** `6455` or `7692`. */
  readonly rfc: 6455 | 7692;
  readonly section: string;
  /** Of the close frame that answers. */
  readonly closeCode: number;
  /** Whether permessage-deflate is agreed on before. */
  readonly compress?: boolean;
  readonly frames: readonly CraftedFrame[];
}

export interface CraftedGroup {
  readonly title: string;
  readonly cases: readonly CraftedCase[];
}

const CONTINUATION = 0x0;
const TEXT = 0x1;
const BINARY = 0x2;
const CLOSE = 0x8;
const PING = 0x9;

const RESERVED_OPCODES =
  "Opcodes 3–7 and 11–15 are reserved. An endpoint that receives one fails the connection.";
const RESERVED_BITS =
  "RSV1, RSV2 and RSV3 are 0 unless an extension that was agreed on gives them a meaning.";
const CLOSE_CODES =
  "A close frame carries 1000–1003, 1007–1014 or 3000–4999; other codes are reserved, or never on the wire.";
const UTF8 = "Text is UTF-8, all of it. Whoever receives something else fails the connection with 1007.";
const MINIMAL = "The length is written in the fewest octets that it fits in.";

function closeWith(code: number): readonly CraftedFrame[] {
  return [craft(CLOSE, [code >> 8, code & 0xff])];
}

function wrongCode(code: number, why: string): CraftedCase {
  return {
    id: `close-${code}`,
    title: `Close code ${code}, ${why}`,
    rule: CLOSE_CODES,
    rfc: 6455,
    section: "7.4",
    closeCode: 1002,
    frames: closeWith(code),
  };
}

export const CRAFTED_GROUPS: readonly CraftedGroup[] = [
  {
    title: "Nothing wrong, to compare",
    cases: [
      {
        id: "text",
        title: "A text message",
        rule: "The echo sends it back; then we close with 1000, and it answers with the same code.",
        rfc: 6455,
        section: "5.6",
        closeCode: 1000,
        frames: [craft(TEXT, "Hello")],
      },
      {
        id: "fragments-and-ping",
        title: "A ping between two fragments",
        rule: "Control frames may stand between the fragments of a message, and are answered at once.",
        rfc: 6455,
        section: "5.4",
        closeCode: 1000,
        frames: [craft(TEXT, "Hel", { fin: false }), craft(PING, "still there?"), craft(CONTINUATION, "lo")],
      },
      {
        id: "close-1000",
        title: "A close frame with a reason",
        rule: "Whoever receives a close frame answers with one, mostly with the same code; then the server ends TCP.",
        rfc: 6455,
        section: "5.5.1",
        closeCode: 1000,
        frames: [craft(CLOSE, [0x03, 0xe8, ...new TextEncoder().encode("that was all")])],
      },
    ],
  },
  {
    title: "Opcodes and reserved bits",
    cases: [
      {
        id: "opcode-3",
        title: "Opcode 0x3, a reserved data frame",
        rule: RESERVED_OPCODES,
        rfc: 6455,
        section: "5.2",
        closeCode: 1002,
        frames: [craft(0x3, "what am I?")],
      },
      {
        id: "opcode-7",
        title: "Opcode 0x7, the last of the reserved data frames",
        rule: RESERVED_OPCODES,
        rfc: 6455,
        section: "5.2",
        closeCode: 1002,
        frames: [craft(0x7, "")],
      },
      {
        id: "opcode-b",
        title: "Opcode 0xB, a reserved control frame",
        rule: RESERVED_OPCODES,
        rfc: 6455,
        section: "5.2",
        closeCode: 1002,
        frames: [craft(0xb, "")],
      },
      {
        id: "opcode-f",
        title: "Opcode 0xF, the last of the reserved control frames",
        rule: RESERVED_OPCODES,
        rfc: 6455,
        section: "5.2",
        closeCode: 1002,
        frames: [craft(0xf, "")],
      },
      {
        id: "rsv1",
        title: "RSV1 where no extension was agreed on",
        rule: RESERVED_BITS,
        rfc: 6455,
        section: "5.2",
        closeCode: 1002,
        frames: [craft(TEXT, "Hello", { rsv1: true })],
      },
      {
        id: "rsv2",
        title: "RSV2",
        rule: RESERVED_BITS,
        rfc: 6455,
        section: "5.2",
        closeCode: 1002,
        frames: [craft(TEXT, "Hello", { rsv2: true })],
      },
      {
        id: "rsv3",
        title: "RSV3",
        rule: RESERVED_BITS,
        rfc: 6455,
        section: "5.2",
        closeCode: 1002,
        frames: [craft(TEXT, "Hello", { rsv3: true })],
      },
    ],
  },
  {
    title: "Masking",
    cases: [
      {
        id: "unmasked-text",
        title: "A text frame without a mask",
        rule: "A client masks every frame. A server closes the connection when it receives one that is not masked.",
        rfc: 6455,
        section: "5.1",
        closeCode: 1002,
        frames: [craft(TEXT, "Hello", { isMasked: false })],
      },
      {
        id: "unmasked-ping",
        title: "A ping without a mask, and without a payload",
        rule: "The mask is there even where there is nothing to mask.",
        rfc: 6455,
        section: "5.1",
        closeCode: 1002,
        frames: [craft(PING, "", { isMasked: false })],
      },
    ],
  },
  {
    title: "Control frames",
    cases: [
      {
        id: "ping-126",
        title: "A ping of 126 bytes",
        rule: "Control frames have a payload of 125 bytes or less.",
        rfc: 6455,
        section: "5.5",
        closeCode: 1002,
        frames: [craft(PING, new Uint8Array(126))],
      },
      {
        id: "close-126",
        title: "A close frame of 126 bytes",
        rule: "Control frames have a payload of 125 bytes or less, so a close reason has 123.",
        rfc: 6455,
        section: "5.5",
        closeCode: 1002,
        frames: [craft(CLOSE, [0x03, 0xe8, ...new Uint8Array(124).fill(0x61)])],
      },
      {
        id: "fragmented-ping",
        title: "A ping without FIN",
        rule: "Control frames are not fragmented.",
        rfc: 6455,
        section: "5.5",
        closeCode: 1002,
        frames: [craft(PING, "half a", { fin: false }), craft(CONTINUATION, " ping")],
      },
    ],
  },
  {
    title: "Fragments",
    cases: [
      {
        id: "lone-continuation",
        title: "A continuation of nothing",
        rule: "A continuation frame continues a message that has begun.",
        rfc: 6455,
        section: "5.4",
        closeCode: 1002,
        frames: [craft(CONTINUATION, "lo")],
      },
      {
        id: "continuation-after-end",
        title: "A continuation behind the last fragment",
        rule: "The frame with FIN ends its message; nothing can be added.",
        rfc: 6455,
        section: "5.4",
        closeCode: 1002,
        frames: [
          craft(TEXT, "Hel", { fin: false }),
          craft(CONTINUATION, "lo"),
          craft(CONTINUATION, " again"),
        ],
      },
      {
        id: "text-inside-text",
        title: "A new text message inside of one",
        rule: "The fragments of one message are not interleaved with those of another.",
        rfc: 6455,
        section: "5.4",
        closeCode: 1002,
        frames: [craft(TEXT, "Hel", { fin: false }), craft(TEXT, "Hello")],
      },
      {
        id: "binary-inside-text",
        title: "A binary message inside of a text",
        rule: "The fragments of one message are not interleaved with those of another.",
        rfc: 6455,
        section: "5.4",
        closeCode: 1002,
        frames: [craft(TEXT, "Hel", { fin: false }), craft(BINARY, [1, 2, 3], { fin: false })],
      },
    ],
  },
  {
    title: "UTF-8",
    cases: [
      {
        id: "utf8-surrogate",
        title: "A surrogate, encoded as if it were a character",
        rule: UTF8,
        rfc: 6455,
        section: "8.1",
        closeCode: 1007,
        frames: [craft(TEXT, [0x48, 0x69, 0xed, 0xa0, 0x80])],
      },
      {
        id: "utf8-overlong",
        title: "A slash in two octets instead of one",
        rule: UTF8,
        rfc: 6455,
        section: "8.1",
        closeCode: 1007,
        frames: [craft(TEXT, [0xc0, 0xaf])],
      },
      {
        id: "utf8-too-high",
        title: "A character beyond U+10FFFF",
        rule: UTF8,
        rfc: 6455,
        section: "8.1",
        closeCode: 1007,
        frames: [craft(TEXT, [0xf4, 0x90, 0x80, 0x80])],
      },
      {
        id: "utf8-cut",
        title: "A message that ends inside of a character",
        rule: UTF8,
        rfc: 6455,
        section: "8.1",
        closeCode: 1007,
        frames: [craft(TEXT, [0xe2, 0x82])],
      },
      {
        id: "utf8-split",
        title: "A character that begins well in one fragment and goes wrong in the next",
        rule: "A character may be cut in two by fragments; then the halves have to fit.",
        rfc: 6455,
        section: "8.1",
        closeCode: 1007,
        frames: [craft(TEXT, [0xe2, 0x82], { fin: false }), craft(CONTINUATION, [0x28])],
      },
    ],
  },
  {
    title: "Closing",
    cases: [
      {
        id: "close-1-byte",
        title: "A close frame with half a code",
        rule: "If there is a body, its first two octets are the code.",
        rfc: 6455,
        section: "5.5.1",
        closeCode: 1002,
        frames: [craft(CLOSE, [0x03])],
      },
      wrongCode(999, "below all ranges"),
      wrongCode(1004, "reserved without a meaning"),
      wrongCode(1005, "which means that there was none"),
      wrongCode(1006, "which means that no close frame came"),
      wrongCode(1015, "which means that TLS failed"),
      wrongCode(2999, "reserved for the protocol"),
      wrongCode(5000, "above all ranges"),
      {
        id: "close-reason-utf8",
        title: "A close reason that is not UTF-8",
        rule: "The reason of a close frame is UTF-8, as text is.",
        rfc: 6455,
        section: "8.1",
        closeCode: 1007,
        frames: [craft(CLOSE, [0x03, 0xe8, 0xff, 0xfe])],
      },
    ],
  },
  {
    title: "Lengths",
    cases: [
      {
        id: "length-16-for-5",
        title: "Five bytes, with a length of 16 bits",
        rule: MINIMAL,
        rfc: 6455,
        section: "5.2",
        closeCode: 1002,
        frames: [craft(TEXT, "Hello", { lengthForm: "16" })],
      },
      {
        id: "length-64-for-5",
        title: "Five bytes, with a length of 64 bits",
        rule: MINIMAL,
        rfc: 6455,
        section: "5.2",
        closeCode: 1002,
        frames: [craft(TEXT, "Hello", { lengthForm: "64" })],
      },
      {
        id: "length-top-bit",
        title: "A length of 2⁶³ bytes: its top bit is set",
        rule: "The most significant bit of a 64-bit length is 0.",
        rfc: 6455,
        section: "5.2",
        closeCode: 1002,
        frames: [craft(BINARY, "Hello", { lengthForm: "64", announcedLength: 1n << 63n })],
      },
      {
        id: "length-too-large",
        title: "A frame of a gibibyte, of which five bytes come",
        rule: "A server may refuse what is too large for it, with 1009. Ours does so when it has read the header.",
        rfc: 6455,
        section: "10.4",
        closeCode: 1009,
        frames: [craft(BINARY, "Hello", { announcedLength: 1n << 30n })],
      },
      {
        id: "length-sum-too-large",
        title: "A fragment that makes its message too large",
        rule: "The limit is on messages, so that fragments are summed up, before the payload has come.",
        rfc: 6455,
        section: "10.4",
        closeCode: 1009,
        frames: [
          craft(BINARY, "Hello", { fin: false }),
          craft(CONTINUATION, "", { announcedLength: BigInt(LAB_LIMITS.maxMessageBytes) }),
        ],
      },
    ],
  },
  {
    title: "Compression, agreed on",
    cases: [
      {
        id: "deflate-ping",
        title: "A ping with RSV1",
        rule: "Only the first frame of a data message says that it is compressed.",
        rfc: 7692,
        section: "6",
        closeCode: 1002,
        compress: true,
        frames: [craft(PING, "", { rsv1: true })],
      },
      {
        id: "deflate-continuation",
        title: "A continuation with RSV1",
        rule: "RSV1 is set on the first fragment only, for the whole message.",
        rfc: 7692,
        section: "6.1",
        closeCode: 1002,
        compress: true,
        frames: [craft(TEXT, "Hel", { fin: false }), craft(CONTINUATION, "lo", { rsv1: true })],
      },
      {
        id: "deflate-garbage",
        title: "RSV1, and no DEFLATE behind it",
        rule: "What cannot be inflated is no message; we answer with 1007.",
        rfc: 7692,
        section: "7.2.2",
        closeCode: 1007,
        compress: true,
        frames: [craft(BINARY, [0x06, 0xff, 0xff], { rsv1: true })],
      },
    ],
  },
];

export const CRAFTED_CASES: readonly CraftedCase[] = CRAFTED_GROUPS.flatMap(({ cases }) => cases);
