// What a decoder must take and what it must refuse, as a table: every entry is run for both roles, whole and in
// parts, at once and byte by byte, with and without bytes behind it.
import type { ProtocolErrorCode, Role } from "@ws/frame";
import { bigEndian, hex, pattern, utf8, type WireFrame } from "./wire.ts";

/** A frame that must be decoded. */
export interface ValidVector extends WireFrame {
  readonly title: string;
  readonly reservedBits?: number;
}

/** A frame that must be refused. */
export interface InvalidVector extends WireFrame {
  readonly title: string;
  readonly code: ProtocolErrorCode;
  readonly reservedBits?: number;
  readonly maxPayloadBytes?: number;
  /** Refused by the first two octets; otherwise once the header is whole. */
  readonly early?: boolean;
}

const OPCODES = [0x0, 0x1, 0x2, 0x8, 0x9, 0xa];
const DATA_OPCODES = OPCODES.filter((opcode) => opcode < 0x8);
const CONTROL_OPCODES = OPCODES.filter((opcode) => opcode >= 0x8);
const RESERVED_OPCODES = [0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf];
const RSV = [0, 1, 2, 3, 4, 5, 6, 7];

export const VALID: readonly ValidVector[] = [
  ...OPCODES.map((opcode) => ({
    title: `decodes opcode ${opcode} with FIN (RFC 6455 §5.2)`,
    first: 0x80 | opcode,
    payload: utf8("Hello"),
  })),
  ...DATA_OPCODES.map((opcode) => ({
    title: `decodes opcode ${opcode} without FIN (RFC 6455 §5.4)`,
    first: opcode,
    payload: utf8("Hel"),
  })),
  ...[0, 1, 2, 3, 4, 5, 124, 125, 126, 127, 128, 255, 256, 65_534, 65_535, 65_536, 65_537].map((length) => ({
    title: `decodes ${length} bytes of payload (RFC 6455 §5.2)`,
    first: 0x82,
    payload: pattern(length),
  })),
  ...CONTROL_OPCODES.flatMap((opcode) =>
    [0, 125].map((length) => ({
      title: `decodes control frame ${opcode} of ${length} bytes (RFC 6455 §5.5)`,
      first: 0x80 | opcode,
      payload: pattern(length),
    })),
  ),
  ...RSV.flatMap((reservedBits) =>
    RSV.filter((rsv) => (rsv | reservedBits) === reservedBits).map((rsv) => ({
      title: `decodes reserved bits ${rsv} where ${reservedBits} have a meaning (RFC 6455 §5.2)`,
      first: 0x82 | (rsv << 4),
      payload: utf8("Hi"),
      reservedBits,
    })),
  ),
];

export const INVALID: readonly InvalidVector[] = [
  ...RSV.flatMap((reservedBits) =>
    RSV.filter((rsv) => (rsv | reservedBits) !== reservedBits).map((rsv) => ({
      title: `rejects reserved bits ${rsv} where ${reservedBits} have a meaning (RFC 6455 §5.2)`,
      first: 0x81 | (rsv << 4),
      payload: utf8("Hi"),
      reservedBits,
      code: "RESERVED_BITS" as const,
      early: true,
    })),
  ),
  ...RESERVED_OPCODES.flatMap((opcode) =>
    [0x80, 0].map((fin) => ({
      title: `rejects opcode ${opcode} ${fin ? "with" : "without"} FIN (RFC 6455 §5.2)`,
      first: fin | opcode,
      payload: utf8("Hi"),
      code: "RESERVED_OPCODE" as const,
      early: true,
    })),
  ),
  ...CONTROL_OPCODES.map((opcode) => ({
    title: `rejects a fragmented control frame ${opcode} (RFC 6455 §5.5)`,
    first: opcode,
    payload: utf8("Hi"),
    code: "FRAGMENTED_CONTROL" as const,
    early: true,
  })),
  ...CONTROL_OPCODES.flatMap((opcode) =>
    [126, 65_535, 65_536].map((length) => ({
      title: `rejects a control frame ${opcode} of ${length} bytes (RFC 6455 §5.5)`,
      first: 0x80 | opcode,
      payload: pattern(length),
      code: "CONTROL_TOO_LONG" as const,
      early: true,
    })),
  ),
  ...[0, 125].map((length) => ({
    title: `rejects a control frame whose ${length} bytes are announced in 16 bits (RFC 6455 §5.5)`,
    first: 0x89,
    length7: 126,
    extended: bigEndian(length, 2),
    code: "CONTROL_TOO_LONG" as const,
    early: true,
  })),
  ...[0, 1, 124, 125].map((length) => ({
    title: `rejects length ${length} in 16 bits (RFC 6455 §5.2)`,
    first: 0x82,
    length7: 126,
    extended: bigEndian(length, 2),
    code: "LENGTH_NOT_MINIMAL" as const,
  })),
  ...[0, 1, 125, 126, 127, 255, 256, 65_534, 65_535].map((length) => ({
    title: `rejects length ${length} in 64 bits (RFC 6455 §5.2)`,
    first: 0x82,
    length7: 127,
    extended: bigEndian(length, 8),
    code: "LENGTH_NOT_MINIMAL" as const,
  })),
  ...["8000000000000000", "8000000000000005", "ffffffffffffffff", "8000000100000000"].map((length) => ({
    title: `rejects the 64-bit length ${length}: its highest bit is set (RFC 6455 §5.2)`,
    first: 0x82,
    length7: 127,
    extended: [...hex(length)],
    maxPayloadBytes: Number.MAX_SAFE_INTEGER,
    code: "LENGTH_OVERFLOW" as const,
  })),
  ...[2n ** 53n, 2n ** 53n + 1n, 2n ** 62n, 2n ** 63n - 1n].map((length) => ({
    title: `rejects ${length} bytes whatever the limit (RFC 6455 §10.4)`,
    first: 0x82,
    length7: 127,
    extended: bigEndian(length, 8),
    maxPayloadBytes: Number.MAX_SAFE_INTEGER,
    code: "MESSAGE_TOO_BIG" as const,
  })),
  ...[
    [0, 1],
    [1, 2],
    [124, 125],
    [125, 126],
    [1000, 1001],
    [65_535, 65_536],
    [65_536, 65_537],
    [2 ** 32 - 1, 2 ** 32],
    [2 ** 32, 2 ** 32 + 1],
    [2 ** 53 - 2, 2 ** 53 - 1],
  ].map(([maxPayloadBytes, length]) => ({
    title: `rejects ${length} bytes where ${maxPayloadBytes} are the limit (RFC 6455 §10.4)`,
    first: 0x82,
    ...announced(length!),
    maxPayloadBytes: maxPayloadBytes!,
    code: "MESSAGE_TOO_BIG" as const,
  })),
  {
    title: "rejects 16 MiB and a byte by default (RFC 6455 §10.4)",
    first: 0x02,
    ...announced(16 * 1024 * 1024 + 1),
    code: "MESSAGE_TOO_BIG",
  },
];

