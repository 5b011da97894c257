// Reads one HTTP head off a transport and leaves what follows it in place.
import type { Read, Transport } from "../peer/transport.ts";
import { type Head, parseHead } from "../wire/http-head.ts";

/** How a head is put on the wire. */
export interface Delivery {
  /** Send in TCP pieces of this many octets; 0, the default, for one piece. */
  readonly chop?: number;
  /** Sent in the same piece, behind the head. */
  readonly behind?: Buffer;
}

const maxHeadBytes = 256 * 1024;

/** The head, or how the stream ended before there was one. */
export type HeadRead =
  | { readonly kind: "head"; readonly head: Head; readonly bytes: Buffer }
  | Exclude<Read, { kind: "data" }>;

export async function readHead(transport: Transport, withinMs: number): Promise<HeadRead> {
  const until = performance.now() + withinMs;
  let bytes: Buffer = Buffer.alloc(0);
  for (;;) {
    const read = await transport.read(until - performance.now());
    if (read.kind !== "data") return read;
    bytes = Buffer.concat([bytes, read.bytes]);
    const parsed = parseHead(bytes);
    if (parsed !== undefined) {
      transport.unread(bytes.subarray(parsed.length));
      return { kind: "head", head: parsed.head, bytes: bytes.subarray(0, parsed.length) };
    }
    if (bytes.length > maxHeadBytes)
      return { kind: "reset", reason: `no end of the head in ${maxHeadBytes} bytes` };
  }
}
