// "inspect.v1": what the server tells those who look at its connections, and how it is written. Knows no connection, no
// session and no page.
//
// The server sends binary messages, each with one or more records one behind another. All numbers are big-endian.
//
//   octets  0      kind, one of FeedKind
//           1      flags, see FeedFlag; 0 for kinds other than `bytes`
//           2–5    number of the connection; 0 for what belongs to none
//           6–13   time, milliseconds since 1970 as a float64
//           14–17  length of the body
//           18–    body: bytes as they were on the wire, or JSON
//
// Bytes come frame by frame: a record never holds parts of two, and a frame's first record has its whole header and
// `frameStart`. So a decoder that begins there, after whatever was left out, is never given half a frame. A frame that is
// not told to its end has `cut` on its last record; whoever decodes begins anew at the next `frameStart`.
// With `redacted` the header and the mask are what they were, and the payload is zeros once it is unmasked, compressed or
// not; only the code of a close frame stays.
//
// A viewer offers the subprotocols "inspect.v1" and, where a token is asked for, "token." and the token in base64url: a
// page can set no header, and what stands in a URL ends in logs. A viewer sends nothing.
import type {
  ConnectionEnd,
  ConnectionFacts,
  ConnectionSample,
  Direction,
  InspectorScope,
  QueueEvent,
  RefusedHandshake,
} from "./inspector.ts";

export const INSPECT_SUBPROTOCOL = "inspect.v1";
export const TOKEN_SUBPROTOCOL_PREFIX = "token.";
export const RECORD_HEADER_BYTES = 18;

/** The kinds of records. */
export const FeedKind = {
  /** The first record: what the viewer may see, and how much. Body: {@link FeedHello} */
  hello: 1,
  /** A connection that exists. Body: {@link ConnectionFacts} */
  opened: 2,
  /** Body: {@link ConnectionEnd} */
  closed: 3,
  /** Bytes on the wire. Body: the bytes */
  bytes: 4,
  /** Frames that passed and were not told. Body: {@link LeftOut} */
  leftOut: 5,
  /** Body: `{ event }`, a {@link QueueEvent}, and `bufferedBytes` */
  queue: 6,
  /** A limit was exceeded. Body: `{ limit, message? }` */
  limit: 7,
  /** What the server counts, once a second where it has changed. Body: {@link ConnectionSample} */
  sample: 8,
  /** A handshake that was refused. Body: {@link RefusedHandshake} */
  refused: 9,
} as const;

/** Bits of the flags of `bytes`. */
export const FeedFlag = {
  /** The server sent them; otherwise it received them. */
  sent: 1,
  /** A frame begins here, and its whole header is in this record. */
  frameStart: 2,
  /** The rest of this frame will not be told. */
  cut: 4,
  /** The payload is zeros in place of what it was. */
  redacted: 8,
} as const;

export interface FeedHello {
  readonly scope: InspectorScope;
  readonly maxFramesPerSecond: number;
  readonly maxFrameBytes: number;
}

export interface LeftOut {
  readonly direction: Direction;
  /** Whole frames; 0 where only the end of one passed, whose beginning was not seen. */
  readonly frames: number;
  readonly bytes: number;
}

export interface QueueChange {
  readonly event: QueueEvent;
  readonly bufferedBytes: number;
}

export interface LimitExceeded {
  readonly limit: string;
  readonly message?: string;
}

/** A record, read. Times are milliseconds since 1970. */
export type FeedRecord = { readonly connection: number; readonly time: number } & (
  | { readonly kind: "hello"; readonly body: FeedHello }
  | { readonly kind: "opened"; readonly body: ConnectionFacts }
  | { readonly kind: "closed"; readonly body: ConnectionEnd }
  | { readonly kind: "bytes"; readonly flags: number; readonly bytes: Uint8Array }
  | { readonly kind: "leftOut"; readonly body: LeftOut }
  | { readonly kind: "queue"; readonly body: QueueChange }
  | { readonly kind: "limit"; readonly body: LimitExceeded }
  | { readonly kind: "sample"; readonly body: ConnectionSample }
  | { readonly kind: "refused"; readonly body: RefusedHandshake }
);

const kindNames = new Map<number, FeedRecord["kind"]>(
  Object.entries(FeedKind).map(([name, kind]) => [kind, name as FeedRecord["kind"]]),
);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeRecord(record: FeedRecord): Uint8Array {
  const isBytes = record.kind === "bytes";
  const body = isBytes ? record.bytes : encoder.encode(JSON.stringify(record.body));
  const encoded = new Uint8Array(RECORD_HEADER_BYTES + body.length);
  const view = new DataView(encoded.buffer);
  view.setUint8(0, FeedKind[record.kind]);
  view.setUint8(1, isBytes ? record.flags : 0);
  view.setUint32(2, record.connection);
  view.setFloat64(6, record.time);
  view.setUint32(14, body.length);
  encoded.set(body, RECORD_HEADER_BYTES);
  return encoded;
}

/**
 * The records of one message. Bytes are views of it.
 *
 * @throws RangeError for a message that is none of this protocol; SyntaxError for a body that is no JSON
 */
export function decodeRecords(message: Uint8Array): FeedRecord[] {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const records: FeedRecord[] = [];
  for (let at = 0; at < message.length;) {
    if (message.length - at < RECORD_HEADER_BYTES)
      throw new RangeError("Cannot read a record: it is cut off");
    const kind = kindNames.get(view.getUint8(at));
    const start = at + RECORD_HEADER_BYTES;
    const end = start + view.getUint32(at + 14);
    if (kind === undefined) throw new RangeError(`Cannot read a record of kind ${view.getUint8(at)}`);
    if (end > message.length) throw new RangeError("Cannot read a record: its body is cut off");
    const about = { connection: view.getUint32(at + 2), time: view.getFloat64(at + 6) };
    const bytes = message.subarray(start, end);
    if (kind === "bytes") records.push({ ...about, kind, flags: view.getUint8(at + 1), bytes });
    else records.push({ ...about, kind, body: JSON.parse(decoder.decode(bytes)) });
    at = end;
  }
  return records;
}
