// Frames as values that can also be wrong, and their bytes. Written apart from the encoder under test.
import type { Role } from "@ws/frame";
import { concat } from "../bytes.ts";

export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

export interface FrameModel {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  /** The masking key; `undefined` for none. */
  readonly key: number | undefined;
  readonly payload: Uint8Array;
  /** The length that the header announces. Default: that of the payload. */
  readonly announced?: bigint;
  /** In how many bits the header says it. Default: as few as possible. */
  readonly lengthBits?: 7 | 16 | 64;
}

export function encodeModel(frame: FrameModel): Uint8Array {
  const length = frame.announced ?? BigInt(frame.payload.length);
  const bits = frame.lengthBits ?? (length < 126n ? 7 : length < 65_536n ? 16 : 64);
  const maskBit = frame.key === undefined ? 0 : 0x80;
  const head = new DataView(new ArrayBuffer(14));
  head.setUint8(0, (frame.fin ? 0x80 : 0) | (frame.rsv << 4) | frame.opcode);
  let size = 2;
  if (bits === 7) {
    head.setUint8(1, maskBit | Number(length & 0x7fn));
  } else if (bits === 16) {
    head.setUint8(1, maskBit | 126);
    head.setUint16(2, Number(length & 0xffffn));
    size = 4;
  } else {
    head.setUint8(1, maskBit | 127);
    head.setBigUint64(2, length);
    size = 10;
  }
  const payload = Uint8Array.from(frame.payload);
  if (frame.key !== undefined) {
    head.setInt32(size, frame.key);
    for (let i = 0; i < payload.length; i++) payload[i]! ^= head.getUint8(size + (i % 4));
    size += 4;
  }
  return concat([new Uint8Array(head.buffer, 0, size), payload]);
}

export function encodeModels(frames: readonly FrameModel[]): Uint8Array {
  return concat(frames.map(encodeModel));
}

/** Whether frames that this role reads are masked. */
export function isMaskedFor(reader: Role): boolean {
  return reader === "server";
}
