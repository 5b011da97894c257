// Expectations of a connection that ends: failed by the peer, closed by handshake, dropped.
import { Opcode } from "../wire/opcode.ts";
import { describe, refuse } from "./expect-exchange.ts";
import type { Arrival, Peer } from "./peer.ts";

/** How long a peer may think before a probe asks whether it noticed anything at all. */
const patienceMs = 300;
/** How long the end of TCP may take after the closing handshake. */
const tcpEndMs = 2_000;

export interface FailureOptions {
  /** RFC 6455 §5.1 and others name no Close frame: dropping TCP without one is as good. */
  readonly dropIsFine?: boolean;
  /** Messages sent before the violation may still be echoed. */
  readonly echoesAreFine?: boolean;
  /** Do not probe with a ping: it would become part of an unfinished frame. */
  readonly unfinishedFrame?: boolean;
}

/**
 * The peer must _Fail the WebSocket Connection_ (RFC 6455 §7.1.7) with one of these codes.
 * Another code, or none, is non-strict; carrying on is failed.
 */
export async function expectFailure(
  peer: Peer,
  codes: readonly number[],
  options: FailureOptions = {},
): Promise<void> {
  const wanted = `close ${codes.join(" or ")}`;
  let probed = options.unfinishedFrame ?? false;
  for (;;) {
    const arrival = await peer.next(wanted, probed ? undefined : patienceMs);
    switch (arrival.kind) {
      case "quiet":
        probed = true;
        await peer.send(peer.ping("still there?"));
        continue;
      case "message":
        if (options.echoesAreFine) continue;
        return refuse(peer, arrival, wanted);
      case "pong":
        return refuse(peer, arrival, wanted);
      default:
        return gradeFailure(peer, arrival, codes, options);
    }
  }
}

/** Judges the way in which a peer gave up, and sees that TCP ends too. */
export async function gradeFailure(
  peer: Peer,
  arrival: Arrival & { kind: "close" | "end" | "reset" },
  codes: readonly number[],
  { dropIsFine = false }: FailureOptions = {},
): Promise<void> {
  const { judgement } = peer;
  judgement.saw(describe(arrival));
  if (arrival.kind !== "close") {
    if (dropIsFine) judgement.note("dropped TCP without a Close frame (allowed here)");
    else judgement.nonStrict('dropped TCP without a Close frame (§7.1.7: "SHOULD send a Close frame")');
    return;
  }
  if (!codes.includes(arrival.code ?? 0)) {
    judgement.nonStrict(`closed with ${arrival.code ?? "no code"} where ${codes.join(" or ")} fits`);
  }
  await expectTcpEnd(peer);
}

/** The peer must answer our Close with one of its own. */
export async function expectCloseReply(peer: Peer, code: number | undefined): Promise<void> {
  const wanted = `the Close frame that answers ours`;
  for (;;) {
    const arrival = await peer.next(wanted);
    // §5.5.1: data and pongs that were under way may come first.
    if (arrival.kind === "message" || arrival.kind === "pong") continue;
    if (arrival.kind !== "close") return refuse(peer, arrival, wanted);
    peer.judgement.saw(describe(arrival));
    gradeCloseReply(peer, arrival.code, code);
    return;
  }
}

function gradeCloseReply(peer: Peer, got: number | undefined, sent: number | undefined): void {
  if (got === sent || (sent === undefined && got === 1000)) return;
  if (got === undefined || got === 1000) {
    peer.judgement.note(
      `answered ${sent ?? "no code"} with ${got ?? "no code"} (§5.5.1: an endpoint "typically echos" it)`,
    );
    return;
  }
  peer.judgement.fail(`answered a legal Close (${sent ?? "no code"}) with ${got}`);
}

/** After the closing handshake: the server ends TCP, the client when we did (RFC 6455 §5.5.1, §7.1.1). */
export async function expectTcpEnd(peer: Peer): Promise<void> {
  if (!peer.closeSent) await peer.send(peer.close(1000));
  if (peer.role === "client") peer.transport.end();
  const ended = await drain(peer, tcpEndMs);
  if (!ended) {
    peer.judgement.nonStrict(`left TCP open for ${tcpEndMs} ms after the close (§7.1.1)`);
  }
}

/** Reads on until TCP ends, so that the observer sees everything; tells whether it ended in time. */
export async function drain(peer: Peer, withinMs: number): Promise<boolean> {
  const until = performance.now() + Math.min(withinMs, peer.deadline.leftMs);
  for (;;) {
    const left = until - performance.now();
    if (left <= 0) return false;
    const arrival = await peer.next("the end of TCP", left);
    if (arrival.kind === "end" || arrival.kind === "reset") return true;
  }
}

/** Ends a connection the polite way after a case is over; judges nothing but the frames that still come. */
export async function sayGoodbye(peer: Peer, withinMs: number): Promise<void> {
  if (!peer.closeSent)
    await peer.send(peer.frame({ opcode: Opcode.close, payload: Buffer.from([0x03, 0xe8]) }));
  const until = performance.now() + withinMs;
  while (!peer.closeReceived) {
    const arrival = await peer.next("the end", until - performance.now());
    if (arrival.kind === "end" || arrival.kind === "reset" || arrival.kind === "quiet") break;
  }
  if (peer.role === "client") peer.transport.end();
  await drain(peer, until - performance.now());
}
