// Values ↔ frames: JSON as text; where binary values are inside, a binary frame of the length of the JSON (four bytes, the
// first one the highest), the JSON, and the values one after another. Knows no kinds of messages, and nothing of Node.
import { putBlobs, type Stripped, takeBlobs } from "./blobs.ts";
import { checkTree } from "./json-tree.ts";
import { type Decoded, malformed, tooLarge } from "./wire-error.ts";
import { SERVER_LIMITS, type WireLimits } from "./wire-limits.ts";

/** What a connection carries: text, or bytes. */
export type Frame = string | Uint8Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const HEAD_LENGTH_BYTES = 4;

/** @throws TypeError or RangeError for what JSON cannot hold, and what crosses a limit */
export function encode(message: object, limits: WireLimits = SERVER_LIMITS): Frame {
  return pack(takeBlobs(message, limits), limits);
}

function pack({ json, places, blobs }: Stripped, limits: WireLimits): Frame {
  if (blobs.length === 0) return checkSize(JSON.stringify(json), limits);
  const head = encoder.encode(JSON.stringify({ ...(json as object), blobs: places }));
  const length = blobs.reduce((sum, blob) => sum + blob.length, HEAD_LENGTH_BYTES + head.length);
  const frame = new Uint8Array(length);
  new DataView(frame.buffer).setUint32(0, head.length);
  frame.set(head, HEAD_LENGTH_BYTES);
  let offset = HEAD_LENGTH_BYTES + head.length;
  for (const blob of blobs) {
    frame.set(blob, offset);
    offset += blob.length;
  }
  return checkSize(frame, limits);
}

/** The same, as bytes in any case; {@link decodeBytes} tells the two forms apart by the first of them. */
export function encodeBytes(message: object, limits: WireLimits = SERVER_LIMITS): Uint8Array {
  return toBytes(encode(message, limits));
}

function toBytes(frame: Frame): Uint8Array {
  return typeof frame === "string" ? encoder.encode(frame) : frame;
}

/** What a message uses up of the limits of whoever reads it. */
export interface Measure {
  /** Of its bytes form, which is no shorter than what is counted of text. */
  readonly bytes: number;
  readonly values: number;
  readonly blobs: number;
}

/** @throws as {@link encode} */
export function measure(message: object, limits: WireLimits = SERVER_LIMITS): Measure {
  const stripped = takeBlobs(message, limits);
  const { blobs, values } = stripped;
  return { bytes: toBytes(pack(stripped, limits)).length, values, blobs: blobs.length };
}

/** Never throws. Binary values are views of the frame. */
export function decode(frame: Frame, limits: WireLimits = SERVER_LIMITS): Decoded<object> {
  if (frame.length > limits.maxMessageBytes) {
    return tooLarge("its length is", frame.length, "maxMessageBytes", limits.maxMessageBytes);
  }
  return typeof frame === "string" ? parse(frame, limits) : decodeBinary(frame, limits);
}

/** Never throws. */
export function decodeBytes(bytes: Uint8Array, limits: WireLimits = SERVER_LIMITS): Decoded<object> {
  if (bytes[0] !== 0x7b) return decode(bytes, limits);
  const text = decodeText(bytes);
  return text === undefined ? malformed("it is no UTF-8") : decode(text, limits);
}

function decodeBinary(frame: Uint8Array, limits: WireLimits): Decoded<object> {
  if (frame.length < HEAD_LENGTH_BYTES) return malformed("it is too short for a length");
  const headLength = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0);
  const headEnd = HEAD_LENGTH_BYTES + headLength;
  if (headEnd > frame.length) return malformed("its JSON is longer than it is");
  const text = decodeText(frame.subarray(HEAD_LENGTH_BYTES, headEnd));
  if (text === undefined) return malformed("its JSON is no UTF-8");
  const head = parse(text, limits);
  if (head.error !== undefined) return head;
  const { blobs, ...message } = head.value as { readonly blobs?: unknown };
  return putBlobs(message, blobs, frame.subarray(headEnd), limits);
}

function parse(text: string, limits: WireLimits): Decoded<object> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed("it is no JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return malformed("it is no object");
  const error = checkTree(value, limits);
  return error === undefined ? { value } : { error };
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function checkSize(frame: Frame, { maxMessageBytes }: WireLimits): Frame {
  if (frame.length <= maxMessageBytes) return frame;
  throw new RangeError(
    `Cannot send the message: its length is ${frame.length}, maxMessageBytes is ${maxMessageBytes}`,
  );
}
