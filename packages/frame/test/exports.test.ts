import * as frame from "@ws/frame";
import { expect, it } from "vitest";

it("package › exports these names and no others", () => {
  expect(Object.keys(frame).toSorted()).toEqual([
    "CloseCode",
    "FrameDecoder",
    "FrameEncoder",
    "GrowingBuffer",
    "MAX_CLOSE_REASON_BYTES",
    "MAX_CONTROL_PAYLOAD_BYTES",
    "MAX_HEADER_BYTES",
    "MAX_SHORT_MESSAGE_BYTES",
    "Opcode",
    "ProtocolError",
    "RSV1",
    "Utf8Validator",
    "createMaskKey",
    "decodeClosePayload",
    "decodeUtf8",
    "encodeClosePayload",
    "encodeFrame",
    "encodeUtf8",
    "free",
    "isControlOpcode",
    "isKnownOpcode",
    "isLastPart",
    "isLent",
    "isPart",
    "isUtf8",
    "isWireCloseCode",
    "keep",
    "mask",
    "readBuffer",
    "reuse",
    "unmaskPart",
    "utf8Length",
  ]);
});

it("package › its constants are those of the RFCs (RFC 6455 §5.2, §5.5, RFC 7692 §6)", () => {
  expect(frame.RSV1).toBe(4);
  expect(frame.MAX_HEADER_BYTES).toBe(14);
  expect(frame.MAX_CONTROL_PAYLOAD_BYTES).toBe(125);
  expect(frame.MAX_CLOSE_REASON_BYTES).toBe(123);
});
