// A frame as a value, and the limits of its header that both directions share.
import { mask } from "./mask.ts";

/**
 * One frame, or with {@link FrameDecoderOptions.partial} one part of one (RFC 6455 §5.2).
 * A whole payload is unmasked, and a view of the bytes that were pushed wherever it lay whole in them. A part is as it
 * came, masked: {@link GrowingBuffer.append} unmasks while it copies, {@link unmaskPart} where it lies.
 */
export interface Frame {
  /** Whether this frame ends its message. */
  readonly fin: boolean;
  /** The three reserved bits as a number from 0 to 7: RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv: number;
  /** One of {@link Opcode}. */
  readonly opcode: number;
  /** Whether the payload was masked on the wire. */
  readonly masked: boolean;
  /** The masking key as a 32-bit integer, first octet highest; 0 without a mask. */
  readonly maskKey: number;
  /** How many bytes of payload the header announces. */
  readonly payloadLength: number;
  /** Where in the payload {@link Frame.payload} begins; 0 but for later parts of a partly delivered frame. */
  readonly payloadOffset: number;
  /** The payload, or the part of it that this object delivers. */
  readonly payload: Uint8Array;
}

/** Whether the payload of the frame ends with this object. */
export function isLastPart(frame: Frame): boolean {
  return frame.payloadOffset + frame.payload.length === frame.payloadLength;
}

/** Whether this object delivers less than the whole payload of its frame. */
export function isPart(frame: Frame): boolean {
  return frame.payload.length < frame.payloadLength;
}

/** Unmasks the payload of a part where it lies, and leaves that of a whole frame, which is unmasked: to be called once. */
export function unmaskPart(frame: Frame): void {
  const { payload, maskKey, payloadOffset } = frame;
  if (maskKey !== 0 && isPart(frame)) mask(payload, 0, payload.length, maskKey, payloadOffset);
}

/** RFC 6455 §5.5: "All control frames MUST have a payload length of 125 bytes or less" */
export const MAX_CONTROL_PAYLOAD_BYTES = 125;

/** The longest header: two octets, eight of length, four of mask. */
export const MAX_HEADER_BYTES = 14;

/** RSV1 within {@link Frame.rsv}: "compressed", where permessage-deflate was agreed (RFC 7692 §6). */
export const RSV1 = 0b100;
