// Writes down what passes on the connections of a command, as the inspector of a server would: directions are the server's.
// Bounded: what goes beyond is counted, and said in the capture.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Capture, CapturedConnection, CapturedFrame, Direction, HandshakeRecord } from "@ws/capture";
import type { CloseResult, Connection, Message } from "@ws/client";
import { isControlOpcode } from "@ws/frame";
import type { WatchedFrame } from "../frames/frame-watch.ts";
import { CapturedMessages } from "./captured-messages.ts";

/** What is kept of all payloads, and frames. */
const MAX_BYTES = 256 * 1024 * 1024;
const FRAME_BYTES = 200;

/** What is known of a connection when it opens. */
export interface Opening {
  readonly path: string;
  readonly handshake: HandshakeRecord;
}

interface Recorded {
  readonly id: number;
  readonly record: Omit<CapturedConnection, "states" | "end">;
  readonly messages: Readonly<Record<Direction, CapturedMessages>>;
  end?: { readonly time: number; readonly result: CloseResult };
}

export class CaptureRecorder {
  readonly #connections = new Map<Connection, Recorded>();
  readonly #frames: CapturedFrame[] = [];
  readonly #leftOut = { frames: 0, bytes: 0 };
  #bytes = 0;
  #lastMessage = 0;

  /** Hears of messages, for those that are compressed on the wire. */
  start(): void {
    subscribe("ws:message:received", this.#received);
    subscribe("ws:message:sent", this.#sent);
  }

  stop(): void {
    unsubscribe("ws:message:received", this.#received);
    unsubscribe("ws:message:sent", this.#sent);
  }

  /** Before anything of it is told. */
  opened(connection: Connection, { path, handshake }: Opening): void {
    const id = this.#connections.size + 1;
    const { protocol, extensions } = connection;
    const recorded: Recorded = {
      id,
      record: {
        id,
        protocol,
        extensions,
        path,
        openedAt: Date.now(),
        isFromStart: true,
        isRedacted: false,
        handshake,
      },
      messages: { received: new CapturedMessages(id, "received"), sent: new CapturedMessages(id, "sent") },
    };
    this.#connections.set(connection, recorded);
    connection.on("close", (result) => (recorded.end = { time: Date.now(), result }));
  }

  frame(frame: WatchedFrame, connection: Connection): void {
    const recorded = this.#connections.get(connection);
    if (recorded === undefined) return;
    const { fin, rsv, opcode, isMasked, maskKey, lengthBits, payloadLength, payload, time } = frame;
    // What is left out is left out to the end, so that no message has a hole.
    const size = payload.length + FRAME_BYTES;
    if (this.#leftOut.frames > 0 || this.#bytes + size > MAX_BYTES) {
      this.#leftOut.frames++;
      this.#leftOut.bytes += frame.headerBytes + payloadLength;
      return;
    }
    this.#bytes += size;
    const number = this.#frames.length + 1;
    const direction = frame.direction === "sent" ? "received" : "sent";
    const message = isControlOpcode(opcode)
      ? 0
      : recorded.messages[direction].add(frame, number, () => ++this.#lastMessage);
    this.#frames.push({
      number,
      connection: recorded.id,
      time,
      direction,
      fin,
      rsv,
      opcode,
      isMasked,
      maskKey,
      lengthBits,
      header: headerOf(frame),
      payloadLength,
      payload,
      isRedacted: false,
      isCut: payload.length < payloadLength,
      message,
    });
  }

  get capture(): Capture {
    const connections = [...this.#connections.values()];
    const messages = connections.flatMap((one) => [
      ...one.messages.received.records,
      ...one.messages.sent.records,
    ]);
    return {
      connections: connections.map(toRecord),
      frames: this.#frames,
      messages: messages.toSorted((left, right) => left.number - right.number),
      leftOut: this.#leftOut,
    };
  }

  // What we received the server sent.
  readonly #received = (told: unknown): void => this.#tell("sent", told);
  readonly #sent = (told: unknown): void => this.#tell("received", told);

  #tell(direction: Direction, told: unknown): void {
    const { connection, data } = told as { readonly connection: Connection; readonly data: Message };
    if (!connection.extensions.includes("permessage-deflate") || this.#leftOut.frames > 0) return;
    this.#bytes += data.length;
    this.#connections.get(connection)?.messages[direction].tell(data);
  }
}

function toRecord({ record, end }: Recorded): CapturedConnection {
  const { openedAt, path } = record;
  const { method } = record.handshake.request;
  const states: CapturedConnection["states"] = [
    { time: openedAt, state: "connecting", cause: `${method} ${path}` },
    { time: openedAt, state: "open", cause: `Answered with ${record.handshake.response.status}` },
  ];
  if (end === undefined) return { ...record, states };
  const { code, reason, wasClean, error } = end.result;
  const cause = error?.message ?? (wasClean ? "Both close frames, then TCP ended" : "TCP ended");
  return {
    ...record,
    states: [...states, { time: end.time, state: "closed", cause }],
    end: {
      code,
      reason,
      wasClean,
      ...(error !== undefined && { error: { code: codeOf(error), message: error.message } }),
    },
  };
}

function codeOf(error: Error): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" ? code : error.name;
}

/** As it was on the wire: a length is only ever written in one way (RFC 6455 §5.2). */
function headerOf({
  fin,
  rsv,
  opcode,
  isMasked,
  maskKey,
  lengthBits,
  payloadLength,
  headerBytes,
}: WatchedFrame): Uint8Array {
  const header = new Uint8Array(headerBytes);
  const view = new DataView(header.buffer);
  view.setUint8(0, (fin ? 0x80 : 0) | (rsv << 4) | opcode);
  const length = lengthBits === 7 ? payloadLength : lengthBits === 16 ? 126 : 127;
  view.setUint8(1, (isMasked ? 0x80 : 0) | length);
  if (lengthBits === 16) view.setUint16(2, payloadLength);
  if (lengthBits === 64) view.setBigUint64(2, BigInt(payloadLength));
  if (isMasked) view.setUint32(headerBytes - 4, maskKey);
  return header;
}
