// Sessions without a fault, as frames: messages whole and in fragments, control frames in between, a close at the end;
// plain or compressed as an agreement has it.
import { type Agreement, MessageDeflate, resolveDeflateOptions } from "@ws/deflate";
import { type Role, RSV1 } from "@ws/frame";
import type { Random } from "../random.ts";
import { ZlibStream } from "./zlib-stream.ts";
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  type FrameModel,
  isMaskedFor,
  PING,
  PONG,
  TEXT,
} from "./frame-model.ts";
import { binary, closePayload, text } from "./payload.ts";

export function agreement(random: Random): Agreement {
  const bits = (): number => (random.oneIn(3) ? random.between(8, 15) : 15);
  return {
    serverNoContextTakeover: random.oneIn(2),
    clientNoContextTakeover: random.oneIn(2),
    serverMaxWindowBits: bits(),
    clientMaxWindowBits: bits(),
  };
}

/** Compresses what the peer of `reader` sends: with the compressor under test, or with zlib alone. */
export function compressorFor(
  reader: Role,
  agreed: Agreement,
  random: Random,
): (message: Uint8Array) => Uint8Array | undefined {
  const sender = reader === "server" ? "client" : "server";
  if (random.oneIn(2)) {
    const level = random.between(1, 9);
    const options = resolveDeflateOptions(sender, { thresholdBytes: 0, level });
    const deflate = new MessageDeflate(sender, agreed, options);
    return (message) => deflate.compress(message);
  }
  const stream = new ZlibStream(
    sender === "server" ? agreed.serverMaxWindowBits : agreed.clientMaxWindowBits,
    sender === "server" ? agreed.serverNoContextTakeover : agreed.clientNoContextTakeover,
    random,
  );
  return (message) => stream.compress(message);
}

/** A session that the reader must accept to its end. */
export function session(random: Random, reader: Role, agreed?: Agreement): FrameModel[] {
  const frames: FrameModel[] = [];
  const add = (opcode: number, payload: Uint8Array, fin = true, rsv = 0): void => {
    const key = isMaskedFor(reader) ? (random.oneIn(20) ? 0 : random.uint32() | 0) : undefined;
    frames.push({ fin, rsv, opcode, key, payload });
  };
  const compress = agreed && compressorFor(reader, agreed, random);
  for (let count = random.below(random.oneIn(10) ? 40 : 7); count >= 0; count--) {
    const opcode = random.pick([TEXT, BINARY]);
    const message = opcode === TEXT ? text(random) : binary(random);
    const compressed = compress !== undefined && !random.oneIn(4) ? compress(message) : undefined;
    const payload = compressed ?? message;
    const rsv = compressed === undefined ? 0 : RSV1;
    const pieces = random.oneIn(3) ? random.between(2, random.oneIn(20) ? 200 : 6) : 1;
    let at = 0;
    for (let piece = 1; piece <= pieces; piece++) {
      const end = piece === pieces ? payload.length : random.between(at, payload.length);
      const isFirst = piece === 1;
      add(isFirst ? opcode : CONTINUATION, payload.slice(at, end), piece === pieces, isFirst ? rsv : 0);
      at = end;
      if (random.oneIn(6)) add(random.pick([PING, PONG]), binary(random, random.below(126)));
    }
  }
  if (random.oneIn(2)) add(CLOSE, closePayload(random));
  return frames;
}
