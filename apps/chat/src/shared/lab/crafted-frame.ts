// A frame that somebody writes by hand, field by field, right or wrong (RFC 6455 §5.2), and its bytes. @ws/frame writes
// lawful frames only where it is asked properly; here every field can be set against every rule.

export type LengthForm = "shortest" | "7" | "16" | "64";

export interface CraftedFrame {
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  /** 0 to 15. */
  readonly opcode: number;
  readonly isMasked: boolean;
  /** Four octets. */
  readonly maskKey: Uint8Array<ArrayBuffer>;
  /** In how many bits the length is written. */
  readonly lengthForm: LengthForm;
  /** The length that the header announces, where that is not the payload's. */
  readonly announcedLength?: bigint;
  /** Before masking. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** A lawful frame of a client with some fields otherwise. */
export function craft(
  opcode: number,
  payload: string | readonly number[] | Uint8Array<ArrayBuffer>,
  fields: Partial<CraftedFrame> = {},
): CraftedFrame {
  const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : Uint8Array.from(payload);
  return {
    fin: true,
    rsv1: false,
    rsv2: false,
    rsv3: false,
    opcode,
    isMasked: true,
    // Any key will do where nothing is hidden; this one is that of the RFC's examples (§5.7).
    maskKey: Uint8Array.of(0x37, 0xfa, 0x21, 0x3d),
    lengthForm: "shortest",
    payload: bytes,
    ...fields,
  };
}

/** The bytes, as the fields say. A length that does not fit its form loses its high bits. */
export function encodeCrafted(frame: CraftedFrame): Uint8Array<ArrayBuffer> {
  const { fin, rsv1, rsv2, rsv3, opcode, isMasked, maskKey, payload } = frame;
  const first =
    (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | (rsv2 ? 0x20 : 0) | (rsv3 ? 0x10 : 0) | (opcode & 0x0f);
  const length = encodeLength(frame);
  const maskBytes = isMasked ? maskKey.subarray(0, 4) : new Uint8Array(0);
  const bytes = new Uint8Array(1 + length.length + maskBytes.length + payload.length);
  bytes[0] = first;
  bytes.set(length, 1);
  bytes[1]! |= isMasked ? 0x80 : 0;
  bytes.set(maskBytes, 1 + length.length);
  const start = bytes.length - payload.length;
  // A loop of our own: @ws/frame masks in WebAssembly, which the page's content security policy forbids.
  for (let i = 0; i < payload.length; i++) {
    bytes[start + i] = payload[i]! ^ (isMasked ? maskKey[i % 4]! : 0);
  }
  return bytes;
}

/** The second octet without the mask bit, and what follows it. */
function encodeLength({ lengthForm, announcedLength, payload }: CraftedFrame): Uint8Array {
  const length = announcedLength ?? BigInt(payload.length);
  const form = lengthForm === "shortest" ? shortestForm(length) : lengthForm;
  if (form === "7") return Uint8Array.of(Number(length & 0x7fn));
  const bytes = new Uint8Array(form === "16" ? 3 : 9);
  const view = new DataView(bytes.buffer);
  bytes[0] = form === "16" ? 126 : 127;
  if (form === "16") view.setUint16(1, Number(length & 0xffffn));
  else view.setBigUint64(1, BigInt.asUintN(64, length));
  return bytes;
}

function shortestForm(length: bigint): Exclude<LengthForm, "shortest"> {
  if (length < 126n) return "7";
  return length <= 0xffffn ? "16" : "64";
}

export function encodeAll(frames: readonly CraftedFrame[]): Uint8Array<ArrayBuffer> {
  const parts = frames.map(encodeCrafted);
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
