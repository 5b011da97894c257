// Expectations of a connection that stays open: echoes, pongs, signs of life.
import { byteCount, hex } from "../wire/hex.ts";
import { Opcode, opcodeName } from "../wire/opcode.ts";
import type { Message } from "./message-reader.ts";
import type { Arrival, Peer } from "./peer.ts";

/** The next message must be this one. Pongs may come in between: RFC 6455 §5.5.3 allows unsolicited ones. */
export async function expectEcho(peer: Peer, opcode: number, payload: Uint8Array): Promise<Message> {
  const what = `the echo of ${opcodeName(opcode)}, ${byteCount(payload.length)}`;
  const message = await seek(peer, what, (arrival) => arrival.kind === "message");
  if (message.kind !== "message") throw new Error("unreachable");
  checkEcho(peer, message, opcode, payload);
  return message;
}

/**
 * As `expectEcho`, where the RFC leaves the peer free to refuse a size with 1009: RFC 6455 §10.4. Refusing a number
 * of fragments by policy (1008) is safe, but keeps legal messages out.
 */
export async function expectEchoUnlessTooBig(peer: Peer, opcode: number, payload: Uint8Array): Promise<void> {
  const what = byteCount(payload.length);
  const arrival = await peer.next(`the echo of ${what}, or a refusal with 1009`);
  if (arrival.kind === "message") return checkEcho(peer, arrival, opcode, payload);
  if (arrival.kind !== "close" || (arrival.code !== 1009 && arrival.code !== 1008))
    refuse(peer, arrival, `the echo of ${what}`);
  peer.judgement.saw(describe(arrival));
  if (arrival.code === 1009)
    peer.judgement.note(`refuses this message of ${what} with 1009 (allowed, RFC 6455 §10.4)`);
  else peer.judgement.nonStrict(`refuses this message of ${what} by policy, with 1008`);
}

/** The peer must answer the ping whose payload this was. */
export async function expectPong(peer: Peer, payload: string | Uint8Array): Promise<void> {
  const wanted = Buffer.from(payload);
  await seek(
    peer,
    `a pong of ${byteCount(wanted.length)}`,
    (arrival) => arrival.kind === "pong" && arrival.payload.equals(wanted),
  );
  peer.judgement.saw(`pong of ${byteCount(wanted.length)}`);
}

let probes = 0;

/** A ping and its pong prove that the connection lives and that everything sent before was taken in without a word. */
export async function expectAlive(peer: Peer): Promise<void> {
  const payload = `probe ${++probes}`;
  await peer.send(peer.ping(payload));
  for (;;) {
    const arrival = await peer.next("the pong that shows the connection is alive");
    if (arrival.kind === "pong" && arrival.payload.toString() === payload) return;
    if (arrival.kind !== "pong") refuse(peer, arrival, "a pong and nothing else");
  }
}

/** Sends a message and expects it back. */
export async function exchange(
  peer: Peer,
  payload: Uint8Array,
  opcode: number = Opcode.binary,
): Promise<void> {
  await peer.send(peer.frame({ opcode, payload }));
  await expectEcho(peer, opcode, payload);
}

function checkEcho(peer: Peer, message: Message, opcode: number, payload: Uint8Array): void {
  peer.judgement.saw(`${opcodeName(message.opcode)} of ${byteCount(message.payload.length)}`);
  if (message.opcode !== opcode) {
    peer.judgement.fail(`sent back ${opcodeName(message.opcode)} for ${opcodeName(opcode)}`);
  }
  if (message.payload.equals(payload)) return;
  const at = message.payload.findIndex((octet, i) => octet !== payload[i]);
  peer.judgement.fail(
    `the echo of ${byteCount(payload.length)} came back as ${byteCount(message.payload.length)}, ` +
      `different from octet ${at === -1 ? message.payload.length : at}: ${hex(message.payload)}`,
  );
}

/** Takes the first arrival that fits and leaves messages and pongs before it for whoever asks for them next. */
async function seek(peer: Peer, what: string, fits: (arrival: Arrival) => boolean): Promise<Arrival> {
  const passed: Arrival[] = [];
  for (;;) {
    const arrival = await peer.next(what);
    if (fits(arrival)) {
      peer.unread(passed);
      return arrival;
    }
    if (arrival.kind !== "message" && arrival.kind !== "pong") refuse(peer, arrival, what);
    passed.push(arrival);
  }
}

/** Ends the case: something else came than what had to. */
export function refuse(peer: Peer, arrival: Arrival, wanted: string): never {
  const what = describe(arrival);
  peer.judgement.saw(what);
  return peer.judgement.fail(`${what} came instead of ${wanted}`);
}

export function describe(arrival: Arrival): string {
  if (arrival.kind === "message")
    return `${opcodeName(arrival.opcode)} of ${byteCount(arrival.payload.length)}`;
  if (arrival.kind === "pong") return `pong of ${byteCount(arrival.payload.length)}`;
  if (arrival.kind === "close") {
    return `close ${arrival.code ?? "without code"}${arrival.reason === "" ? "" : ` "${arrival.reason}"`}`;
  }
  return arrival.kind === "quiet" ? "nothing" : `TCP ${arrival.kind} without close`;
}
