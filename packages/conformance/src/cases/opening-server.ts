// RFC 6455 §4.2: what a server must read in an opening request, and what it must refuse: "the server MUST stop
// processing the client's handshake and return an HTTP response with an appropriate error code".
import { checkAcceptance, type OpeningRequest, type ServerProbe } from "../opening/server-probe.ts";
import { expectAlive, expectEcho } from "../peer/expect-exchange.ts";
import type { Case } from "../suite/case.ts";
import { statusOf } from "../wire/http-head.ts";
import { Opcode } from "../wire/opcode.ts";
import { onServer } from "./define.ts";
import { gradeRefusal, gradeVersionRefusal } from "./grade-response.ts";
import { acceptedRequests } from "./opening-server-accepted.ts";
import { freeRequests } from "./opening-server-free.ts";
import { refusedRequests } from "./opening-server-refused.ts";
import { versionRequests } from "./opening-server-versions.ts";
import type { Outcome, Variant } from "./opening-variant.ts";

const group = "opening handshake, server";

const expectations: Record<Outcome, string> = {
  accept: "101 with everything §4.2.2 asks for, and a connection that lives",
  lenient: "101; a refusal is non-strict",
  refuse: "an HTTP error, no 101",
  either: "101 or an HTTP error (noted): the RFC leaves it free",
  version: "an HTTP error (such as 426) with Sec-WebSocket-Version: 13",
};

async function play(server: ServerProbe, variant: Variant): Promise<void> {
  const transport = await server.dial();
  const request = server.request();
  variant.change(request);
  await server.send(transport, request, { chop: variant.chop ?? 0 });
  const read = await server.response(transport);
  const { judgement } = server.context;
  const { outcome } = variant;
  if (outcome === "refuse") return gradeRefusal(judgement, read);
  if (outcome === "version") return gradeVersionRefusal(judgement, read, variant.acceptIsNoted ?? false);

  if (read.kind !== "head") {
    if (outcome === "accept") judgement.fail("a correct request got no response");
    return judgement.nonStrict("dropped the connection instead of answering");
  }
  const { head } = read;
  if (outcome !== "accept" && statusOf(head) !== 101) {
    if (outcome === "lenient") return judgement.nonStrict(`refused with "${head.startLine}"`);
    return judgement.note(`refuses with "${head.startLine}" (allowed)`);
  }
  checkAcceptance(server.context, request.key, head);
  checkChoices(server, request, head);
  await expectAlive(server.peer(transport, server.agreed(head)));
}

/** Subprotocol and extensions of a response are among those of the request (RFC 6455 §4.2.2). */
function checkChoices(
  { context: { judgement } }: ServerProbe,
  request: OpeningRequest,
  head: { all(name: string): string[] },
): void {
  const offered = request.fields
    .filter(([name]) => name.toLowerCase() === "sec-websocket-protocol")
    .flatMap(([, value]) => value.split(",").map((one) => one.trim()));
  const chosen = head.all("Sec-WebSocket-Protocol");
  if (chosen.length > 1 || (chosen.length === 1 && !offered.includes(chosen[0] as string))) {
    judgement.failed(`chose the subprotocol "${chosen.join(", ")}" from [${offered.join(", ")}]`);
  }
  const extensions = head.all("Sec-WebSocket-Extensions");
  if (extensions.length > 0)
    judgement.failed(`chose extensions that nobody knows: "${extensions.join(", ")}"`);
}

const variants = [...acceptedRequests, ...refusedRequests, ...versionRequests, ...freeRequests].map(
  (variant) =>
    onServer({
      id: /^\d{4}-/.test(variant.id) ? variant.id : `6455-${variant.id}`,
      group,
      section: variant.section ?? `RFC 6455 §${variant.id.slice(0, variant.id.indexOf("-"))}`,
      form: variant.form ?? "full",
      rule: variant.rule,
      sends: variant.sends,
      expects: expectations[variant.outcome],
      run: (server) => play(server, variant),
    }),
);

const pipelined: Case = onServer({
  id: "6455-4.1-frames-behind-head",
  group,
  section: "RFC 6455 §4.1",
  form: "short",
  rule: 'A client "MUST wait for a response from the server before sending any further data"; a server that accepts anyway should not lose what came early.',
  sends: "a correct request, a text and a ping in one segment",
  expects: "the echo and the pong (or a refusal, noted); silence while the connection lives is non-strict",
  async run(server) {
    const transport = await server.dial();
    const request = server.request();
    const peer = server.peer(transport);
    await server.send(transport, request, {
      behind: Buffer.concat([peer.text("early"), peer.ping("early")]),
    });
    const read = await server.response(transport);
    if (read.kind !== "head" || statusOf(read.head) !== 101) {
      return server.context.judgement.note(
        "refuses frames that come before its response (allowed: the client must wait)",
      );
    }
    checkAcceptance(server.context, request.key, read.head);
    const arrival = await peer.next("the echo", 1_000);
    if (arrival.kind === "quiet") {
      await expectAlive(peer);
      return server.context.judgement.nonStrict(
        "lost the frames that came in the same segment as the request",
      );
    }
    peer.unread([arrival]);
    await expectEcho(peer, Opcode.text, Buffer.from("early"));
  },
});

const slowly: Case = onServer({
  id: "6455-4.2.1-two-requests-apart",
  group,
  section: "RFC 6455 §4.2.1",
  form: "full",
  rule: "An unfinished head of one client does not keep others from being served.",
  sends: "half a head on one connection, a correct request on another, then the other half",
  expects: "two open connections",
  async run(server) {
    const slow = await server.dial();
    const request = server.request();
    const [start, ...rest] = request.fields;
    await server.send(slow, Buffer.from(`${request.startLine}\r\n${(start ?? []).join(": ")}\r\n`));
    await expectAlive(await server.open());
    await server.send(slow, Buffer.from(`${rest.map((field) => field.join(": ")).join("\r\n")}\r\n\r\n`));
    const read = await server.response(slow);
    if (read.kind === "head") checkAcceptance(server.context, request.key, read.head);
    else server.context.judgement.fail("the slow request got no response");
    await expectAlive(server.peer(slow));
  },
});

export const openingServer: readonly Case[] = [...variants, pipelined, slowly];
