// Frames that are encoded once and sent to many: `Sender.frame` makes one, `_sender.sendFrame` sends it. Engine.IO and
// Socket.IO do so for what they broadcast. What is sent is the message that the frame was made of: nobody writes past the
// connection.
import { type Connection, PreparedMessage, type SentCallback } from "@ws/connection";
import { encodeFrame, type Frame, FrameDecoder, Opcode, RSV1 } from "@ws/frame";
import { toBuffer, toMessage, toSendable } from "./bytes.ts";

/** What a frame of {@link Sender.frame} says of itself. */
export interface FrameOptions {
  /** Of RFC 6455 §5.2: 1 is text, 2 binary. */
  readonly opcode: number;
  /** Whether it is the last of its message. Default: `false`. */
  readonly fin?: boolean;
  /** Whether to mask it, as a client must, with a random key. */
  readonly mask?: boolean;
  /** Whether it is compressed already. Default: `false`. */
  readonly rsv1?: boolean;
  /** Not heard: what is masked is always a copy. */
  readonly readOnly?: boolean;
}

/** What frames were made of. */
const prepared = new WeakMap<readonly Uint8Array[], PreparedMessage>();

/** Makes frames; there are no objects of it. */
export class Sender {
  /** @throws TypeError: a sender of one's own would write past the connection */
  constructor() {
    throw new TypeError("Cannot create a Sender: a WebSocket has its own, and only Sender.frame is public");
  }

  /** The frame as buffers, to be written one behind another. */
  static frame(data: string | Uint8Array, options: FrameOptions): Buffer[] {
    const { opcode, fin = false, mask = false, rsv1 = false } = options;
    const role = mask ? "client" : "server";
    const bytes = toSendable(data);
    const isMessage = fin && !rsv1 && (opcode === Opcode.text || opcode === Opcode.binary);
    if (!isMessage || mask) return [toBuffer(encodeFrame(role, opcode, bytes, fin, rsv1 ? RSV1 : 0))];
    const message = new PreparedMessage(toMessage(bytes, opcode === Opcode.binary));
    const list = [toBuffer(message.frame)];
    prepared.set(list, message);
    return list;
  }
}

/** What of a sender the users of pre-encoded frames reach for. */
export class FrameSender {
  readonly #send: (message: PreparedMessage, callback?: SentCallback) => void;

  constructor(connection: Connection) {
    this.#send = (message, callback) => {
      connection.send(message, { compress: false, ...(callback !== undefined && { callback }) });
    };
  }

  /**
   * Sends a frame as `Sender.frame` makes it, ours or that of `ws`.
   *
   * @throws TypeError for anything but one whole message that is neither masked nor compressed
   */
  sendFrame(list: readonly Uint8Array[], callback?: SentCallback): void {
    let message = prepared.get(list);
    if (message === undefined) prepared.set(list, (message = readFrame(list)));
    this.#send(message, callback);
  }
}

/** What somebody else's frame was made of. */
function readFrame(list: readonly Uint8Array[]): PreparedMessage {
  const bytes = Buffer.concat(list);
  // As a client reads what a server sends.
  const decoder = new FrameDecoder({ role: "client", maxPayloadBytes: bytes.length });
  decoder.push(bytes);
  const frame = nextFrame(decoder);
  const isMessage = frame?.fin === true && (frame.opcode === Opcode.text || frame.opcode === Opcode.binary);
  if (!isMessage || nextFrame(decoder) !== undefined || !decoder.isIdle) {
    throw new TypeError("Cannot send the frame: it is no whole message, neither masked nor compressed");
  }
  return new PreparedMessage(toMessage(frame.payload, frame.opcode === Opcode.binary));
}

function nextFrame(decoder: FrameDecoder): Frame | undefined {
  try {
    return decoder.next();
  } catch {
    return undefined;
  }
}
