// A frame's header field by field, in the order of RFC 6455 §5.2: which bits, what they say, why, and where that is written.
import { isControlOpcode, isKnownOpcode, MAX_CONTROL_PAYLOAD_BYTES, Opcode, RSV1 } from "@ws/frame";
import type { CapturedFrame } from "../../../shared/inspector.ts";
import { kindOf } from "./traffic.ts";

export interface FrameField {
  readonly name: string;
  /** Its first bit, counted from the beginning of the frame, and how many. Of a payload only those that are drawn. */
  readonly firstBit: number;
  readonly bits: number;
  readonly value: string;
  readonly meaning: string;
  readonly section: string;
}

const MASK_BITS = 32;
const LENGTH_TEXTS = {
  7: "Up to 125 bytes: the length is these seven bits themselves.",
  16: "126 in the seven bits says that the length follows in 16 bits: from 126 to 65,535 bytes.",
  64: "127 in the seven bits says that the length follows in 64 bits: from 65,536 bytes on.",
} as const;

export function frameFields(frame: CapturedFrame): readonly FrameField[] {
  const { lengthBits, isMasked, payloadLength, maskKey } = frame;
  const form = lengthBits === 7 ? payloadLength : lengthBits === 16 ? 126 : 127;
  const fields: FrameField[] = [
    {
      ...{ name: "FIN", firstBit: 0, bits: 1, value: frame.fin ? "1" : "0" },
      meaning: finMeaning(frame),
      section: "RFC 6455 §5.2, §5.4",
    },
    ...[1, 2, 3].map((index) => reservedBit(frame, index)),
    {
      ...{ name: "Opcode", firstBit: 4, bits: 4, value: `0x${frame.opcode.toString(16)}` },
      meaning: opcodeMeaning(frame.opcode),
      section: opcodeSection(frame.opcode),
    },
    {
      ...{ name: "MASK", firstBit: 8, bits: 1, value: isMasked ? "1" : "0" },
      meaning: maskMeaning(frame),
      section: "RFC 6455 §5.1, §5.3",
    },
    {
      ...{ name: "Payload length", firstBit: 9, bits: 7, value: String(form) },
      meaning: LENGTH_TEXTS[lengthBits],
      section: "RFC 6455 §5.2",
    },
  ];
  let bit = 16;
  if (lengthBits !== 7) {
    fields.push({
      ...{ name: "Extended length", firstBit: bit, bits: lengthBits },
      value: payloadLength.toLocaleString("en"),
      meaning: `The payload has ${payloadLength.toLocaleString("en")} bytes, in network byte order.`,
      section: "RFC 6455 §5.2",
    });
    bit += lengthBits;
  }
  if (isMasked) {
    fields.push({
      ...{ name: "Masking key", firstBit: bit, bits: MASK_BITS, value: hexKey(maskKey) },
      meaning:
        "Octet i of the payload is XORed with octet i mod 4 of this key, fresh for each frame, so that no page can choose the bytes that a proxy sees.",
      section: "RFC 6455 §5.3, §10.3",
    });
    bit += MASK_BITS;
  }
  fields.push({
    ...{ name: "Payload", firstBit: bit, bits: payloadLength * 8 },
    value: `${payloadLength.toLocaleString("en")} ${payloadLength === 1 ? "byte" : "bytes"}`,
    meaning: payloadMeaning(frame),
    section: isControlOpcode(frame.opcode) ? "RFC 6455 §5.5" : "RFC 6455 §5.6",
  });
  return fields;
}

export function hexKey(key: number): string {
  return key.toString(16).padStart(8, "0");
}

function finMeaning({ fin, opcode }: CapturedFrame): string {
  if (isControlOpcode(opcode)) {
    return fin
      ? "Control frames are never fragmented."
      : "A control frame must not be fragmented: this breaks the rule.";
  }
  if (!fin) return "More fragments of this message follow.";
  return opcode === Opcode.continuation
    ? "The last fragment of its message."
    : "The whole message is in this frame.";
}

function reservedBit({ rsv, opcode }: CapturedFrame, index: number): FrameField {
  const isSet = (rsv & (RSV1 >> (index - 1))) !== 0;
  const isFirst = index === 1;
  let meaning = "Reserved for extensions: 0 unless one that was agreed gives it a meaning.";
  if (isFirst && isSet && !isControlOpcode(opcode)) {
    meaning = "The message is compressed: permessage-deflate sets this bit on its first frame.";
  } else if (isFirst && !isSet) {
    meaning = "Not compressed, or not the first frame of its message.";
  }
  return {
    ...{ name: `RSV${index}`, firstBit: index, bits: 1, value: isSet ? "1" : "0" },
    meaning,
    section: isFirst ? "RFC 6455 §5.2, RFC 7692 §6" : "RFC 6455 §5.2",
  };
}

function opcodeMeaning(opcode: number): string {
  const texts: Readonly<Record<number, string>> = {
    [Opcode.continuation]: "Continuation: goes on with the message that a text or binary frame began.",
    [Opcode.text]: "Text: the message is UTF-8.",
    [Opcode.binary]: "Binary: what the bytes mean is between the two applications.",
    [Opcode.close]: "Close: nothing is sent after it. The payload is a code and a reason.",
    [Opcode.ping]: "Ping: asks for a pong with the same payload.",
    [Opcode.pong]: "Pong: answers a ping, or is a heartbeat nobody asked for.",
  };
  return texts[opcode] ?? "Reserved: no extension that exists uses it, so the connection has to fail.";
}

function opcodeSection(opcode: number): string {
  const sections: Readonly<Record<number, string>> = { 8: "§5.5.1", 9: "§5.5.2", 10: "§5.5.3", 0: "§5.4" };
  return `RFC 6455 ${sections[opcode] ?? (isKnownOpcode(opcode) ? "§5.6" : "§5.2")}`;
}

function maskMeaning({ isMasked, direction }: CapturedFrame): string {
  if (direction === "received") {
    return isMasked
      ? "Masked, as every frame of a client must be."
      : "Not masked: a client must mask every frame, so this breaks the rule.";
  }
  return isMasked
    ? "Masked: a server must not mask, so this breaks the rule."
    : "Not masked: a server never masks.";
}

function payloadMeaning(frame: CapturedFrame): string {
  const { opcode, payloadLength, payload, isRedacted, isCut } = frame;
  if (isRedacted) return "Somebody else's: its bytes are zeros here. Lengths, masks and flags are true.";
  if (isControlOpcode(opcode) && payloadLength > MAX_CONTROL_PAYLOAD_BYTES) {
    return "More than 125 bytes: a control frame must not be that long.";
  }
  if (isCut && payload.length < payloadLength) {
    return `The first ${payload.length.toLocaleString("en")} bytes are here; the rest was too much for the feed, or never came.`;
  }
  if (payloadLength === 0) return `A ${kindOf(opcode)} frame without a payload.`;
  return frame.isMasked ? "Shown unmasked." : "As it was on the wire.";
}
