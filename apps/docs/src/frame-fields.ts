// What the bytes of a frame mean, field by field (RFC 6455 §5.2). Reads the header by itself, because the decoder of
// @ws/frame has no reason to keep how a length was written; a test compares the two.

export interface Field {
  /** What it is filled with in a figure. */
  readonly kind: "flags" | "length" | "key" | "payload" | "code";
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const NAMES: Readonly<Record<number, string>> = {
  0: "continuation",
  1: "text",
  2: "binary",
  8: "close",
  9: "ping",
  10: "pong",
};

export const opcodeName = (opcode: number): string => NAMES[opcode] ?? `reserved (${opcode})`;

/** What stands behind a payload, if not that it is one. */
type PayloadText = (payload: Uint8Array) => string;

/** @returns undefined if the bytes are not one whole frame. */
export function frameFields(bytes: Uint8Array, payloadText?: PayloadText): Field[] | undefined {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const short = second & 0x7f;
  const lengthEnd = short === 127 ? 10 : short === 126 ? 4 : 2;
  const length = short === 127 ? Number(view.getBigUint64(2)) : short === 126 ? view.getUint16(2) : short;
  const isMasked = second >= 0x80;
  const payloadStart = lengthEnd + (isMasked ? 4 : 0);
  const end = payloadStart + length;

  const rsv = (first >> 4) & 7;
  const flags = [
    first >= 0x80 ? "FIN: last frame" : "no FIN: more follows",
    ...(rsv & 4 ? ["RSV1: compressed"] : []),
    `opcode ${first & 15}: ${opcodeName(first & 15)}`,
  ];
  const fields: Field[] = [{ kind: "flags", start: 0, end: 1, text: flags.join(" · ") }];
  const mask = isMasked ? "MASK" : "no MASK";
  const where = short === 126 ? ", in 16 bits behind 126" : short === 127 ? ", in 64 bits behind 127" : "";
  fields.push({ kind: "length", start: 1, end: lengthEnd, text: `${mask} · length ${length}${where}` });
  if (isMasked) fields.push({ kind: "key", start: lengthEnd, end: payloadStart, text: "masking key" });
  // A copy: `slice` of a Buffer is none.
  const payload = Uint8Array.from(bytes.subarray(payloadStart, end));
  if (isMasked) for (let i = 0; i < payload.length; i++) payload[i]! ^= bytes[lengthEnd + (i & 3)]!;
  fields.push(...payloadFields(first & 15, payload, payloadStart, isMasked, payloadText));
  return fields;
}

function payloadFields(
  opcode: number,
  payload: Uint8Array,
  start: number,
  isMasked: boolean,
  payloadText?: PayloadText,
): Field[] {
  if (payload.length === 0) return [];
  const end = start + payload.length;
  const behind = isMasked ? ", behind the mask" : "";
  if (payloadText !== undefined) return [{ kind: "payload", start, end, text: payloadText(payload) }];
  const text = (bytes: Uint8Array): string => `“${new TextDecoder().decode(bytes)}”`;
  if (opcode !== 8) return [{ kind: "payload", start, end, text: `payload${behind}: ${text(payload)}` }];
  const code = (payload[0]! << 8) | payload[1]!;
  const codeField: Field = { kind: "code", start, end: start + 2, text: `close code${behind}: ${code}` };
  if (payload.length === 2) return [codeField];
  return [
    codeField,
    { kind: "payload", start: start + 2, end, text: `reason${behind}: ${text(payload.subarray(2))}` },
  ];
}