/** Headers that announce exactly what the limit allows, or less. */
export const ACCEPTED_LENGTHS: readonly { length: number; maxPayloadBytes: number }[] = [
  { length: 126, maxPayloadBytes: 126 },
  { length: 65_536, maxPayloadBytes: 65_536 },
  { length: 16 * 1024 * 1024, maxPayloadBytes: 16 * 1024 * 1024 },
  { length: 2 ** 31 - 1, maxPayloadBytes: 2 ** 31 },
  { length: 2 ** 31, maxPayloadBytes: 2 ** 31 },
  { length: 2 ** 32 - 1, maxPayloadBytes: 2 ** 32 },
  { length: 2 ** 32, maxPayloadBytes: 2 ** 32 },
  { length: 2 ** 32 + 5, maxPayloadBytes: 2 ** 33 },
  { length: 0x1f_1234_5678_9abc, maxPayloadBytes: Number.MAX_SAFE_INTEGER },
  { length: 2 ** 53 - 1, maxPayloadBytes: Number.MAX_SAFE_INTEGER },
];

/** The entries behind their titles, as `it.each` takes them. */
export function titled<T extends { readonly title: string }>(entries: readonly T[]): [string, T][] {
  return entries.map((entry) => [entry.title, entry]);
}

/** The length fields of a frame whose payload is only announced. */
export function announced(length: number): { length7: number; extended: number[] } {
  if (length <= 125) return { length7: length, extended: [] };
  if (length <= 65_535) return { length7: 126, extended: bigEndian(length, 2) };
  return { length7: 127, extended: bigEndian(length, 8) };
}

/** An example of RFC 6455 §5.7. */
export interface Example {
  readonly title: string;
  readonly bytes: Uint8Array;
  /** The payloads of its frames, as text. */
  readonly frames: readonly string[];
}

/** The examples of RFC 6455 §5.7, by who may read them. */
export const EXAMPLES: Readonly<Record<Role, readonly Example[]>> = {
  client: [
    { title: "a single-frame unmasked text message", bytes: hex("81 05 48 65 6c 6c 6f"), frames: ["Hello"] },
    {
      title: "a fragmented unmasked text message",
      bytes: hex("01 03 48 65 6c 80 02 6c 6f"),
      frames: ["Hel", "lo"],
    },
    { title: "an unmasked ping", bytes: hex("89 05 48 65 6c 6c 6f"), frames: ["Hello"] },
    {
      title: "256 bytes of binary in a single unmasked frame",
      bytes: Uint8Array.of(0x82, 0x7e, 0x01, 0x00, ...new Uint8Array(256).fill(0x2a)),
      frames: ["*".repeat(256)],
    },
    {
      title: "64 KiB of binary in a single unmasked frame",
      bytes: Uint8Array.of(0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0, ...new Uint8Array(65_536).fill(0x2a)),
      frames: ["*".repeat(65_536)],
    },
  ],
  server: [
    {
      title: "a single-frame masked text message",
      bytes: hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"),
      frames: ["Hello"],
    },
    { title: "a masked pong", bytes: hex("8a 85 37 fa 21 3d 7f 9f 4d 51 58"), frames: ["Hello"] },
  ],
};
