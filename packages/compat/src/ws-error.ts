// What a peer did wrong, in the words and with the codes of `ws`. What `ws` accepts and we do not has our words.
import { constants } from "node:zlib";
import type { ProtocolError, ProtocolErrorCode } from "@ws/connection";

/** The code of an error that a peer caused. */
export type WebSocketErrorCode =
  | "WS_ERR_EXPECTED_FIN"
  | "WS_ERR_EXPECTED_MASK"
  | "WS_ERR_INVALID_CLOSE_CODE"
  | "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH"
  | "WS_ERR_INVALID_OPCODE"
  | "WS_ERR_INVALID_UTF8"
  | "WS_ERR_UNEXPECTED_MASK"
  | "WS_ERR_UNEXPECTED_RSV_1"
  | "WS_ERR_UNEXPECTED_RSV_2_3"
  | "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH"
  | "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"
  | "Z_DATA_ERROR";

/** The lowest of the three bits that a frame may have reserved is RSV3, the highest RSV1. */
const RSV_2_3 = 0b011;

/** The error that `ws` would emit. */
export function toWsError(error: ProtocolError): Error & { code: WebSocketErrorCode } {
  const [Kind, code, message] = translate(error);
  const translated = new Kind(message, { cause: error });
  return Object.assign(translated, code === "Z_DATA_ERROR" ? { code, errno: constants[code] } : { code });
}

type Translation = readonly [ErrorConstructor | RangeErrorConstructor, WebSocketErrorCode, string];

function translate({ code, value = 0, message }: ProtocolError): Translation {
  switch (code) {
    case "RESERVED_BITS":
      return (value & RSV_2_3) === 0
        ? frame("WS_ERR_UNEXPECTED_RSV_1", "RSV1 must be clear")
        : frame("WS_ERR_UNEXPECTED_RSV_2_3", "RSV2 and RSV3 must be clear");
    case "RESERVED_OPCODE":
    case "UNEXPECTED_CONTINUATION":
    case "UNFINISHED_MESSAGE":
      return frame("WS_ERR_INVALID_OPCODE", `invalid opcode ${value}`);
    case "FRAGMENTED_CONTROL":
      return frame("WS_ERR_EXPECTED_FIN", "FIN must be set");
    case "CONTROL_TOO_LONG":
      return frame("WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH", `invalid payload length ${value}`);
    case "CLOSE_PAYLOAD_TRUNCATED":
      return frame("WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH", "invalid payload length 1");
    case "MASK_MISSING":
      return frame("WS_ERR_EXPECTED_MASK", "MASK must be set");
    case "MASK_FORBIDDEN":
      return frame("WS_ERR_UNEXPECTED_MASK", "MASK must be clear");
    case "INVALID_CLOSE_CODE":
      return frame("WS_ERR_INVALID_CLOSE_CODE", `invalid status code ${value}`);
    case "INVALID_UTF8":
      return [Error, "WS_ERR_INVALID_UTF8", "Invalid WebSocket frame: invalid UTF-8 sequence"];
    case "LENGTH_OVERFLOW":
    case "LENGTH_NOT_MINIMAL":
      return [RangeError, "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH", lengthMessage(code, message)];
    case "MESSAGE_TOO_BIG":
      return [RangeError, "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", "Max payload size exceeded"];
    default:
      return [Error, "Z_DATA_ERROR", message];
  }
}

function frame(code: WebSocketErrorCode, what: string): Translation {
  return [RangeError, code, `Invalid WebSocket frame: ${what}`];
}

function lengthMessage(code: ProtocolErrorCode, message: string): string {
  return code === "LENGTH_OVERFLOW"
    ? "Unsupported WebSocket frame: payload length > 2^53 - 1"
    : `Invalid WebSocket frame: ${message}`;
}
