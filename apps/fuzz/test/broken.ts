// Subjects with one fault each: what the oracles have to find.
import { Connection, Protocol } from "@ws/connection";
import { type Frame, FrameDecoder, type FrameDecoderOptions } from "@ws/frame";
import { RequestDecoder, type RequestHead } from "@ws/handshake";

/** Throws what it does not document. */
export class ThrowingDecoder extends FrameDecoder {
  override next(): Frame | undefined {
    const frame = super.next();
    if (frame?.opcode === 10) throw new RangeError("Invalid typed array length");
    return frame;
  }
}

/** Forgets a chunk of three bytes. */
export class ForgetfulDecoder extends FrameDecoder {
  override push(chunk: Uint8Array): void {
    if (chunk.length !== 3) super.push(chunk);
  }
}

/** Lets every reserved bit pass. */
export class LenientDecoder extends FrameDecoder {
  constructor(options: FrameDecoderOptions) {
    super({ ...options, reservedBits: 7 });
  }
}

/** Makes room for what a 64-bit length at the beginning announces, up to 4 MiB. */
export class TrustingDecoder extends FrameDecoder {
  room: Uint8Array | undefined;

  override push(chunk: Uint8Array): void {
    const isLong = chunk.length > 9 && (chunk[1]! & 0x7f) === 127;
    this.room ??= new Uint8Array(isLong ? 4 * 1024 * 1024 : 0);
    super.push(chunk);
  }
}

/** Delivers a ping again and again. */
export class StutteringDecoder extends FrameDecoder {
  #ping: Frame | undefined;

  override next(): Frame | undefined {
    const frame = this.#ping ?? super.next();
    if (frame?.opcode === 9) this.#ping = frame;
    return frame;
  }
}

/** Sends one more close frame when the transport ends. */
export class RepeatingProtocol extends Protocol {
  override receiveEnd(): void {
    super.receiveEnd();
    this.output.frame(8, Uint8Array.of(3, 232));
  }
}

/** Answers a ping with a text message that is not UTF-8. */
export class MumblingProtocol extends Protocol {
  override next(): ReturnType<Protocol["next"]> {
    const event = super.next();
    if (event?.type === "ping") this.output.frame(1, Uint8Array.of(0xff));
    return event;
  }
}

/** Throws where nobody can catch it. */
export class ThrowingConnection extends Connection {
  override ping(): void {
    process.nextTick(() => {
      throw new Error("Unhandled 'error' event");
    });
  }
}

/** Never ends. */
export class EndlessConnection extends Connection {
  override close(): ReturnType<Connection["close"]> {
    void super.close();
    return new Promise(() => {});
  }
}

/** Loses a colon that comes alone. */
export class LosingRequestDecoder extends RequestDecoder {
  override push(chunk: Uint8Array): RequestHead | undefined {
    return chunk.length === 1 && chunk[0] === 0x3a ? undefined : super.push(chunk);
  }
}
