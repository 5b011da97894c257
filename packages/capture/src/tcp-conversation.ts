// One connection as TCP would have carried it: its handshake, its bytes in segments with the right numbers, its end. The
// addresses are made up where the real ones are not known; numbers begin at made-up ones.
import { encodePacket, type Endpoint, MAX_SEGMENT_BYTES, packetLength, TcpFlag } from "./tcp-packet.ts";
import type { Packet } from "./pcapng-blocks.ts";

const { fin, syn, rst, psh, ack } = TcpFlag;

interface Side {
  readonly endpoint: Endpoint;
  /** The number of its next byte. */
  next: number;
  packets: number;
}

export type Sender = "client" | "server";

export class TcpConversation {
  readonly #sides: Readonly<Record<Sender, Side>>;

  constructor(client: Endpoint, server: Endpoint) {
    this.#sides = {
      client: { endpoint: client, next: 1_000_000_000, packets: 0 },
      server: { endpoint: server, next: 2_000_000_000, packets: 0 },
    };
  }

  /** SYN, SYN and ACK, ACK. */
  open(time: number, comment: string): readonly Packet[] {
    const first = this.#packet("client", { time, comment, flags: syn });
    const second = this.#packet("server", { time, flags: syn | ack });
    return [first, second, this.#packet("client", { time, flags: ack })];
  }

  /**
   * What one side sent.
   *
   * @param length how many bytes it was; of those that are not in `bytes` there are packets that were cut short
   */
  *send(
    sender: Sender,
    time: number,
    bytes: Uint8Array,
    { length = bytes.length, comment }: { readonly length?: number; readonly comment?: string } = {},
  ): Generator<Packet> {
    for (let at = 0; at < length; at += MAX_SEGMENT_BYTES) {
      const end = Math.min(at + MAX_SEGMENT_BYTES, length);
      yield this.#packet(sender, {
        time,
        flags: psh | ack,
        payload: bytes.subarray(at, end),
        payloadLength: end - at,
        ...(at === 0 && comment !== undefined && { comment }),
      });
    }
  }

  /** The server ends TCP first (RFC 6455 §7.1.1), or breaks it off. */
  end(time: number, isClean: boolean, comment: string): readonly Packet[] {
    if (!isClean) return [this.#packet("server", { time, flags: rst | ack, comment })];
    return [
      this.#packet("server", { time, flags: fin | ack, comment }),
      this.#packet("client", { time, flags: fin | ack }),
      this.#packet("server", { time, flags: ack }),
    ];
  }

  #packet(
    sender: Sender,
    {
      time,
      flags,
      payload = new Uint8Array(0),
      payloadLength = payload.length,
      comment,
    }: {
      readonly time: number;
      readonly flags: number;
      readonly payload?: Uint8Array;
      readonly payloadLength?: number;
      readonly comment?: string;
    },
  ): Packet {
    const from = this.#sides[sender];
    const to = this.#sides[sender === "client" ? "server" : "client"];
    const bytes = encodePacket({
      from: from.endpoint,
      to: to.endpoint,
      sequence: from.next,
      acknowledgment: (flags & ack) === 0 ? 0 : to.next,
      flags,
      identification: from.packets++,
      payload,
      payloadLength,
    });
    // SYN and FIN count as a byte each.
    const counted = payloadLength + ((flags & (syn | fin)) === 0 ? 0 : 1);
    from.next = (from.next + counted) % 2 ** 32;
    const originalLength = packetLength({ flags, payloadLength });
    return { time, bytes, originalLength, ...(comment !== undefined && { comment }) };
  }
}
