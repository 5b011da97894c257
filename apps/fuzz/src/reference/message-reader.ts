// RFC 6455 §5.4 to §5.6 and §8.1 over the frames of the reference reader: the events that an endpoint must come to.
import { concat } from "../bytes.ts";
import type { ReadFrame, ReadFrames } from "./frame-reader.ts";
import type { ReferenceInflate } from "./inflate.ts";
import { judgeUtf8 } from "./utf8.ts";

/** An event in short: `["message", "text"]`, `["ping", "hex"]`, `["close", 1000, "bye"]`, `["error", "INVALID_UTF8"]`. */
export type ShortEvent = readonly (string | number)[];

export interface ReadMessages {
  readonly events: readonly ShortEvent[];
  /** False where the reference does not know how it goes on. */
  readonly isCertain: boolean;
}

interface Unfinished {
  readonly opcode: number;
  readonly isCompressed: boolean;
  readonly payloads: Uint8Array[];
}

export function readMessages(
  read: ReadFrames,
  maxMessageBytes: number,
  inflate?: ReferenceInflate,
): ReadMessages {
  const events: ShortEvent[] = [];
  const fail = (code: string): ReadMessages => ({ events: [...events, ["error", code]], isCertain: true });
  let message: Unfinished | undefined;
  for (const frame of read.frames) {
    if (frame.opcode >= 8) {
      if (!frame.isWhole) break;
      if (frame.rsv !== 0) return fail("RESERVED_BITS");
      if (frame.opcode === 8) {
        const close = readClose(frame.payload);
        return typeof close === "string" ? fail(close) : { events: [...events, close], isCertain: true };
      }
      events.push([frame.opcode === 9 ? "ping" : "pong", hex(frame.payload)]);
      continue;
    }
    const begun = begin(message, frame);
    if (typeof begun === "string") return fail(begun);
    message = begun;
    const size = message.payloads.reduce((sum, payload) => sum + payload.length, 0);
    if (BigInt(size) + frame.length > BigInt(maxMessageBytes)) {
      // How much larger than its message compressed data may be is not for the RFC to say.
      return message.isCompressed ? { events, isCertain: false } : fail("MESSAGE_TOO_BIG");
    }
    message.payloads.push(frame.payload);
    const { isCompressed } = message;
    const isText = message.opcode === 1;
    let bytes: Uint8Array = concat(message.payloads);
    if (isText && !isCompressed && judgeUtf8(bytes) === "invalid") return fail("INVALID_UTF8");
    if (!frame.fin || !frame.isWhole) continue;
    if (isCompressed) {
      const inflated = inflate?.message(bytes, maxMessageBytes);
      if (inflated === undefined) return { events, isCertain: false };
      bytes = inflated;
    }
    if (isText && judgeUtf8(bytes) !== "whole") return fail("INVALID_UTF8");
    events.push(["message", isText ? `text ${Buffer.from(bytes).toString("utf8")}` : hex(bytes)]);
    message = undefined;
  }
  return read.error === undefined ? { events, isCertain: true } : fail(read.error);
}

function begin(unfinished: Unfinished | undefined, { opcode, rsv }: ReadFrame): Unfinished | string {
  if (opcode !== 0) {
    if (unfinished !== undefined) return "UNFINISHED_MESSAGE";
    return { opcode, isCompressed: rsv !== 0, payloads: [] };
  }
  if (unfinished === undefined) return "UNEXPECTED_CONTINUATION";
  return rsv === 0 ? unfinished : "RESERVED_BITS";
}

function readClose(payload: Uint8Array): ShortEvent | string {
  if (payload.length === 0) return ["close", 1005, ""];
  if (payload.length === 1) return "CLOSE_PAYLOAD_TRUNCATED";
  const code = payload[0]! * 256 + payload[1]!;
  const isDefined = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014].includes(code);
  if (!isDefined && (code < 3000 || code > 4999)) return "INVALID_CLOSE_CODE";
  const reason = payload.slice(2);
  return judgeUtf8(reason) === "whole"
    ? ["close", code, Buffer.from(reason).toString("utf8")]
    : "INVALID_UTF8";
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
