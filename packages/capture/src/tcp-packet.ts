// One TCP segment in an IPv4 packet in an Ethernet frame, with the checksums that belong there (RFC 791, RFC 9293).

export interface Endpoint {
  /** Four octets. */
  readonly address: readonly number[];
  readonly port: number;
  /** The last octet of its made-up Ethernet address. */
  readonly station: number;
}

export const TcpFlag = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 } as const;

export interface Segment {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly sequence: number;
  readonly acknowledgment: number;
  /** Of {@link TcpFlag}, summed up. */
  readonly flags: number;
  /** Counts the packets of the sender. */
  readonly identification: number;
  readonly payload: Uint8Array;
  /** How long the payload was, which may be more than there is. */
  readonly payloadLength: number;
}

const ETHERNET_BYTES = 14;
const IP_BYTES = 20;
const TCP_BYTES = 20;
/** On SYN: segments of any size that IPv4 has room for, and a window of a gibibyte, so that no acknowledgment is missed. */
const SYN_OPTIONS = [2, 4, 0xff, 0xd7, 1, 3, 3, 14];
const PROTOCOL_TCP = 6;

/** The most payload that fits in one packet. */
export const MAX_SEGMENT_BYTES: number = 0xffff - IP_BYTES - TCP_BYTES;

/** How long the packet was, with all of its payload. */
export function packetLength({ flags, payloadLength }: Pick<Segment, "flags" | "payloadLength">): number {
  return ETHERNET_BYTES + IP_BYTES + tcpHeaderBytes(flags) + payloadLength;
}

export function encodePacket(segment: Segment): Uint8Array<ArrayBuffer> {
  const { from, to, sequence, acknowledgment, flags, identification, payload, payloadLength } = segment;
  const tcpBytes = tcpHeaderBytes(flags);
  const packet = new Uint8Array(ETHERNET_BYTES + IP_BYTES + tcpBytes + payload.length);
  const view = new DataView(packet.buffer);

  // Locally administered addresses: nobody has them.
  packet.set([2, 0, 0, 0, 0, to.station, 2, 0, 0, 0, 0, from.station, 0x08, 0x00]);

  const ip = ETHERNET_BYTES;
  packet[ip] = 0x45;
  view.setUint16(ip + 2, IP_BYTES + tcpBytes + payloadLength);
  view.setUint16(ip + 4, identification & 0xffff);
  // Don't fragment.
  view.setUint16(ip + 6, 0x4000);
  packet[ip + 8] = 64;
  packet[ip + 9] = PROTOCOL_TCP;
  packet.set(from.address, ip + 12);
  packet.set(to.address, ip + 16);
  view.setUint16(ip + 10, checksum(packet.subarray(ip, ip + IP_BYTES), 0));

  const tcp = ip + IP_BYTES;
  view.setUint16(tcp, from.port);
  view.setUint16(tcp + 2, to.port);
  view.setUint32(tcp + 4, sequence);
  view.setUint32(tcp + 8, acknowledgment);
  packet[tcp + 12] = (tcpBytes / 4) << 4;
  packet[tcp + 13] = flags;
  view.setUint16(tcp + 14, 0xffff);
  if ((flags & TcpFlag.syn) !== 0) packet.set(SYN_OPTIONS, tcp + TCP_BYTES);
  packet.set(payload, tcp + tcpBytes);
  // The pseudo header: both addresses, the protocol and the length. Of a payload that is not there, there is none.
  if (payload.length === payloadLength) {
    const pseudo = sum(packet.subarray(ip + 12, ip + 20)) + PROTOCOL_TCP + tcpBytes + payload.length;
    view.setUint16(tcp + 16, checksum(packet.subarray(tcp), pseudo));
  }
  return packet;
}

function tcpHeaderBytes(flags: number): number {
  return TCP_BYTES + ((flags & TcpFlag.syn) === 0 ? 0 : SYN_OPTIONS.length);
}

/** RFC 1071: the complement of the sum in ones' complement. */
function checksum(bytes: Uint8Array, start: number): number {
  let total = start + sum(bytes);
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 0x10000);
  return ~total & 0xffff;
}

/** Of the words of two octets, the last one filled up; at most 64 KiB of them, so that no double loses a bit. */
function sum(bytes: Uint8Array): number {
  let total = 0;
  for (let i = 0; i < bytes.length; i += 2) total += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  return total;
}
