// A peer as most of them are: a zlib stream per direction, that keeps its memory or is reset after each message.
import {
  constants,
  createDeflateRaw,
  createInflateRaw,
  type DeflateRaw,
  type InflateRaw,
  type ZlibOptions,
} from "node:zlib";
import { expect } from "vitest";
import { concat } from "./messages.ts";

/** What a stream makes of bytes by the end of a flush. */
export async function through(stream: DeflateRaw | InflateRaw, bytes: Uint8Array): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const onData = (chunk: Buffer): unknown => chunks.push(chunk);
  const onError = (error: Error): never => {
    throw error;
  };
  stream.on("data", onData).on("error", onError);
  stream.write(bytes);
  await new Promise<void>((resolve) => stream.flush(constants.Z_SYNC_FLUSH, resolve));
  stream.off("data", onData).off("error", onError);
  return Buffer.concat(chunks);
}

export async function deflateAsPeer(stream: DeflateRaw, message: Uint8Array): Promise<Uint8Array> {
  const data = await through(stream, message);
  expect(data.subarray(-4).toString("hex")).toBe("0000ffff");
  return new Uint8Array(data.subarray(0, -4));
}

export async function inflateAsPeer(stream: InflateRaw, data: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await through(stream, Buffer.concat([data, Buffer.of(0, 0, 0xff, 0xff)])));
}

/** A deflater of a window of 2^bits. */
export function peerDeflater(bits: number, options: ZlibOptions = {}): DeflateRaw {
  return createDeflateRaw({ windowBits: bits, ...options });
}

/** An inflater that notices what refers to before its window: with smaller chunks than that zlib has to keep one. */
export function peerInflater(bits: number): InflateRaw {
  return createInflateRaw({ windowBits: bits, chunkSize: 2 ** bits / 4 });
}

/** The message whose fragments these are the payloads of, as a peer without a memory reads it. */
export async function inflateFragments(payloads: readonly Uint8Array[], bits = 15): Promise<Uint8Array> {
  const stream = peerInflater(bits);
  const message = await inflateAsPeer(stream, concat(payloads));
  stream.close();
  return message;
}
