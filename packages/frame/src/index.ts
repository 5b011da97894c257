export { CloseCode, isWireCloseCode } from "./close-code.ts";
export {
  type ClosePayload,
  decodeClosePayload,
  encodeClosePayload,
  MAX_CLOSE_REASON_BYTES,
} from "./close-payload.ts";
export {
  type Frame,
  isLastPart,
  isPart,
  MAX_CONTROL_PAYLOAD_BYTES,
  MAX_HEADER_BYTES,
  RSV1,
  unmaskPart,
} from "./frame.ts";
export { FrameDecoder, type FrameDecoderOptions, MAX_SHORT_MESSAGE_BYTES } from "./frame-decoder.ts";
export { encodeFrame, FrameEncoder, reuse } from "./frame-encoder.ts";
export type { HeaderRules, Role } from "./frame-header.ts";
export { GrowingBuffer } from "./growing-buffer.ts";
export { createMaskKey, mask } from "./mask.ts";
export { isControlOpcode, isKnownOpcode, Opcode } from "./opcode.ts";
export { decodeUtf8, encodeUtf8, free, isUtf8, utf8Length } from "./platform.ts";
export { ProtocolError, type ProtocolErrorCode } from "./protocol-error.ts";
export { isLent, keep, readBuffer } from "./read-buffer.ts";
export { Utf8Validator } from "./utf8-validator.ts";
