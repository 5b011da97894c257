// A capture as pcapng, for Wireshark and its kin. The bytes of the frames are those of the wire; Ethernet, IP and TCP around
// them are made up, with right numbers and checksums, because the inspector sees none.
import type { Capture, CapturedConnection, CapturedFrame } from "./capture.ts";
import { enhancedPacket, ethernetInterface, type Packet, sectionHeader } from "./pcapng-blocks.ts";
import { TcpConversation } from "./tcp-conversation.ts";
import type { Endpoint } from "./tcp-packet.ts";
import { frameBytes, handshakeBytes } from "./wire-bytes.ts";

const APPLICATION = "WebSocket inspector";
const ABOUT =
  "WebSocket frames as a server saw and sent them. Ethernet, IP and TCP around them are made up, one segment or more for each frame.";

/** An address for documentation (RFC 5737): nobody's. */
const SERVER: Endpoint = { address: [192, 0, 2, 1], port: 80, station: 1 };
const FIRST_CLIENT_PORT = 49_152;
const CLIENT_PORTS = 16_384;

/** The blocks of the file, as they are wanted. */
export function* toPcapng(capture: Capture): Generator<Uint8Array<ArrayBuffer>> {
  const { frames, bytes } = capture.leftOut;
  const about = frames === 0 ? ABOUT : `${ABOUT} ${frames} frames (${bytes} bytes) were left out.`;
  yield sectionHeader(APPLICATION, about);
  yield ethernetInterface("made-up");
  for (const packet of packets(capture)) yield enhancedPacket(packet);
}

interface Happening {
  readonly time: number;
  readonly packets: () => Iterable<Packet>;
}

/** In the order of time; the packets are made one by one. */
function* packets(capture: Capture): Generator<Packet> {
  const happenings: Happening[] = [];
  for (const connection of capture.connections) {
    const frames = capture.frames.filter((frame) => frame.connection === connection.id);
    happenings.push(...conversation(connection, frames));
  }
  // The order of equal times stays: within a connection it is that of the wire.
  happenings.sort((left, right) => left.time - right.time);
  for (const happening of happenings) yield* happening.packets();
}

function conversation(connection: CapturedConnection, frames: readonly CapturedFrame[]): Happening[] {
  const tcp = new TcpConversation(clientOf(connection), SERVER);
  const opened = Math.min(connection.openedAt, frames[0]?.time ?? Infinity);
  const last = new Map(frames.map((frame) => [frame.direction, frame.number]));
  const happenings: Happening[] = [
    { time: opened, packets: () => opening(tcp, connection, opened) },
    ...frames.map((frame) => ({
      time: Math.max(frame.time, opened),
      // What follows a frame that was cut says that the rest of it had passed.
      packets: () => sending(tcp, frame, last.get(frame.direction) !== frame.number),
    })),
  ];
  const { end } = connection;
  if (end !== undefined) {
    const closed = connection.states.find(({ state }) => state === "closed")?.time;
    const time = Math.max(closed ?? opened, frames.at(-1)?.time ?? opened, opened);
    const comment = `Closed with ${end.code}${end.reason === "" ? "" : ` ${JSON.stringify(end.reason)}`}`;
    happenings.push({ time, packets: () => tcp.end(time, end.wasClean, comment) });
  }
  // Frames of both directions have the clock of one server, which may be set back.
  for (let i = 1; i < happenings.length; i++) {
    const happening = happenings[i]!;
    happenings[i] = { ...happening, time: Math.max(happening.time, happenings[i - 1]!.time) };
  }
  return happenings;
}

function* opening(tcp: TcpConversation, connection: CapturedConnection, time: number): Generator<Packet> {
  const { handshake, isFromStart, isRedacted, remoteAddress } = connection;
  const notes = [`Connection ${connection.id}`];
  if (remoteAddress !== undefined) notes.push(`from ${remoteAddress}`);
  if (!isFromStart) notes.push("seen from some time after its beginning on");
  if (isRedacted) notes.push("payloads are zeros in place of what they were");
  if (!handshake.request.httpVersion.startsWith("1.")) {
    notes.push("opened over HTTP/2, shown as HTTP/1.1 would have done it");
  }
  const { request, response } = handshakeBytes(handshake);
  yield* tcp.open(time, notes.join("; "));
  yield* tcp.send("client", time, request);
  yield* tcp.send("server", time, response);
}

function sending(tcp: TcpConversation, frame: CapturedFrame, hasPassed: boolean): Iterable<Packet> {
  const bytes = frameBytes(frame);
  const missing = hasPassed && frame.error === undefined ? frame.payloadLength - frame.payload.length : 0;
  const notes: string[] = [];
  if (missing > 0) notes.push(`${missing} bytes of its payload are not in the capture`);
  if (frame.isRedacted) notes.push("zeros in place of the payload");
  if (frame.error !== undefined) notes.push(`${frame.error.code}: ${frame.error.message}`);
  return tcp.send(frame.direction === "received" ? "client" : "server", frame.time, bytes, {
    length: bytes.length + missing,
    ...(notes.length > 0 && { comment: `Frame ${frame.number}: ${notes.join("; ")}` }),
  });
}

function clientOf({ id, remoteAddress }: CapturedConnection): Endpoint {
  const ipv4 = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/i.exec(remoteAddress ?? "");
  const octets =
    ipv4
      ?.slice(1)
      .map(Number)
      .filter((octet) => octet < 256) ?? [];
  const address = octets.length === 4 ? octets : [198, 51, 100, 1 + (id % 254)];
  return { address, port: FIRST_CLIENT_PORT + (id % CLIENT_PORTS), station: 2 };
}
