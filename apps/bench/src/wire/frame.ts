// Frames built by hand (RFC 6455 §5.2), so that what measures does not depend on anything that is measured.

export const Opcode = { text: 1, binary: 2, continuation: 0, close: 8 } as const;

export interface FrameOptions {
  /** Masked where there is one, as a client must. */
  readonly maskKey?: number;
  readonly fin?: boolean;
  readonly rsv1?: boolean;
}

export function frameOf(opcode: number, payload: Uint8Array, options: FrameOptions = {}): Buffer {
  const { maskKey, fin = true, rsv1 = false } = options;
  const first = (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode;
  const masked = maskKey === undefined ? 0 : 0x80;
  const { length } = payload;
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  header[0] = first;
  if (length < 126) header[1] = masked | length;
  else if (length < 65_536) {
    header[1] = masked | 126;
    header.writeUInt16BE(length, 2);
  } else {
    header[1] = masked | 127;
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  if (maskKey === undefined) return Buffer.concat([header, payload]);
  const key = Buffer.alloc(4);
  key.writeUInt32BE(maskKey >>> 0);
  return Buffer.concat([header, key, payload.map((octet, i) => octet ^ key[i & 3]!)]);
}

/** A key for the n-th message; never zero, which would hide that nothing was unmasked. */
export function maskKeyOf(seed: number): number {
  return (Math.imul(seed + 1, 2_654_435_761) | 0x01_01_01_01) >>> 0;
}

/** What asks a server for a broadcast. */
export const askFrame: Buffer = frameOf(Opcode.binary, Buffer.from("more"), { maskKey: maskKeyOf(0) });

/** The same as an event of Socket.IO. */
export const askEvent: Buffer = frameOf(Opcode.text, eventOf("more"), { maskKey: maskKeyOf(0) });

/** An event of Socket.IO: a packet of Engine.IO that is a message, in it one that is an event, and its arguments. */
export function eventOf(...args: readonly string[]): Buffer {
  return Buffer.from(`42${JSON.stringify(args)}`);
}

/** What begins and ends the closing handshake, code 1000. */
export const closeFrame: Buffer = frameOf(Opcode.close, Buffer.of(0x03, 0xe8), { maskKey: maskKeyOf(1) });
