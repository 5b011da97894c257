// Plays one case against one endpoint and turns whatever happens into a result.
import type { Role } from "../role.ts";
import type { ClientCall } from "../opening/client-call.ts";
import { Http2ClientCall } from "../opening/http2-client-call.ts";
import { Http2Probe } from "../opening/http2-probe.ts";
import type { ServerAddress } from "../opening/server-address.ts";
import { ServerProbe } from "../opening/server-probe.ts";
import { Deadline } from "../peer/deadline.ts";
import { sayGoodbye } from "../peer/expect-end.ts";
import type { Peer } from "../peer/peer.ts";
import type { WireEntry } from "../wire/wire-log.ts";
import type { Case, ConnectionCase } from "./case.ts";
import { CaseContext } from "./case-context.ts";
import { CaseEnded, type Remark, type Verdict } from "./verdict.ts";

/** What came of one case. */
export interface CaseResult {
  readonly case: Case;
  /** Role of the endpoint under test. */
  readonly role: Role;
  readonly verdict: Verdict;
  /** What the endpoint did, in short; empty where it did what was expected. */
  readonly got: string;
  /** Those that made the verdict, and what is worth knowing besides. */
  readonly remarks: readonly Remark[];
  /** What went over the wire, in its order. */
  readonly wire: readonly WireEntry[];
  readonly durationMs: number;
}

const goodbyeMs = 1_000;

export async function runAgainstServer(
  one: Case,
  address: ServerAddress,
  {
    deadlineMs,
    signal,
  }: { readonly deadlineMs?: number | undefined; readonly signal?: AbortSignal | undefined },
): Promise<CaseResult> {
  const context = new CaseContext(one, deadlineMs);
  const probe = new ServerProbe(address, context);
  const http2Probe = new Http2Probe(address, context);
  // A case without connections has nothing to wait for.
  const end = (): void => {
    probe.destroy();
    void http2Probe.destroy();
  };
  signal?.addEventListener("abort", end);
  try {
    return await judge(one, "server", context, async () => {
      if (one.on === "server") await one.run(probe);
      else if (one.on === "http2-server") await one.run(http2Probe);
      else if (one.on === "connection") {
        const peer = await (address.http2 ? http2Probe : probe).open(one.compression?.offer);
        await converse(one, peer);
      }
    });
  } finally {
    signal?.removeEventListener("abort", end);
    probe.destroy();
    await http2Probe.destroy();
  }
}

/** Plays a case on a connection that a client made for it; `arrive` is what the client asked with. */
export async function runAgainstClient(
  one: Case,
  arrive: (context: CaseContext) => ClientCall,
  deadlineMs?: number,
): Promise<CaseResult> {
  const context = new CaseContext(one, deadlineMs);
  const call = arrive(context);
  const { request } = call;
  const fields =
    one.on === "connection"
      ? request.all("Sec-WebSocket-Extensions")
      : request.fields.map((field) => field.join(": "));
  context.log.received([request.startLine, ...fields].join("\n"));
  try {
    return await judge(one, "client", context, async () => {
      if (one.on === "client") await one.run(call);
      else if (one.on === "http2-client" && call instanceof Http2ClientCall) await one.run(call);
      else if (one.on === "connection") {
        const peer = await call.accept(chosenAnswer(one, call));
        await converse(one, peer);
      }
    });
  } finally {
    call.transport.destroy();
  }
}

/** A result for a case that never began. */
export function unplayed(one: Case, role: Role, verdict: Verdict, text: string): CaseResult {
  return {
    case: one,
    role,
    verdict,
    got: "no connection",
    remarks: [{ verdict, text }],
    wire: [],
    durationMs: 0,
  };
}

function chosenAnswer(one: ConnectionCase, call: ClientCall): string | undefined {
  if (one.compression === undefined) return undefined;
  const [offer] = call.offers;
  return offer && one.compression.answer(offer);
}

async function converse(one: ConnectionCase, peer: Peer): Promise<void> {
  try {
    if (one.compression !== undefined && peer.agreement === undefined) {
      peer.judgement.notOffered(
        peer.role === "server"
          ? "declined permessage-deflate"
          : "did not offer permessage-deflate as this case needs it",
      );
    }
    await one.run(peer);
  } finally {
    peer.deadline = new Deadline(goodbyeMs + 500);
    await sayGoodbye(peer, goodbyeMs);
  }
}

async function judge(
  one: Case,
  role: Role,
  context: CaseContext,
  play: () => Promise<void>,
): Promise<CaseResult> {
  const started = performance.now();
  const { judgement, log } = context;
  try {
    await play();
  } catch (error) {
    if (!(error instanceof CaseEnded)) {
      judgement.failed(
        `the suite itself stumbled: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
  }
  const { verdict, got, remarks } = judgement;
  return {
    case: one,
    role,
    verdict,
    got,
    remarks,
    wire: log.entries,
    durationMs: Math.round(performance.now() - started),
  };
}
