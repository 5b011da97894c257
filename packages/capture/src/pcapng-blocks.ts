// The blocks of a pcapng file (draft-ietf-opsawg-pcapng): the head of the section, one Ethernet interface, and packets with
// the time in microseconds. Little-endian. Knows nothing of what is in a packet.

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const LINKTYPE_ETHERNET = 1;

const Option = { end: 0, comment: 1, interfaceName: 2, application: 4 } as const;

export function sectionHeader(application: string, comment: string): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(16);
  const view = new DataView(body.buffer);
  view.setUint32(0, BYTE_ORDER_MAGIC, true);
  view.setUint16(4, 1, true);
  // The length of the section is not known beforehand: all ones.
  view.setBigInt64(8, -1n, true);
  return block(SECTION_HEADER, body, [
    [Option.application, application],
    [Option.comment, comment],
  ]);
}

export function ethernetInterface(name: string): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(8);
  new DataView(body.buffer).setUint16(0, LINKTYPE_ETHERNET, true);
  return block(INTERFACE_DESCRIPTION, body, [[Option.interfaceName, name]]);
}

export interface Packet {
  /** In milliseconds since 1970, with fractions. */
  readonly time: number;
  /** What there is of it. */
  readonly bytes: Uint8Array;
  /** How long it was, which may be more. */
  readonly originalLength: number;
  readonly comment?: string;
}

export function enhancedPacket({ time, bytes, originalLength, comment }: Packet): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(20 + padded(bytes.length));
  const view = new DataView(body.buffer);
  const microseconds = Math.round(time * 1000);
  view.setUint32(4, Math.floor(microseconds / 2 ** 32), true);
  view.setUint32(8, microseconds % 2 ** 32, true);
  view.setUint32(12, bytes.length, true);
  view.setUint32(16, originalLength, true);
  body.set(bytes, 20);
  return block(ENHANCED_PACKET, body, comment === undefined ? [] : [[Option.comment, comment]]);
}

function block(
  type: number,
  body: Uint8Array,
  options: readonly (readonly [code: number, value: string])[],
): Uint8Array<ArrayBuffer> {
  const encoded = options.map(([code, value]) => [code, new TextEncoder().encode(value)] as const);
  const optionsLength = encoded.reduce((sum, [, value]) => sum + 4 + padded(value.length), 0);
  // The list of options ends with an empty one, where there is a list.
  const length = 12 + body.length + optionsLength + (options.length > 0 ? 4 : 0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  bytes.set(body, 8);
  let at = 8 + body.length;
  for (const [code, value] of encoded) {
    view.setUint16(at, code, true);
    view.setUint16(at + 2, value.length, true);
    bytes.set(value, at + 4);
    at += 4 + padded(value.length);
  }
  view.setUint32(length - 4, length, true);
  return bytes;
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
